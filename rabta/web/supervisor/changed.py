"""What changed in the review since a moment, wherever it stands in the list: the last change first."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from rabta.cases.models import Order, Report
from rabta.force.access import Scope
from rabta.web.supervisor import queries

MOST = 100
STEPS = ("issued_at", "accepted_at", "on_the_way_at", "returned_at", "missed_at", "finished_at")


def changed(*, scope: Scope, which: str, since: datetime, now: datetime) -> list[queries.Row]:
    """The rows of the review on which something happened, or whose limit was passed, since then. Four queries.

    It looks at what the review is about now (what is open, and what was finished of late), not at all that ever was.
    """
    orders = _orders(scope, which=which, since=since, now=now).select_related(
        "case", "unit", "post", "accepted_by"
    )
    return queries.rows_of(list(orders.defer("unit__area")), now=now)


def late_since(row: queries.Row, *, since: datetime, now: datetime) -> bool:
    """Whether the limit for accepting an order, or the one of an accepted order, was passed since then."""
    waits = row.order.state in (Order.State.ISSUED, Order.State.ACCEPTED)
    return waits and row.order.limit_at is not None and since < row.order.limit_at <= now


def _orders(scope: Scope, *, which: str, since: datetime, now: datetime) -> QuerySet[Order]:
    stands = Q()
    for name in [which] if which in queries.CLASSES else queries.CLASSES:
        for span in queries.spans(name, now=now):
            stands |= Q(seen__stands=span.stands, seen__at__gte=span.since, seen__at__lt=span.until)
    reported = Report.objects.filter(order=OuterRef("pk"), at__gt=since)
    late = Q(state=Order.State.ACCEPTED, due_at__gt=since, due_at__lte=now)
    rows = Order.objects.filter(scope.visible()).annotate(step_at=Greatest(*STEPS))
    rows = rows.filter(stands, seen__unit_id__in=sorted(scope.sees_as))
    return (
        rows.filter(Q(step_at__gt=since) | late | Exists(reported))
        .distinct()
        .order_by("-step_at", "-pk")[:MOST]
    )
