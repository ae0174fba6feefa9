"""Sealing what names a protected person, so that the server cannot open it again.

A box is age twice: to all custodians, and that to all approvers. Only public keys are here. Every box of one kind has
one of a few sizes, so that its length does not tell a short name from a long one. Opening happens in browsers
(`rabta/web/vault/`), never here.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyrage
from django.db import transaction

from rabta import bulk, keys
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.people.models import Handle, Keyholder, Person, Sealed

SIZES = (2048, 8192, 32768, 131072)  # bytes; what is longer is cut off nowhere and gets the next multiple
PROOF = "proof"  # the random bits among the facts, which nobody is shown
WANTED = 3  # of each group: one may be ill and one may be the accused


@dataclass(frozen=True, kw_only=True)
class Locks:
    """The public keys of today."""

    custodians: tuple[Keyholder, ...]
    approvers: tuple[Keyholder, ...]


def locks() -> Locks | None:
    """Everybody whose key is confirmed today; None while a group is empty: then nothing can be sealed."""
    found = Keyholder.objects.exclude(confirmed_at=None).filter(ended_at=None).order_by("id")
    by_group = {group: tuple(k for k in found if k.group == group) for group in Keyholder.Group}
    both = Locks(custodians=by_group[Keyholder.Group.CUSTODIAN], approvers=by_group[Keyholder.Group.APPROVER])
    return both if both.custodians and both.approvers else None


def fingerprint(public_key: str) -> str:
    """What people compare: 24 hexadecimal digits of the key's SHA-256."""
    return hashlib.sha256(public_key.encode()).hexdigest()[:24]


def padded(facts: Mapping[str, Any]) -> bytes:
    """The facts as JSON with blanks up to one of the sizes."""
    text = json.dumps(facts, ensure_ascii=False).encode()
    size = next((size for size in SIZES if len(text) <= size), -(-len(text) // SIZES[-1]) * SIZES[-1])
    return text.ljust(size)


def box(facts: Mapping[str, Any], *, to: Locks) -> tuple[bytes, str]:
    """The facts in both layers, and the commitment to them: a hash that tells nothing, because 256 random bits are
    sealed with the facts."""
    content = padded({**facts, PROOF: secrets.token_hex(32)})
    inner = pyrage.encrypt(content, _recipients(to.custodians))
    return pyrage.encrypt(inner, _recipients(to.approvers)), hashlib.sha256(content).hexdigest()


def _recipients(holders: Iterable[Keyholder]) -> list[pyrage.x25519.Recipient]:
    return [pyrage.x25519.Recipient.from_str(holder.public_key) for holder in holders]


@dataclass(frozen=True, kw_only=True)
class Secret:
    """One thing to seal of a person."""

    person_id: int
    what: str
    facts: Mapping[str, Any]
    file: StoredFile | None = None
    original: StoredFile | None = None


def seal(things: Sequence[Secret], *, to: Locks, now: datetime) -> None:
    """Keep these sealed. Written without asking for the rows back, which the pages' role may not read."""
    made = [(secret, *box(secret.facts, to=to)) for secret in things]
    rows = [
        Sealed(
            person_id=secret.person_id,
            what=secret.what,
            box=sealed,
            commitment=commitment,
            custodians=[holder.fingerprint for holder in to.custodians],
            approvers=[holder.fingerprint for holder in to.approvers],
            file=secret.file,
            original=secret.original,
            sealed_at=now,
        )
        for secret, sealed, commitment in made
    ]
    if not rows:
        return
    bulk.insert(rows, ignore_conflicts=True)
    people = {row.person_id for row in rows}
    Person.objects.filter(pk__in=people, sealed_at=None).update(sealed_at=now)


def seal_identities(handles: Iterable[Handle], *, now: datetime) -> int:
    """Seal name and number of these handles, as far as they are still shown; returns how many were sealed.

    Without keyholders nothing can be sealed: then the name is lost with `shown`, and only the relay knows the number.
    """
    shown = [handle for handle in handles if handle.shown]
    to = locks() if shown else None
    if to is None:
        return 0
    names = [
        Secret(person_id=handle.person_id, what=Sealed.What.IDENTITY, facts=_facts(handle))
        for handle in shown
    ]
    seal(names, to=to, now=now)
    return len(names)


def _facts(handle: Handle) -> dict[str, str]:
    shown = json.loads(keys.fernet("desk").decrypt(bytes(handle.shown or b"")))
    return {"name": shown["name"], "number": shown["number"], "channel": handle.scheme}


def seal_file(original: StoredFile, *, person_id: int, to: Locks, now: datetime) -> None:
    """Seal the original bytes of a file; when the transaction is committed they are gone from the disk.

    They are encrypted to a key made for them, which is in the box and nowhere else. Raises store.Damaged.
    """
    key = pyrage.x25519.Identity.generate()
    content = b"".join(store.read(original))
    copy = store.save(
        [pyrage.encrypt(content, [key.to_public()])],
        "sealed",
        "application/age",
        "",
        now,
        limit=2 * store.LARGEST,
    )
    facts = {
        "key": str(key),
        "file": copy.public_id,
        "mime": original.mime,
        "name": original.name,
        "sha256": original.sha256,
    }
    secret = Secret(person_id=person_id, what=Sealed.What.MEDIA, facts=facts, file=copy, original=original)
    seal([secret], to=to, now=now)
    transaction.on_commit(lambda: store.path_of(original.public_id).unlink(missing_ok=True))


def sweep_sealed_originals() -> int:
    """Remove originals that are sealed and still on the disk: a process died between the two; returns how many."""
    removed = 0
    names = Sealed.objects.exclude(original=None).values_list("original__public_id", flat=True)
    for name in names.iterator():
        path = store.path_of(name)
        if path.exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
