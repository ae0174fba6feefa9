"""Recognising who wrote, and sealing what not everybody may see."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rabta import bulk, keys
from rabta.kit import ids
from rabta.people import vault
from rabta.people.models import Handle, Person
from rabta.people.naming import keys_of

UNKNOWN = "forward"  # scheme of handles that stand for the writer of what an officer forwarded, while nobody knows him


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who wrote, as a channel names them. `handle` is unique in its `scheme`; answers go to `address`.

    `number` is one that somebody left to be called on, where answers go another way (the web form).
    """

    scheme: str
    handle: str
    address: str = ""
    name: str = ""
    number: str = ""


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
        found |= _add(missing, now=now)
    if len(found) < len(by_digest):
        found |= _find(by_digest.keys() - found.keys())
    return {(w.scheme, w.handle): found[key] for key, w in by_digest.items()}


def _find(wanted: Iterable[tuple[str, bytes]]) -> dict[tuple[str, bytes], Handle]:
    rows = Handle.objects.filter(digest__in=[digest for _scheme, digest in wanted]).select_related("person")
    return {(handle.scheme, bytes(handle.digest)): handle for handle in rows}


def _add(missing: dict[tuple[str, bytes], Writer], *, now: datetime) -> dict[tuple[str, bytes], Handle]:
    """Add people with their handles, in one order for all workers; returns those that nobody else added meanwhile."""
    new = sorted(missing.items(), key=lambda item: item[0])
    people = bulk.insert([bulk.new(Person, alias=ids.letters(5), first_seen_at=now) for _ in new])
    addresses = keys.seal_each_for("relay", [writer.address.encode() for _key, writer in new])
    handles = [
        bulk.new(
            Handle,
            person=person,
            scheme=scheme,
            digest=digest,
            shown=seal_shown(writer),
            name_keys=keys_of(writer.name),
            address=address if writer.address else None,
            created_at=now,
        )
        for person, address, ((scheme, digest), writer) in zip(people, addresses, new, strict=True)
    ]
    added = bulk.insert_missing(handles, unique=("scheme", "digest"))
    for handle in added:
        handle.is_new = True
    return {(handle.scheme, bytes(handle.digest)): handle for handle in added}


def seal_shown(writer: Writer) -> bytes:
    """Name and number as officers are shown them, under the desk key.

    An address that says nothing to people (a provider's id) is not shown: it would pass for a telephone number.
    """
    address = writer.address if writer.address.startswith("+") or "@" in writer.address else ""
    shown = {"name": writer.name, "number": writer.number or address}
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
