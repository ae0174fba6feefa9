"""Telephone calls that the desk has to make because an urgent order reached nobody by message."""

from datetime import datetime

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.review.models import Call


def ask(order: Order, *, case: Case, actor: Actor, now: datetime) -> Call | None:
    """Have the desk telephone whoever holds the ordered post. Asked once for each order; None when it was before."""
    call, new = Call.objects.get_or_create(order=order, defaults={"asked_at": now})
    if not new:
        return None
    record(case, "call_asked", now=now, actor=actor, order=order.public_id, post=order.post.name)
    return call


def tried(call: Call, *, reached: bool, officer_id: int, now: datetime) -> None:
    """Somebody telephoned. A call that reached nobody stays open until one does, or until the order is answered."""
    call.tries += 1
    call.tried_at, call.tried_by_id = now, officer_id
    call.result = Call.Result.REACHED if reached else Call.Result.NOT_REACHED
    call.ended_at = now if reached else None
    call.save(update_fields=["tries", "tried_at", "tried_by", "result", "ended_at"])
