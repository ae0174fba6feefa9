"""A station's circle officer is told of each order to it, for information, and no more when the matter goes elsewhere.

Orders by rule say so in the routing table; here it is done for what people order.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.force.directory import Addressee, Directory
from rabta.journey.dispatch import tell_ended
from rabta.rules.jurisdiction import circle_of
from rabta.tasking import orders
from rabta.tasking.orders import OPEN, Part

# Why a circle's officer was told, or who stands in for him.
BY_RULE = ("superior", "vacant_linked", "vacant_parent")


def superior_of(unit_id: int, *, directory: Directory) -> Addressee | None:
    """Who is told of what a unit is ordered: the officer of its circle, else who stands in; None outside circles."""
    circle = circle_of(unit_id, directory.units)
    return directory.addressee(circle) if circle is not None else None


def addressed_twice(
    case: Case, parts: Sequence[Part], *, actor: Actor, directory: Directory, now: datetime, why: str = ""
) -> list[Part]:
    """The parts, with the information of the circle officer of the station that leads; the one of another circle ends.

    He is not told who gives the order himself, is chosen, has it already, or stands on its way down the chain; nobody
    is of a case that is withheld or confidential. `why` is told to whom nothing more concerns.
    """
    lead = _lead(parts)
    to = _superior(lead, directory)
    if lead is None or to is None:
        return list(parts)
    _end_elsewhere(case, to, actor=actor, directory=directory, now=now, why=why)
    if case.withheld or case.confidential or lead.goal or _knows(case, parts, lead, to, actor=actor):
        return list(parts)
    unit = directory.units[lead.to.post.unit_id].name
    return [*parts, Part(to, Order.Part.INFORM.value, {"code": "superior", "unit": unit})]


def not_told_twice(
    case: Case, parts: Sequence[Part], *, actor: Actor, directory: Directory, now: datetime
) -> list[Part]:
    """The parts that the rule suggests, without information that is open already; the one of another circle ends."""
    to = _superior(_lead(parts), directory)
    if to is not None:
        _end_elsewhere(case, to, actor=actor, directory=directory, now=now, why="")
    return [part for part in parts if part.part != Order.Part.INFORM or not _is_told(case, part.to)]


def _lead(parts: Sequence[Part]) -> Part | None:
    return next((part for part in parts if part.part == Order.Part.LEAD), None)


def _superior(lead: Part | None, directory: Directory) -> Addressee | None:
    return superior_of((lead.goal or lead.to.post).unit_id, directory=directory) if lead else None


def _knows(case: Case, parts: Sequence[Part], lead: Part, to: Addressee, *, actor: Actor) -> bool:
    chosen = {part.to.post.pk for part in parts} | {order.post_id for order in _way(lead.parent)}
    gives = any(holder.officer_id == actor.officer_id for holder in to.holders)
    return gives or to.post.pk in chosen or _is_told(case, to)


def _way(order: Order | None) -> Iterator[Order]:
    """The orders by whose way it came down, the nearest first."""
    while order is not None:
        yield order
        order = order.parent


def _is_told(case: Case, to: Addressee) -> bool:
    return case.orders.filter(part=Order.Part.INFORM, post=to.post.pk, state__in=OPEN).exists()


def _end_elsewhere(
    case: Case, to: Addressee, *, actor: Actor, directory: Directory, now: datetime, why: str
) -> None:
    """End what other circles were told for information; what a person chose to tell somebody stays."""
    told = case.orders.filter(part=Order.Part.INFORM, state__in=OPEN).exclude(post=to.post.pk)
    for order in told.filter(why__code__in=BY_RULE).select_related("case", "post"):
        orders.end(order, state=Order.State.REPLACED, why=why, now=now)
        record(case, "order_ended", now=now, actor=actor, order=order.public_id, post=order.post.name)
        tell_ended(order, directory=directory, now=now)
