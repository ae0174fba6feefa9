"""Members as rows: made from a number, found again by it, shown to those who run their groups.

Nothing here touches the register of citizens (`groups.models.Member`).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rabta import keys
from rabta.force.models import Unit
from rabta.groups.models import Member
from rabta.outbox.models import Address
from rabta.people import handles
from rabta.people.naming import keys_of


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Who a member is, as those who run his groups see it."""

    name: str
    number: str


def digest_of(*, scheme: str, handle: str) -> bytes:
    """What stands for a member's number: another one than stands for the same number of a citizen."""
    return keys.digest(f"member:{scheme}", handle)


def seal_shown(*, name: str, number: str) -> bytes:
    """Name and number under the desk key."""
    return keys.fernet("desk").encrypt(
        json.dumps({"name": name, "number": number}, ensure_ascii=False).encode()
    )


def shown(member: Member) -> Shown:
    """Name and number of a member; empty when they were erased."""
    if member.shown is None:
        return Shown(name="", number="")
    return Shown(**json.loads(keys.fernet("desk").decrypt(bytes(member.shown))))


def made(
    *,
    scheme: str,
    handle: str,
    address: str,
    name: str,
    unit: Unit,
    channel: str,
    kind: str,
    now: datetime,
    **facts: object,
) -> Member:
    """A new member, saved, with where letters go. `handle` is the number or id as the channel names its sender.

    Raises IntegrityError when there is one with this number already: look with `find` before.
    """
    where = Address.objects.create(
        digest=handles.digest_of(scheme=scheme, handle=handle),
        sealed=keys.seal_each_for("relay", [address.encode()])[0],
    )
    return Member.objects.create(
        digest=digest_of(scheme=scheme, handle=handle), shown=seal_shown(name=name, number=address),
        name_keys=keys_of(name), address=where, channel=channel, kind=kind, unit=unit, visible_to=unit.path, **facts,
    )  # fmt: skip


def find(senders: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Member]:
    """Members by (scheme, handle) of whoever wrote. One query, or none."""
    wanted = {digest_of(scheme=scheme, handle=handle): (scheme, handle) for scheme, handle in senders}
    rows = Member.objects.filter(digest__in=wanted) if wanted else Member.objects.none()
    return {wanted[bytes(member.digest)]: member for member in rows}
