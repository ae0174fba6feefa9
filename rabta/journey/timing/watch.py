"""What time does by itself."""

from datetime import datetime, timedelta

from django.db.models import Q

from rabta.cases.events import Actor, event
from rabta.cases.models import Event, Order, Withheld
from rabta.channels.registry import BY_KIND
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.intake import parts
from rabta.journey import arrival
from rabta.journey.arrival import READER, arrived, show_moved
from rabta.journey.checks import locked
from rabta.journey.dispatch import dispatch
from rabta.outbox.models import Delivery
from rabta.outbox.receipts import settle_parked
from rabta.review import calls
from rabta.tasking import notify
from rabta.triage import tables

JOINER = "joining receipts"
REACHED = (Delivery.State.DELIVERED, Delivery.State.READ)
PATIENCE = timedelta(minutes=2)
BEFORE_SMS = timedelta(minutes=1)
RECENT = timedelta(hours=1)  # what is older has gone to the next post and to the desk long ago
WATCH = Actor(system_reason="watching orders that do not arrive")


def send_by_sms(*, now: datetime) -> int:
    """Send urgent orders that did not arrive within a minute once more, by SMS; returns how many.

    Where there is no account for SMS, or nobody who holds the post has a number, there is nothing to send.
    """
    with system(WATCH.system_reason):
        accounts = [account for account in notify.sending_accounts() if BY_KIND[account.channel].forgeable]
        late = _undelivered(since=now - RECENT, before=now - BEFORE_SMS) if accounts else []
        sms = {account.pk for account in accounts}
        orders = [order for order, sent in late if sent and not sms & {letter.account_id for letter in sent}]
        labels = {code: dict(category.labels) for code, category in tables.categories().items()}
        directory = force_directory.current(now=now)
        before = {order.pk: len(order.letters) for order in orders}
        notify.notify(orders, labels=labels, accounts=accounts, directory=directory, now=now)
        gone = [order for order in orders if len(order.letters) > before[order.pk]]
        Event.objects.bulk_create([_went_by_sms(order, now) for order in gone])
        return len(gone)


def _went_by_sms(order: Order, now: datetime) -> Event:
    names = {"order": order.public_id, "post": order.post.name}
    return event(order.case, "ordered_by_sms", now=now, actor=WATCH, **names)


def pass_on_undelivered(*, now: datetime) -> int:
    """Give urgent orders (U0, U1) that did not arrive within two minutes to the next post as well; returns how many.

    The first order stays: whoever reads it first acts. The next post supports, the desk sees why, and has to telephone.
    """
    with system(WATCH.system_reason):
        late = _undelivered(since=None, before=now - PATIENCE)
        for order, _sent in late:
            _pass_on(order, now=now)
        return len(late)


def _undelivered(*, since: datetime | None, before: datetime) -> list[tuple[Order, list[Delivery]]]:
    """Urgent lead orders of that time that nobody has read or got yet, locked, each with the letters that went."""
    rows = Order.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=Order.State.ISSUED,
        part=Order.Part.LEAD,
        passed_on_at=None,
        case__urgency__lte=1,
        issued_at__lt=before,
    )
    if since:
        rows = rows.filter(issued_at__gt=since)
    rows = rows.exclude(Q(delivery__state__in=REACHED))
    orders = list(rows.select_related("case", "post__unit").order_by("id")[:100])
    known = Delivery.objects.in_bulk({letter for order in orders for letter in order.letters})
    sent = [(order, [known[pk] for pk in order.letters if pk in known]) for order in orders]
    return [(order, letters) for order, letters in sent if not any(one.state in REACHED for one in letters)]


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
    calls.ask(order, case=case, actor=WATCH, now=now)
    # who may know of these, only a person decides
    if above is None or case.confidential or case.withheld == Withheld.ACCUSATION:
        Event.objects.bulk_create([event(case, "undelivered", now=now, actor=WATCH, order=order.public_id)])
        return
    why = {"code": "undelivered", "post": order.post.name}
    dispatch(case, [(above, Order.Part.SUPPORT, why)], actor=WATCH, now=now)
