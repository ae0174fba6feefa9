"""Further names of people at one account: the provider's user ids beside the telephone number.

Such an id means something at the account that was told it, and nowhere else. Whoever hides his number, or has a new
one, is known by it as the same person.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from rabta import bulk, keys
from rabta.people import vault
from rabta.people.handles import Writer, digest_of, seal_shown
from rabta.people.models import Alias, Handle
from rabta.people.naming import keys_of
from rabta.rules.contact import most_careful

Name = tuple[int, str]  # an account's id, and a name with its kind


def _digest(name: Name) -> bytes:
    return keys.digest("alias", f"{name[0]}:{name[1]}")


def known(names: Iterable[Name]) -> dict[Name, Handle]:
    """The handles behind these names, as far as there are any. One query, or none."""
    by_digest = {_digest(name): name for name in names}
    rows = Alias.objects.filter(digest__in=by_digest).select_related("handle__person") if by_digest else ()
    return {by_digest[bytes(row.digest)]: row.handle for row in rows}


def remember(names: Mapping[Name, Handle], *, now: datetime) -> None:
    """Keep that these names mean these handles; a name that is known already keeps its meaning."""
    rows = [
        bulk.new(Alias, handle=handle, digest=_digest(name), created_at=now) for name, handle in names.items()
    ]
    bulk.insert_missing(sorted(rows, key=lambda row: bytes(row.digest)), unique=("handle_id", "digest"))


def find(*, account_id: int, writer: Writer, also: Iterable[str]) -> Handle | None:
    """The handle of somebody whom we know, by one of the further names or by the handle itself."""
    by_name = known((account_id, name) for name in also)
    if by_name:
        return next(iter(by_name.values()))
    return holder(writer)


def holder(writer: Writer) -> Handle | None:
    """The handle of this number or id, if somebody has it."""
    digest = digest_of(scheme=writer.scheme, handle=writer.handle)
    return Handle.objects.filter(scheme=writer.scheme, digest=digest).select_related("person").first()


def take_over(*, of: Handle, to: Handle) -> None:
    """Whoever was known by one handle is found by the other; where he wanted silence, there is silence."""
    Alias.objects.filter(handle=of).update(handle=to)
    to.safe = most_careful((to.safe, of.safe))
    to.stopped_at = to.stopped_at or of.stopped_at
    to.save(update_fields=["safe", "stopped_at"])


def move(handle: Handle, *, to: Writer, alone: bool, now: datetime) -> Handle:
    """The person has this number or id from now on; returns the handle that stands for it.

    `alone`: the old number is used for nothing else, so it is given up, and whoever gets it next is somebody new. Else
    the person has both. Nobody may have the new one yet (`holder`).
    """
    facts = {
        "scheme": to.scheme,
        "digest": digest_of(scheme=to.scheme, handle=to.handle),
        "shown": seal_shown(to),
        "name_keys": keys_of(to.name),
        "address": keys.seal_for("relay", to.address.encode()),
    }
    if alone:
        for name, value in facts.items():
            setattr(handle, name, value)
    else:
        handle = Handle(person=handle.person, safe=handle.safe, created_at=now, **facts)
    if handle.person.protected:
        vault.seal_identities([handle], now=now)
        handle.shown = None
    handle.save()
    return handle
