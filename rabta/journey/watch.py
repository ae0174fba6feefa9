"""What time does by itself."""

from datetime import datetime, timedelta

from django.db.models import Q

from rabta.cases.events import Actor, event
from rabta.cases.models import Event, Order, Withheld
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.intake import parts
from rabta.journey import arrival
from rabta.journey.arrival import READER, arrived, show_moved
from rabta.journey.checks import locked
from rabta.journey.dispatch import dispatch
from rabta.outbox.models import Delivery
from rabta.outbox.receipts import settle_parked

JOINER = "joining receipts"
REACHED = (Delivery.State.DELIVERED, Delivery.State.READ)
PATIENCE = timedelta(minutes=2)
WATCH = Actor(system_reason="watching orders that do not arrive")


def pass_on_undelivered(*, now: datetime) -> int:
    """Give urgent orders (U0, U1) that did not arrive within two minutes to the next post as well; returns how many.

    The first order stays: whoever reads it first acts. The next post supports, and the desk sees why.
    """
    with system(WATCH.system_reason):
        late = (
            Order.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(state=Order.State.ISSUED, part=Order.Part.LEAD, passed_on_at=None)
            .filter(case__urgency__lte=1, issued_at__lt=now - PATIENCE)
            .exclude(Q(delivery__state__in=REACHED))
            .select_related("case", "post__unit")
            .order_by("id")[:100]
        )
        orders = list(late)
        for order in orders:
            _pass_on(order, now=now)
        return len(orders)


def settle_receipts(*, now: datetime) -> None:
    """Join receipts that came before the relay had stored its result."""
    with system(JOINER):
        show_moved(settle_parked(now), now=now)


def settle_early(*, now: datetime) -> None:
    """Apply edits, revocations and reactions that one worker read while another had their message in hand."""
    with system(READER.system_reason):
        arrival.settle_early(now=now)


def take_late_parts(*, now: datetime) -> int:
    """Show long messages whose other parts do not come any more, with what is there; returns how many."""
    shown = 0
    while True:
        with system(READER.system_reason):
            one = parts.late(now)
            if one is None:
                return shown
            arrived([one], now=now)
            shown += 1


def _pass_on(order: Order, *, now: datetime) -> None:
    order.passed_on_at = now
    order.save(update_fields=["passed_on_at"])
    above = force_directory.current(now=now).next_above(order.post)
    case = locked(order.case)
    # who may know of these, only a person decides
    if above is None or case.confidential or case.withheld == Withheld.ACCUSATION:
        Event.objects.bulk_create([event(case, "undelivered", now=now, actor=WATCH, order=order.public_id)])
        return
    why = {"code": "undelivered", "post": order.post.name}
    dispatch(case, [(above, Order.Part.SUPPORT, why)], actor=WATCH, now=now)
