"""Orders to posts: made in batches on arrival, one by one by people."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.life import move
from rabta.cases.models import Case, Event, Order, Report
from rabta.force.directory import Addressee
from rabta.rules.case_life import Act
from rabta.tasking import notify

OPEN = (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED)


def make(
    case: Case,
    *,
    to: Addressee,
    part: str,
    why: dict[str, Any],
    actor: Actor,
    now: datetime,
    instruction: str = "",
    replaces: Order | None = None,
) -> Order:
    """An order, not saved yet, due when the case's report is due. A lead order takes the case to `forwarded`."""
    if part == Order.Part.LEAD:
        move(case, Act.ORDER)
        case.lead_unit_id, case.waiting_why = to.post.unit_id, {}
    return bulk.new(
        Order,
        case=case,
        post=to.post,
        unit_id=to.post.unit_id,
        part=part,
        why=to.why or why,
        instruction=instruction,
        issued_by_id=actor.officer_id,
        issued_by_post_id=actor.post_id,
        issued_at=now,
        due_at=case.report_due_at if part != Order.Part.INFORM else None,
        replaces=replaces,
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
    )


def save(orders: Iterable[Order], *, actor: Actor, now: datetime) -> list[Event]:
    """Save new orders; returns their events, not saved yet."""
    orders = bulk.insert(list(orders))
    return [
        event(
            order.case,
            f"ordered_{order.part}",
            now=now,
            actor=actor,
            post=order.post.name,
            order=order.public_id,
        )
        for order in orders
    ]


def withdraw_lead(case: Case, *, now: datetime) -> Order | None:
    """End the open lead order, if there is one, so that another can be given."""
    order = Order.objects.select_for_update().filter(case=case, part=Order.Part.LEAD, state__in=OPEN).first()
    if order:
        order.state = Order.State.REPLACED
        order.finished_at = now
        order.save(update_fields=["state", "finished_at"])
    return order


def withdraw(case: Case, *, ends: Callable[[Order], bool], now: datetime) -> bool:
    """End the open orders that `ends` says; whoever was not told of them yet is not told any more.

    Returns whether the lead's was among them.
    """
    orders = case.orders.select_for_update(of=("self",)).filter(state__in=OPEN)
    withdrawn = [order for order in orders.select_related("unit", "delivery") if ends(order)]
    for order in withdrawn:
        order.state, order.finished_at = Order.State.REPLACED, now
    Order.objects.bulk_update(withdrawn, ["state", "finished_at"])
    notify.take_back(withdrawn, now=now)
    return any(order.part == Order.Part.LEAD for order in withdrawn)


def finish(order: Order, *, now: datetime) -> None:
    """The superior accepted the report: the order is done."""
    order.state = Order.State.VERIFIED
    order.finished_at = now
    order.save(update_fields=["state", "finished_at"])


def new_report(order: Order, *, text: str, outcome: str, officer_id: int, now: datetime) -> Report:
    """Put an action-taken report to an order."""
    order.state = Order.State.REPORTED
    order.save(update_fields=["state"])
    return Report.objects.create(order=order, text=text, outcome=outcome, officer_id=officer_id, at=now)
