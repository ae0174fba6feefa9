"""What every channel promises, tried on the bodies in `fixtures/` and on anything that hypothesis thinks of."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rabta.channels.contract import (
    Arrived,
    Changed,
    Channel,
    HookRequest,
    Ignored,
    Read,
    Receipt,
    TemplateNews,
    Trouble,
    Unreadable,
)  # fmt: skip
from rabta.channels.registry import BY_KIND, CHANNELS
from tests.channels.bodies import FIXTURES, fixtures, to_spoil

SECRETS = {"app_secret": "secret of the app", "verify_token": "word", "access_token": "token"}
# Hooks as Meta sends them; others sign in another way, and have a test of their own.
BY_HUB = [c for c in CHANNELS if any(field.name == "app_secret" for field in c.fields)]
every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.kind)


def body_of(path: Path) -> bytes:
    return orjson.dumps(json.loads(path.read_text())["body"])


def told(item: Read) -> list[str]:
    """The account, the class, and what kind of it."""
    kinds = {
        Arrived: lambda i: i.kind,
        Receipt: lambda i: i.status,
        Changed: lambda i: i.what,
        TemplateNews: lambda i: i.state or i.quality or i.category,
        Ignored: lambda i: i.reason,
        Unreadable: lambda i: i.reason,
    }
    return [item.account, type(item).__name__, kinds[type(item)](item)]


def agree(channel: Channel, raw: bytes) -> None:
    """`count` never fails, `read` only with ValueError for a body that counts one, and both find the same."""
    counted = channel.count(raw)
    try:
        items = channel.read(raw)
    except ValueError:
        assert counted == Counter({"": 1})
    else:
        assert Counter(item.account for item in items) == counted
        assert items, "every body leaves a trace in the ledger"


def test_every_channel_has_fixtures_and_a_page() -> None:
    for channel in CHANNELS:
        assert fixtures(channel.kind), channel.kind
        assert (FIXTURES.parents[2] / "docs/channels" / f"{channel.kind}.md").exists(), channel.kind
        # What makes itself at the first use needs nothing; all others say what to do.
        assert channel.steps or channel.kind in ("met", "force"), channel.kind
        called = any("{hook}" in str(step) for step in channel.steps)
        assert called or not channel.verify, f"{channel.kind}: nobody is told where to send"
    assert {channel.kind: channel for channel in CHANNELS} == BY_KIND


@every_channel
def test_bodies_are_read_as_they_say(channel: Channel, subtests: pytest.Subtests) -> None:
    for path in fixtures(channel.kind):
        with subtests.test(path.stem):
            items = channel.read(body_of(path))
            assert [told(item) for item in items] == json.loads(path.read_text())["items"]


@every_channel
def test_count_and_read_agree_on_bodies_and_on_all_their_ruins(
    channel: Channel, subtests: pytest.Subtests
) -> None:
    for path in fixtures(channel.kind):
        with subtests.test(path.stem):
            agree_on_ruins(channel, body_of(path))


def agree_on_ruins(channel: Channel, raw: bytes) -> None:
    agree(channel, raw)
    step = max(1, len(raw) // 40)
    for length in range(0, len(raw), step):
        agree(channel, raw[:length])
        agree(channel, raw[:length] + b"\xff" + raw[length + 1 :])
        agree(channel, raw[:length] + b"null" + raw[length + 1 :])


@every_channel
def test_replays_have_the_same_keys(channel: Channel, subtests: pytest.Subtests) -> None:
    for path in fixtures(channel.kind):
        with subtests.test(path.stem):
            first, second = channel.read(body_of(path)), channel.read(body_of(path))
            assert [item.key for item in first] == [item.key for item in second]
            assert all(item.key for item in first if isinstance(item, Arrived | Receipt | Changed))


@every_channel
@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"7", b'"text"', b"{", b"\xff\xfe", b"{}" * 2, b"[" * 100_000, b'{"a":' * 100_000],
)
def test_a_body_without_shape_is_one_item_of_nobody(channel: Channel, raw: bytes) -> None:
    assert channel.count(raw) == Counter({"": 1})
    with pytest.raises(ValueError, match=r"."):
        channel.read(raw)


ODD: list[Any] = [
    None, True, -1, 0, 2**63, 1e308, "", "x", "a\0b", "a\ud83db", "9" * 40, "unknown",
    [], [None], [[]], {}, {"id": {}}, {"": 0},
]  # fmt: skip


def spoil(node: Any, chance: random.Random) -> Any:
    """The same with one value, somewhere, replaced by an odd one, left out, or changed within."""
    if isinstance(node, str) and len(node) > 20 and chance.random() < 0.7:
        return spoil_within(node, chance)
    if not isinstance(node, dict | list) or not node or chance.random() < 0.1:
        return chance.choice(ODD)
    copy = node.copy()
    place = chance.choice(list(copy)) if isinstance(copy, dict) else chance.randrange(len(copy))
    if chance.random() < 0.1:
        del copy[place]
    else:
        copy[place] = spoil(copy[place], chance)
    return copy


def spoil_within(text: str, chance: random.Random) -> str:
    """A text with signs of its own at other places, or a piece missing: hexadecimal stays so, a query a query."""
    begin = chance.randrange(len(text))
    end = min(len(text), begin + chance.choice((0, 1, 2, 2, 4, 16)))
    given = "".join(chance.choices(text, k=chance.choice((0, 2, 2, end - begin, 8))))
    return text[:begin] + given + text[end:]


def spoilt(channel: Channel) -> st.SearchStrategy[bytes]:
    """Bodies of the fixtures and of strangers with one to three odd places."""
    bodies = to_spoil(channel.kind)
    assert bodies, f"{channel.kind} has no fixtures: nothing shows that it stands broken bodies"

    def spoil_often(body: Any, seed: int, times: int) -> bytes:
        chance = random.Random(seed)
        for _ in range(times):
            body = spoil(body, chance)
        return json.dumps(body).encode()

    return st.builds(spoil_often, st.sampled_from(bodies), st.integers(0, 2**32), st.integers(1, 3))


@every_channel
@given(data=st.data())
@settings(max_examples=100)
def test_count_and_read_agree_on_spoilt_bodies(channel: Channel, data: st.DataObject) -> None:
    raw = data.draw(spoilt(channel))
    agree(channel, raw)
    try:
        items = channel.read(raw)
    except ValueError:
        return
    for item in items:  # PostgreSQL can keep all of it: no NUL, no half surrogate pairs
        words = repr(item)
        assert "\\x00" not in words
        assert "\\ud83d" not in words


@every_channel
@given(raw=st.binary(max_size=200))
def test_count_and_read_agree_on_any_bytes(channel: Channel, raw: bytes) -> None:
    agree(channel, raw)


@pytest.mark.parametrize("channel", BY_HUB, ids=lambda channel: channel.kind)
def test_only_the_holder_of_the_secret_can_sign(channel: Channel) -> None:
    import hashlib
    import hmac

    verify, body = channel.verify, b'{"a": 1}'
    assert verify is not None

    def says(headers: dict[str, str], body: bytes = body) -> bool:
        return verify(HookRequest(headers=headers, query={}, body=body), SECRETS)

    right = "sha256=" + hmac.new(SECRETS["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    assert says({"x-hub-signature-256": right})
    assert not says({"x-hub-signature-256": right}, body + b" ")
    wrong = [
        "",
        "sha256=",
        right.upper(),
        right[:-1],
        right + "0",
        "sha1=" + right[7:],
        "sha256=" + "é" * 64,
        "\udcff",
    ]
    for value in wrong:
        assert not says({"x-hub-signature-256": value}), value
    assert not says({})


@pytest.mark.parametrize("channel", BY_HUB, ids=lambda channel: channel.kind)
def test_handshake_wants_the_word(channel: Channel) -> None:
    shake = channel.handshake
    assert shake is not None
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "word"}
    assert shake(asked, SECRETS) == "1158201444"
    assert shake(asked | {"hub.verify_token": "guess"}, SECRETS) is None
    assert shake(asked | {"hub.verify_token": "\udcff"}, SECRETS) is None
    assert shake(asked | {"hub.mode": "unsubscribe"}, SECRETS) is None
    assert shake({}, SECRETS) is None


def test_a_trouble_says_what_it_is() -> None:
    from rabta.channels.contract import TroubleCode

    assert str(Trouble(TroubleCode.BUSY)) == "busy"
