"""A small tree of groups over the cast: headquarters, Peshawar, its circle, Kotwali's volunteers, and members."""

from itertools import count
from types import SimpleNamespace
from typing import Any

from rabta.force import access
from rabta.force.models import Unit
from rabta.groups import fanning, members
from rabta.groups.models import Broadcast, Group, Member, Membership
from rabta.journey.groups import registry
from rabta.journey.groups.registry import Facts
from tests.cast import NOW, TODAY, as_role, post_named

numbers = count(1)


def groups(cast: SimpleNamespace) -> SimpleNamespace:
    """Four groups, each below the one before, each run by the head of its unit."""
    made = SimpleNamespace()
    made.hq = opened(cast.hq, Group.Kind.HEADQUARTERS, cast.igp)
    made.district = opened(cast.peshawar, Group.Kind.DISTRICT, cast.sp, parent=made.hq)
    made.circle = opened(cast.city, Group.Kind.CIRCLE, cast.co, parent=made.district)
    made.station = opened(cast.kotwali, Group.Kind.VOLUNTEERS, cast.sho, parent=made.circle)
    return made


def opened(unit: Unit, kind: str, head: Any, **facts: Any) -> Group:
    """A group of a unit, opened by the officer whose post runs it."""
    scope = access.scope_of(head, on=TODAY)
    name = f"{unit} group"
    if Group.objects.filter(name=name, closed_at=None).exists():
        name = f"{unit} {kind}"
    said = Facts(name=name, kind=kind, unit=unit, administrator=post_named(head), **facts)
    return registry.open_group(facts=said, code=f"{unit.code}-{kind}", by=scope, now=NOW)


def member(group: Group, *, number: str = "", **facts: Any) -> Member:
    """An active member of a group, reached by WhatsApp."""
    number = number or f"+92300{next(numbers):07}"
    defaults: dict[str, Any] = {
        "scheme": "phone", "handle": number, "address": number, "name": "Gul Khan", "unit": group.unit,
        "channel": "whatsapp", "kind": "clg", "section": "traders", "state": "active", "opted_in_at": NOW,
        "opted_in_by": "desk", "joined_at": NOW, "valid_until": TODAY.replace(year=TODAY.year + 1),
    }  # fmt: skip
    made = members.made(**defaults | facts, now=NOW)
    Membership.objects.create(group=group, member=made, since=NOW)
    return made


def sent(broadcast: Broadcast) -> Broadcast:
    """The broadcast when the worker has done all pieces of it."""
    with as_role("rabta_worker"):
        while fanning.go_on(broadcast.pk, now=NOW):
            pass
    broadcast.refresh_from_db()
    return broadcast
