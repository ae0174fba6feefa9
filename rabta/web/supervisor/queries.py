"""The morning and evening review: what became of each matter that was ordered.

Every ordered case stands once, by its latest lead order, in exactly one class; the classes add up to the total.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.cases.models import Attachment, Case, Event, Evidence, Message, Order, Report
from rabta.force.access import Scope
from rabta.force.models import Post, Role, Unit
from rabta.triage.tables import category_label
from rabta.web.lights import Light, light_of
from rabta.web.supervisor.timeline import UNSAID

PAGE = 25
SHOWN_AFTER_THE_END = timedelta(days=30)
UNANSWERED, OVERDUE, TO_VERIFY, RETURNED, IN_WORK, FINISHED = CLASSES = (
    "unanswered",
    "overdue",
    "verify",
    "returned",
    "in_work",
    "finished",
)
# Posts that can be ordered to act.
ACTING = (Role.SHO, Role.CELL_HEAD, Role.CIRCLE_OFFICER)


def condition(name: str, *, now: datetime) -> Q:
    """Which lead orders are in a class at `now`."""
    late = Q(due_at__lt=now)
    return {
        UNANSWERED: Q(state=Order.State.ISSUED),
        OVERDUE: Q(state=Order.State.ACCEPTED) & late,
        TO_VERIFY: Q(state=Order.State.REPORTED),
        RETURNED: Q(state__in=[Order.State.RETURNED, Order.State.REPLACED]),
        IN_WORK: Q(state=Order.State.ACCEPTED) & (Q(due_at=None) | Q(due_at__gte=now)),
        FINISHED: Q(state=Order.State.VERIFIED),
    }[name]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One ordered case by its latest lead order."""

    order: Order
    light: Light
    category: str
    photos: int
    latest: str
    latest_at: datetime


@dataclass(frozen=True, kw_only=True)
class Review:
    """A page of rows, the figures above it, and where the next page starts."""

    rows: list[Row]
    counts: dict[str, int]
    total: int
    next: str

    @property
    def adds_up(self) -> bool:
        return sum(self.counts.values()) == self.total


def ordered(*, scope: Scope, unit: Unit | None, now: datetime) -> QuerySet[Order]:
    """The latest lead order of every ordered case that the officer sees; those verified long ago are left out."""
    later = Order.objects.filter(case=OuterRef("case"), part=Order.Part.LEAD, id__gt=OuterRef("id"))
    orders = Order.objects.filter(scope.visible(), ~Exists(later), part=Order.Part.LEAD)
    orders = orders.exclude(state=Order.State.VERIFIED, issued_at__lt=now - SHOWN_AFTER_THE_END)
    return orders.filter(unit__path__contains=[unit.pk]) if unit else orders


def review(*, scope: Scope, which: str, unit: Unit | None, after: str, now: datetime) -> Review:
    """A page of the review. `which`: one class, or all; the oldest order first within a class. Four queries."""
    orders = ordered(scope=scope, unit=unit, now=now)
    figures = {name: Count("id", filter=condition(name, now=now)) for name in CLASSES}
    counts = orders.aggregate(total=Count("id"), **figures)
    total = counts.pop("total")
    turns = [When(condition(name, now=now), then=Value(turn)) for turn, name in enumerate(CLASSES)]
    rows: QuerySet[Order] = orders.annotate(
        turn=models.Case(*turns, default=Value(len(CLASSES)), output_field=IntegerField())
    )
    if which in CLASSES:
        rows = rows.filter(condition(which, now=now))
    rows = (
        _after(rows, after)
        .select_related("case", "unit", "post", "accepted_by")
        .order_by("turn", "issued_at", "id")
    )
    found = list(rows[: PAGE + 1])
    following = _cursor(found[PAGE - 1]) if len(found) > PAGE else ""
    return Review(rows=_rows(found[:PAGE], now=now), counts=counts, total=total, next=following)


