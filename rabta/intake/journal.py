"""The journal within a transaction of Django: appending to it (web form) and opening what lies in it (worker)."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rabta.channels.models import Credential
from rabta.intake import sealing
from rabta.intake.models import Journal, JournalKey, Unread

_opened: dict[int, AESGCM] = {}
_MOST_OPENED = 4096


def append(credential: Credential, body: bytes, now: datetime) -> int:
    """Add a body in the caller's transaction; returns the journal's id. It is durable when that commits.

    Each call has a data key of its own: a remembered one could belong to a transaction that was rolled back.
    """
    key, sealed_key = sealing.new_key()
    key_row = JournalKey.objects.create(sealed_key=sealed_key, created_at=now)
    row = Journal.objects.create(
        credential=credential,
        key=key_row,
        received_at=now,
        sealed_body=sealing.seal(key, body, credential=credential.pk),
    )
    Unread.objects.create(journal_id=row.pk)
    return row.pk


def body(journal_id: int) -> bytes | None:
    """The body of one row, opened; None when it is not there, or its key was destroyed."""
    row = Journal.objects.filter(pk=journal_id).first()
    if row is None:
        return None
    try:
        key = data_keys([row.key_id]).get(row.key_id)
        return sealing.open_body(key, bytes(row.sealed_body), credential=row.credential_id) if key else None
    except sealing.CannotOpen:
        return None


def data_keys(ids: Iterable[int]) -> dict[int, AESGCM]:
    """The data keys of these rows, opened. Raises CannotOpen when the worker's journal key is another one."""
    wanted = set(ids)
    found = {id: key for id in wanted if (key := _opened.get(id))}
    missing = wanted - found.keys()
    if missing:
        if len(_opened) > _MOST_OPENED:
            _opened.clear()
        for row in JournalKey.objects.filter(id__in=missing):
            found[row.pk] = _opened[row.pk] = sealing.open_key(bytes(row.sealed_key))
    return found
