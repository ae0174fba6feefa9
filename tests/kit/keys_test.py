"""Keys: made once, readable by their owner only, and each good for one thing."""

import stat
from pathlib import Path

import pyrage
import pytest
from cryptography.fernet import Fernet, InvalidToken

from rabta import keys


@pytest.fixture
def folder(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of new keys, and nothing remembered of the others."""
    cached = (keys._read, keys.recipient, keys.identity, keys.fernet)
    for each in cached:
        each.cache_clear()
    made = tmp_path / "keys"
    settings.KEYS_DIR = made
    keys.make(made)
    yield made
    for each in cached:
        each.cache_clear()


def test_keys_are_for_their_owner_only(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert len(files) == 14
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_making_them_again_touches_none(folder: Path) -> None:
    before = {file.name: file.read_text() for file in folder.iterdir()}
    keys.make(folder)
    assert {file.name: file.read_text() for file in folder.iterdir()} == before


@pytest.mark.parametrize("pair", ["journal", "files", "relay"])
def test_what_is_sealed_for_one_pair_no_other_opens(folder: Path, pair: str) -> None:
    sealed = keys.seal_for(pair, b"secret")
    assert keys.open_with(pair, sealed) == b"secret" and b"secret" not in sealed
    for other in {"journal", "files", "relay"} - {pair}:
        with pytest.raises(pyrage.DecryptError):
            keys.open_with(other, sealed)


@pytest.mark.parametrize("items", [[], [b"one"], [b"+923001234567", b"", b"+923001234567"]])
def test_things_sealed_together_are_opened_alone(folder: Path, items: list[bytes]) -> None:
    sealed = keys.seal_each_for("relay", items)
    assert [keys.open_with("relay", one) for one in sealed] == items
    assert len(set(sealed)) == len(items)
    assert not any(item and item in one for item, one in zip(items, sealed, strict=True))


def test_what_was_sealed_together_no_other_pair_opens_and_no_bit_may_change(folder: Path) -> None:
    (sealed,) = keys.seal_each_for("relay", [b"+923001234567"])
    with pytest.raises(pyrage.DecryptError):
        keys.open_with("files", sealed)
    for at in (8, 40, len(sealed) - 40, len(sealed) - 20, len(sealed) - 1):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(pyrage.DecryptError):
            keys.open_with("relay", changed)


def test_the_public_half_is_enough_to_seal(folder: Path) -> None:
    (folder / "relay.key").unlink()
    sealed = keys.seal_for("relay", b"+923001234567")
    with pytest.raises(keys.KeyMissing, match=r"relay\.key is missing"):
        keys.open_with("relay", sealed)


def test_a_rotated_key_still_opens_what_the_old_one_sealed(folder: Path) -> None:
    old = keys.fernet("desk").encrypt(b"Gul")
    file = folder / "desk.key"
    first = file.read_text()
    file.write_text(Fernet.generate_key().decode() + "\n" + first)
    keys._read.cache_clear()
    keys.fernet.cache_clear()
    assert keys.fernet("desk").decrypt(old) == b"Gul"
    with pytest.raises(InvalidToken):
        Fernet(first.strip()).decrypt(keys.fernet("desk").encrypt(b"Gul"))


def test_a_digest_depends_on_purpose_value_and_key(folder: Path) -> None:
    some = {
        keys.digest("handle:phone", "1"),
        keys.digest("handle:phone", "2"),
        keys.digest("receipt", "1"),
        keys.digest("handle:phone", "1", key_name="receipts"),
    }
    assert len(some) == 4 and all(len(each) == 16 for each in some)