def _rows(orders: list[Order], *, now: datetime) -> list[Row]:
    ids = [order.pk for order in orders]
    photos = dict(Evidence.objects.filter(order__in=ids).values_list("order").annotate(Count("id")))
    reported: dict[int, datetime] = dict(
        Report.objects.filter(order__in=ids).order_by("id").values_list("order_id", "at")
    )
    rows = []
    for order in orders:
        words, at = latest(order, reported_at=reported.get(order.pk))
        label = category_label(order.case.category, language=get_language() or "en") or _("No category yet")
        rows.append(
            Row(
                order=order,
                light=light_of(order=order, now=now),
                category=label,
                photos=photos.get(order.pk, 0),
                latest=words,
                latest_at=at,
            )
        )
    return rows


def latest(order: Order, *, reported_at: datetime | None) -> tuple[str, datetime]:
    """The last that happened on an order, in words, and when."""
    steps = [
        (_("ordered"), order.issued_at),
        (_("accepted by %(officer)s") % {"officer": order.accepted_by}, order.accepted_at),
        (_("on the way"), order.on_the_way_at),
        (_("report sent"), reported_at),
        (_("returned"), order.returned_at),
        (_("finished"), order.finished_at),
    ]
    return max(((words, at) for words, at in steps if at is not None), key=lambda step: step[1])


def _cursor(order: Order) -> str:
    return f"{order.turn}.{int(order.issued_at.timestamp() * 1_000_000)}.{order.pk}"  # type: ignore[attr-defined]


def _after(rows: QuerySet[Order], cursor: str) -> QuerySet[Order]:
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        return rows
    turn, micros, pk = (int(part) for part in parts)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return rows.filter(
        Q(turn__gt=turn) | Q(turn=turn, issued_at__gt=at) | Q(turn=turn, issued_at=at, id__gt=pk)
    )


def units_of(scope: Scope) -> list[Unit]:
    """The officer's units and those below them with posts that can be ordered, in the order of the tree."""
    below = Q()
    for pk in sorted(scope.units):
        below |= Q(path__contains=[pk])
    acting = Post.objects.filter(unit=OuterRef("pk"), role__in=ACTING)
    units = Unit.objects.filter(below).filter(Exists(acting)) if below else Unit.objects.none()
    return list(units.select_related("level").order_by("path"))


def case_of(*, scope: Scope, public_id: str) -> Case | None:
    """An ordered case with all that its page shows; None when the officer sees no such case."""
    said = (
        Message.objects.exclude(direction=Message.Direction.NOTE)
        .filter(revoked_at=None)
        .prefetch_related(Prefetch("attachments", queryset=Attachment.objects.order_by("id")))
    )
    orders = (
        Order.objects.filter(scope.visible())
        .select_related("post", "unit", "accepted_by", "issued_by", "issued_by_post")
        .prefetch_related(
            Prefetch("evidence", queryset=Evidence.objects.select_related("file", "officer").order_by("id")),
            Prefetch(
                "reports", queryset=Report.objects.select_related("officer", "decided_by").order_by("-id")
            ),
        )
        .annotate(turn=_turn_of_part())
        .order_by("turn", "-id")
    )
    events = Event.objects.exclude(what__in=UNSAID).select_related("officer", "post").order_by("-id")
    return (
        Case.objects.filter(scope.visible(), public_id=public_id)
        .filter(Exists(Order.objects.filter(case=OuterRef("pk"))))
        .select_related("lead_unit", "desk_unit", "conversation")
        .prefetch_related(
            Prefetch("orders", queryset=orders, to_attr="tasks"),
            Prefetch("messages", queryset=said.order_by("id"), to_attr="said"),
            Prefetch("events", queryset=events),
        )
        .first()
    )


def _turn_of_part() -> models.Case:
    """The lead first, then who supports, then who is informed."""
    parts = (Order.Part.LEAD, Order.Part.SUPPORT, Order.Part.INFORM)
    turns = [When(part=part, then=Value(turn)) for turn, part in enumerate(parts)]
    return models.Case(*turns, output_field=IntegerField())


def posts_to_order(scope: Scope) -> list[Post]:
    """Posts below the officer's units that can be ordered."""
    below = Q()
    for pk in sorted(scope.units):
        below |= Q(unit__path__contains=[pk])
    posts = Post.objects.filter(below, role__in=ACTING) if below else Post.objects.none()
    return list(posts.select_related("unit").order_by("unit__path", "role", "id"))
