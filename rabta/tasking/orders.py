"""Orders to posts: made in batches on arrival, one by one by people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.life import move
from rabta.cases.models import Case, Event, Order, Report
from rabta.force.directory import Addressee
from rabta.force.models import Post
from rabta.rules.case_life import Act
from rabta.tasking import notify

OPEN = (Order.State.ISSUED, Order.State.ACCEPTED, Order.State.REPORTED)


@dataclass(frozen=True)
class Part:
    """What one post is ordered. `goal` is the post in the end, when this one only passes it on; `parent` came before.

    `proof` asks for a photo, `proof_words` say what is to be seen on it. Without `due_at` it is due with the case's
    report.
    """

    to: Addressee
    part: str
    why: dict[str, Any]
    instruction: str = ""
    proof: bool = False
    proof_words: str = ""
    goal: Post | None = None
    parent: Order | None = None
    due_at: datetime | None = None


def make(
    case: Case,
    *,
    to: Addressee,
    part: str,
    why: dict[str, Any],
    actor: Actor,
    now: datetime,
    more: Part | None = None,
    replaces: Order | None = None,
) -> Order:
    """An order, not saved yet. A lead order takes the case to `forwarded`; `more` is what people add to it."""
    if part == Order.Part.LEAD:
        move(case, Act.ORDER)
        case.lead_unit_id, case.waiting_why = to.post.unit_id, {}
    more = more or Part(to, part, why)
    return bulk.new(
        Order,
        case=case,
        post=to.post,
        unit_id=to.post.unit_id,
        part=part,
        why=to.why or why,
        instruction=more.instruction,
        proof=more.proof,
        proof_words=more.proof_words,
        goal=more.goal,
        parent=more.parent,
        issued_by_id=actor.officer_id,
        issued_by_post_id=actor.post_id,
        issued_at=now,
        due_at=(more.due_at or case.report_due_at) if part != Order.Part.INFORM else None,
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
            f"ordered_{order.part}" if order.goal is None else "sent_along",
            now=now,
            actor=actor,
            post=order.post.name,
            order=order.public_id,
            **({"goal": order.goal.name} if order.goal else {}),
        )
        for order in orders
    ]


def withdraw_lead(case: Case, *, now: datetime, why: str = "") -> Order | None:
    """End the open lead order, if there is one, so that another can be given.

    Whoever had returned it reads `why` as well: it answers the reason of the return.
    """
    leads = Order.objects.select_for_update().filter(case=case, part=Order.Part.LEAD)
    order = leads.filter(state__in=OPEN).first()
    if order:
        end(order, state=Order.State.REPLACED, why=why, now=now)
    elif why and (last := leads.order_by("-id").first()) and last.state == Order.State.RETURNED:
        last.ended_why = why
        last.save(update_fields=["ended_why"])
    return order


def end(order: Order, *, state: str, now: datetime, why: str = "") -> None:
    """The order ends without a report that counts; one that waits at the station is not sent on any more."""
    order.state, order.finished_at, order.ended_why = state, now, why
    order.save(update_fields=["state", "finished_at", "ended_why"])
    order.reports.filter(waits=True).update(waits=False)


def withdraw(case: Case, *, ends: Callable[[Order], bool], now: datetime) -> bool:
    """End the open orders that `ends` says; whoever was not told of them yet is not told any more.

    Returns whether the lead's was among them.
    """
    orders = case.orders.select_for_update(of=("self",)).filter(state__in=OPEN)
    withdrawn = [order for order in orders.select_related("unit", "delivery") if ends(order)]
    for order in withdrawn:
        end(order, state=Order.State.REPLACED, now=now)
    notify.take_back(withdrawn, now=now)
    return any(order.part == Order.Part.LEAD for order in withdrawn)


def finish(order: Order, *, now: datetime) -> None:
    """The superior accepted the report: the order is done."""
    order.state = Order.State.VERIFIED
    order.finished_at = now
    order.save(update_fields=["state", "finished_at"])


def new_report(
    order: Order, *, text: str, outcome: str, officer_id: int, now: datetime, waits: bool = False
) -> Report:
    """Put an action-taken report to an order. One that `waits` is not with the superior yet."""
    if not waits:
        order.state = Order.State.REPORTED
        order.save(update_fields=["state"])
    return Report.objects.create(
        order=order, text=text, outcome=outcome, officer_id=officer_id, at=now, waits=waits
    )
