"""Recognising who wrote, and sealing what not everybody may see."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rabta import bulk, keys
from rabta.kit.ids import ALPHABET
from rabta.people import vault
from rabta.people.models import Handle, Person


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who wrote, as a channel names them. `handle` is unique in its `scheme`; answers go to `address`."""

    scheme: str
    handle: str
    address: str = ""
    name: str = ""


def digest_of(*, scheme: str, handle: str) -> bytes:
    """What stands for a handle in the database."""
    return keys.digest(f"handle:{scheme}", handle)


def recognise(writers: Iterable[Writer], *, now: datetime) -> dict[tuple[str, str], Handle]:
    """The handle of every writer, by (scheme, handle); unknown ones are added. Four queries at most.

    Two workers may meet the same new person at the same time: the unique constraint lets one win, both find it.
    """
    by_digest = {(w.scheme, digest_of(scheme=w.scheme, handle=w.handle)): w for w in writers}
    found = _find(by_digest)
    missing = {key: writer for key, writer in by_digest.items() if key not in found}
    if missing:
        _add(missing, now=now)
        found = _find(by_digest)
    return {(w.scheme, w.handle): found[key] for key, w in by_digest.items()}


def _find(by_digest: dict[tuple[str, bytes], Writer]) -> dict[tuple[str, bytes], Handle]:
    rows = Handle.objects.filter(digest__in=[digest for _scheme, digest in by_digest]).select_related(
        "person"
    )
    return {(handle.scheme, bytes(handle.digest)): handle for handle in rows}


def _add(missing: dict[tuple[str, bytes], Writer], *, now: datetime) -> None:
    people = bulk.insert([Person(alias=_alias(), first_seen_at=now) for _ in missing])
    bulk.insert(
        [
            Handle(
                person=person,
                scheme=scheme,
                digest=digest,
                shown=_seal_shown(writer),
                address=keys.seal_for("relay", writer.address.encode()) if writer.address else None,
                created_at=now,
            )
            for person, ((scheme, digest), writer) in zip(people, missing.items(), strict=True)
        ],
        ignore_conflicts=True,
    )


def _alias() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def _seal_shown(writer: Writer) -> bytes:
    shown = {"name": writer.name, "number": writer.address}
    return keys.fernet("desk").encrypt(json.dumps(shown, ensure_ascii=False).encode())


def protect(handles: Iterable[Handle], *, now: datetime) -> list[Handle]:
    """Hide these people from now on: only their alias is shown, and only the relay can reach them.

    Name and number are sealed to the keyholders first, where there are any. Returns those who were not hidden before.
    """
    fresh = {handle.pk: handle for handle in handles if handle.shown or not handle.person.protected}
    if not fresh:
        return []
    vault.seal_identities(fresh.values(), now=now)
    Handle.objects.filter(pk__in=fresh).update(shown=None)
    Person.objects.filter(pk__in={handle.person_id for handle in fresh.values()}).update(protected=True)
    for handle in fresh.values():
        handle.shown, handle.person.protected = None, True
    return list(fresh.values())
