"""A commander says once more what a unit is ordered already: its order stands, with what it did about it.

Given anew it would be another order: what was accepted would wait to be accepted, and what was reported be gone.
"""

from collections.abc import Set
from datetime import datetime
from typing import Any

from rabta.cases.events import Actor
from rabta.cases.models import Case, Order
from rabta.force.directory import Directory
from rabta.journey.dispatch import tell
from rabta.tasking.orders import OPEN


def standing(case: Case, *, units: Set[int]) -> Order | None:
    """The open order to lead that one of these units has on a (locked) case."""
    rows = case.orders.select_for_update(of=("self",)).filter(part=Order.Part.LEAD, state__in=OPEN)
    order = rows.select_related("post", "unit", "goal", "issued_by_post").filter(unit__in=units).first()
    if order:
        order.case = case
    return order


def urge(
    order: Order,
    *,
    words: str,
    why: dict[str, Any],
    actor: Actor,
    by: str,
    directory: Directory,
    now: datetime,
) -> None:
    """Add the words, if there are any, to what the order says, and remind whoever has it.

    What the rule had ordered is the commander's order from now on. `by` names his post beside words that stand with
    somebody else's. A report that waits for the superior needs no reminder, unless there are words.
    """
    if words:
        others = order.instruction and order.issued_by_id != actor.officer_id
        order.instruction = "\n".join(
            filter(None, (order.instruction, f"{by}: {words}" if others else words))
        )
    if order.issued_by_id is None:
        order.issued_by_id, order.issued_by_post_id, order.why = actor.officer_id, actor.post_id, why
    order.save(update_fields=["instruction", "issued_by", "issued_by_post", "why"])
    order.case.changed_at = now
    order.case.save(update_fields=["changed_at"])
    if words or order.state != Order.State.REPORTED:
        tell([order], directory=directory, now=now)
