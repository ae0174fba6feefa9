"""Orders whose post nobody holds any more go to whoever stands in: the linked post, else the head above."""

from datetime import datetime

from rabta.cases.events import Actor, record
from rabta.cases.models import Order
from rabta.cases.refusal import Refused
from rabta.force import chain as force_chain
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.force.directory import Directory
from rabta.journey.checks import is_open, locked_order
from rabta.journey.dispatch import dispatch, outside_the_accused
from rabta.tasking import orders
from rabta.tasking.orders import OPEN, Part

WATCH = Actor(system_reason="watching vacant posts")
AT_ONCE = 200


def move_on(*, now: datetime) -> int:
    """Give open orders of vacant posts to who stands in today; returns how many. Reports on their way stay there.

    Where nobody may take one (a case that is kept from him), the order stays, and whoever watches limits sees it.
    """
    with system(WATCH.system_reason):
        directory = force_directory.current(now=now)
        vacant = [post for post in directory.posts if not directory.holders(post)]
        waiting = Order.objects.filter(
            post__in=vacant, state__in=(Order.State.ISSUED, Order.State.ACCEPTED)
        ).exclude(part=Order.Part.INFORM)
        rows = waiting.select_related("case").order_by("id")[:AT_ONCE]
        return sum(_move(order, directory=directory, now=now) for order in rows)


def _move(order: Order, *, directory: Directory, now: datetime) -> bool:
    order = locked_order(order)
    to = force_chain.addressee_of(order.post, directory=directory)
    if to is None or order.state not in OPEN:
        return False
    part = Part(
        to,
        order.part,
        {},
        instruction=order.instruction,
        proof=order.proof,
        proof_words=order.proof_words,
        goal=None if order.goal_id == to.post.pk else order.goal,
        parent=order.parent,
        due_at=order.due_at,
    )
    try:
        is_open(order.case)
        outside_the_accused(order.case, [part], directory)
    except Refused:
        return False
    record(order.case, "vacant", now=now, actor=WATCH, order=order.public_id, post=order.post.name)
    orders.end(order, state=Order.State.REPLACED, now=now)
    (made,) = dispatch(order.case, [part], actor=WATCH, now=now)
    made.replaces = order
    made.save(update_fields=["replaces"])
    return True
