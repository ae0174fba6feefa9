"""The way of an order down the chain, as a line: who had it, who holds it now and since when, and where it goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rabta.cases.models import Order
from rabta.force.models import Post
from rabta.tasking.orders import OPEN


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One post of the line. `order` is None for the goal as long as it is not there.

    `by`: who received it, by name. `since`: when it came to the post. `now`: it is here. `late`: its limit is over.
    """

    post: Post
    order: Order | None = None
    now: bool = False
    late: bool = False

    @property
    def received(self) -> bool:
        """Whether somebody said by name that it was received."""
        return self.order is not None and self.order.accepted_at is not None

    @property
    def skipped(self) -> bool:
        """Whether a superior sent it past this post."""
        return self.order is not None and self.order.state == Order.State.REPLACED


def line(orders: Iterable[Order], *, now: datetime) -> list[Hop]:
    """The line of the latest lead order among these (with `goal`, `post` and `accepted_by`); empty where it went
    straight."""
    leads = {order.pk: order for order in orders if order.part == Order.Part.LEAD}
    latest = leads.get(max(leads, default=0))
    if latest is None or (latest.parent_id is None and latest.goal_id is None):
        return []
    way = [latest]
    while (before := leads.get(way[-1].parent_id or 0)) is not None:
        way.append(before)
    hops = [_hop(order, latest, now) for order in reversed(way)]
    return [*hops, Hop(post=latest.goal)] if latest.goal else hops


def _hop(order: Order, latest: Order, now: datetime) -> Hop:
    here = order is latest and order.state in OPEN
    late = here and order.limit_at is not None and order.limit_at < now
    return Hop(post=order.post, order=order, now=here, late=late)
