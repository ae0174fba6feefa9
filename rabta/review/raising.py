"""Writing down that a limit was warned of or passed up, telling whom it goes to, and the event of the case."""

from collections.abc import Sequence
from datetime import datetime

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Event, Order
from rabta.force.directory import Directory
from rabta.review import telling
from rabta.review.chain import Told
from rabta.review.models import Escalation
from rabta.review.running import Running
from rabta.rules.limits import Step

UNIQUE = ("case_id", "order_id", "step", "due_at", "level")


def write(
    raised: Sequence[tuple[Escalation, Told | None]],
    *,
    actor: Actor,
    directory: Directory,
    now: datetime,
    by_hand: bool = False,
) -> None:
    """Write new rows with their events, and tell whom they go to. What was raised before is not raised again."""
    by_row = {id(row): told for row, told in raised}
    new = bulk.insert_missing([row for row, _told in raised], unique=UNIQUE)
    telling.tell([(row, by_row[id(row)]) for row in new], directory=directory, now=now, by_hand=by_hand)
    Event.objects.bulk_create(_event(row, by_row[id(row)], actor=actor, now=now) for row in new)


def by_hand(
    case: Case, *, order: Order, told: Told, actor: Actor, directory: Directory, now: datetime
) -> None:
    """An officer passes an order up, in time or not."""
    step = Step.REPORT
    due_at = order.due_at or now
    known = Escalation.objects.filter(case=case, order=order, step=step, due_at=due_at)
    row = bulk.new(
        Escalation,
        case=case,
        order=order,
        step=str(step),
        level=known.count() + 1,
        due_at=due_at,
        at=now,
        held_by=order.post,
        post=told.post,
        passed_by_id=actor.officer_id,
        officers=[h.officer_id for h in told.holders],
    )
    write([(row, told)], actor=actor, directory=directory, now=now, by_hand=True)


def row_of(
    case: Case, one: Running, level: int, holder: Told | None, told: Told | None, *, now: datetime
) -> Escalation:
    return bulk.new(
        Escalation,
        case=case,
        order=one.order,
        step=str(one.duty.step),
        level=level,
        due_at=one.duty.due_at,
        at=now,
        held_by=holder.post if holder else None,
        post=told.post if told else None,
        officers=[h.officer_id for h in told.holders] if told else [],
    )


def _event(row: Escalation, told: Told | None, *, actor: Actor, now: datetime) -> Event:
    what = "passed_up" if row.passed_by_id else "escalated" if row.level else "limit_warned"
    return event(
        row.case,
        what,
        now=now,
        actor=actor,
        step=row.step,
        level=row.level,
        post=told.post.name if told else "",
        officers=row.officers,
        order=row.order.public_id if row.order else "",
    )
