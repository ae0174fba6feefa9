"""How bodies lie in the journal: AES-256-GCM under a data key, which is sealed to the worker (`keys.seal_for`).

Whoever writes the journal keeps a data key for a minute at most and cannot read what was written before. The
credential's id is bound to each body, so that a body cannot be moved under another hook.
"""

import os

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rabta import keys

_NONCE = 12


class CannotOpen(Exception):
    """A sealed body or data key is not what was sealed with our keys."""


def new_key() -> tuple[AESGCM, bytes]:
    """A fresh data key, and the same sealed to the worker for `JournalKey.sealed_key`."""
    key = AESGCM.generate_key(bit_length=256)
    return AESGCM(key), keys.seal_for("journal", key)


def seal(key: AESGCM, body: bytes, *, credential: int) -> bytes:
    """The body as the journal keeps it: nonce, then ciphertext and tag."""
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, body, _bound(credential))


def open_key(sealed: bytes) -> AESGCM:
    """The data key of a `JournalKey`; only the holder of the journal's secret key can. Raises CannotOpen."""
    try:
        return AESGCM(keys.open_with("journal", sealed))
    except pyrage.DecryptError as error:
        raise CannotOpen(f"data key: {error}") from None


def open_body(key: AESGCM, sealed: bytes, *, credential: int) -> bytes:
    """What `seal` sealed for this credential. Raises CannotOpen for anything else."""
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(credential))
    except (InvalidTag, ValueError):
        raise CannotOpen("body") from None


def _bound(credential: int) -> bytes:
    return credential.to_bytes(8, "big")
