"""The key files of this machine, and what each is for. A process loads only the keys that its work needs.

| file | holder | opens |
|---|---|---|
| journal.key | worker | bodies in the journal (age identity; the gateway has journal.pub only) |
| files.key | web, worker, relay | stored files (age identity) |
| relay.key | relay | reply addresses (age identity; others have relay.pub only) |
| desk.key | web, worker | names and handles of ordinary citizens (Fernet) |
| accounts.key | gateway, web, worker, relay | providers' secrets (Fernet) |
| sign_in.key | web | secrets of authenticator apps and recovery codes (Fernet) |
| digest.key | web, worker | HMAC of handles and of what providers send |
| sealer.key | worker | nothing: signs the record (Ed25519; sealer.pub checks) |
| receipts.key | worker, relay | HMAC of the ids that providers give to what we send |
| django.key | web | sessions and signed links |

They lie in RABTA_HOME/keys (mode 0700), apart from the database and its backups.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_PAIRS = ("journal", "files", "relay")
_FERNET = ("desk", "accounts", "sign_in")
_SIGNING = "sealer"
_SECRETS = ("digest", "receipts", "django")
_EACH = b"rabta1\0"  # how sealed items begin that share a data key; age's own begin otherwise
_NONCE = 12


class KeyMissing(Exception):
    """A key file is not where it should be; the text says what to do."""


def make(folder: Path) -> None:
    """Create every key that is not there yet; never touches one that is."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in _PAIRS:
        if not (folder / f"{name}.key").exists():
            identity = pyrage.x25519.Identity.generate()
            _write(folder / f"{name}.key", str(identity))
            _write(folder / f"{name}.pub", str(identity.to_public()))
    if not (folder / f"{_SIGNING}.key").exists():
        signing = Ed25519PrivateKey.generate()
        _write(folder / f"{_SIGNING}.key", signing.private_bytes_raw().hex())
        _write(folder / f"{_SIGNING}.pub", signing.public_key().public_bytes_raw().hex())
    for name in _FERNET:
        _write_once(folder / f"{name}.key", Fernet.generate_key().decode())
    for name in _SECRETS:
        _write_once(folder / f"{name}.key", secrets.token_hex(32))


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


@cache
def _read(name: str) -> str:
    path = Path(settings.KEYS_DIR) / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        raise KeyMissing(
            f"{path} is missing. Run `rabta up` once, or restore the keys from their own backup."
        ) from None


@cache
def recipient(pair: str) -> pyrage.x25519.Recipient:
    """The public half of `journal`, `files` or `relay`: enough to seal, never to open."""
    return pyrage.x25519.Recipient.from_str(_read(f"{pair}.pub"))


@cache
def identity(pair: str) -> pyrage.x25519.Identity:
    """The secret half of `journal`, `files` or `relay`."""
    return pyrage.x25519.Identity.from_str(_read(f"{pair}.key"))


def seal_for(pair: str, data: bytes) -> bytes:
    """`data` sealed to the holder of the pair's secret half."""
    return pyrage.encrypt(data, [recipient(pair)])


def open_with(pair: str, sealed: bytes) -> bytes:
    """What `seal_for` or `seal_each_for` sealed; raises pyrage.DecryptError for anything else."""
    if not sealed.startswith(_EACH):
        return pyrage.decrypt(sealed, [identity(pair)])
    length = int.from_bytes(sealed[len(_EACH) : len(_EACH) + 2], "big")
    at = len(_EACH) + 2
    key, nonce, body = (
        sealed[at : at + length],
        sealed[at + length : at + length + _NONCE],
        at + length + _NONCE,
    )
    try:
        return _data_key(pair, key).decrypt(nonce, sealed[body:], None)
    except InvalidTag:
        raise pyrage.DecryptError("not what was sealed") from None


def seal_each_for(pair: str, items: Sequence[bytes]) -> list[bytes]:
    """Each of `items` as `open_with` opens it alone: under one data key for all, which is sealed as by `seal_for`.

    One operation with the public key takes a hundred times as long as one with a data key.
    """
    key = AESGCM.generate_key(bit_length=256)
    sealed_key = seal_for(pair, key)
    head = _EACH + len(sealed_key).to_bytes(2, "big") + sealed_key
    nonces = [os.urandom(_NONCE) for _ in items]
    cipher = AESGCM(key)
    return [
        head + nonce + cipher.encrypt(nonce, item, None) for nonce, item in zip(nonces, items, strict=True)
    ]


@lru_cache(maxsize=64)
def _data_key(pair: str, sealed_key: bytes) -> AESGCM:
    return AESGCM(pyrage.decrypt(sealed_key, [identity(pair)]))


@cache
def fernet(name: str) -> MultiFernet:
    """`desk`, `accounts` or `sign_in`: one key a line, the first seals, all open (so that keys can be rotated)."""
    return MultiFernet([Fernet(line) for line in _read(f"{name}.key").split()])


def digest(purpose: str, value: str, *, key_name: str = "digest") -> bytes:
    """16 bytes that stand for a handle or a provider's id, and tell nothing to whoever has not the key."""
    key = bytes.fromhex(_read(f"{key_name}.key"))
    return hmac.digest(key, f"{purpose}\0{value}".encode(), hashlib.sha256)[:16]


@cache
def signer(name: str) -> tuple[Ed25519PrivateKey, str]:
    """The key that signs, and the name by which `verifiers` knows it."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_read(f"{name}.key")))
    return key, fingerprint(key.public_key())


@cache
def verifiers(name: str) -> dict[str, Ed25519PublicKey]:
    """Public keys by name: one a line, so that what an earlier key signed can still be checked."""
    lines = _read(f"{name}.pub").split()
    found = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(line)) for line in lines]
    return {fingerprint(key): key for key in found}


def fingerprint(key: Ed25519PublicKey) -> str:
    """16 characters that name a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
