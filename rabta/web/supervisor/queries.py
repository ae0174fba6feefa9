"""The morning and evening review: what became of each matter that was ordered.

Every ordered case stands once, by its latest lead order, in exactly one class; the classes add up to the total.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Exists, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.cases import seen
from rabta.cases.models import Attachment, Case, Event, Evidence, Message, Order, Report
from rabta.cases.seen import Span
from rabta.force.access import Scope
from rabta.force.models import Post, Role, Unit
from rabta.triage.tables import category_label
from rabta.web import cursors
from rabta.web.events import QUIET
from rabta.web.lights import Light, light_of

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


def spans(name: str, *, now: datetime) -> list[Span]:
    """Where the latest lead orders of a class stand at `now`; the oldest first, overdue ones by their limit. Of those
    unanswered the ones that were not accepted in time come first."""
    return {
        UNANSWERED: [Span(stands=seen.LATE), Span(stands=Order.State.ISSUED)],
        OVERDUE: [Span(stands=Order.State.ACCEPTED, until=now)],
        TO_VERIFY: [Span(stands=Order.State.REPORTED)],
        RETURNED: [Span(stands=Order.State.RETURNED)],  # with those that were replaced and not given anew
        IN_WORK: [Span(stands=Order.State.ACCEPTED, since=now)],
        FINISHED: [Span(stands=Order.State.VERIFIED, since=now - SHOWN_AFTER_THE_END)],
    }[name]


def every(*, now: datetime) -> list[Span]:
    """All that the review is about, whatever its class."""
    gone = (Order.State.VERIFIED, Order.State.REPLACED, Order.State.PASSED, Order.State.WITHDRAWN)
    open_ = [state for state in Order.State if state not in gone]
    ended = Span(stands=Order.State.VERIFIED, since=now - SHOWN_AFTER_THE_END)
    return [*(Span(stands=state) for state in [*open_, seen.LATE]), ended]


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


def review(*, scope: Scope, which: str, unit: Unit | None, after: str, now: datetime) -> Review:
    """A page of the review. `which`: one class, or all; the oldest order first within a class. Four queries.

    Every ordered case stands in it by its latest lead order; those verified long ago are left out.
    """
    reader = _reader(scope, unit)
    names = [which] if which in CLASSES else list(CLASSES)
    wanted = [span for name in names for span in spans(name, now=now)]
    lines = seen.page(wanted, **reader, after=_opened(after, wanted), most=PAGE + 1)
    following = _cursor(lines[PAGE - 1]) if len(lines) > PAGE else ""
    counts, total = _counted(reader, now=now)
    orders = Order.objects.filter(scope.visible()).select_related("case", "unit", "post", "accepted_by")
    found = orders.defer("unit__area").in_bulk([order for _turn, _at, order in lines[:PAGE]])
    rows = [found[order] for _turn, _at, order in lines[:PAGE] if order in found]
    return Review(rows=rows_of(rows, now=now), counts=counts, total=total, next=following)


def case_ids(*, scope: Scope, which: str, unit: Unit | None, most: int, now: datetime) -> list[int]:
    """The first `most` cases of a review, by their ids. Two queries."""
    reader = _reader(scope, unit)
    names = [which] if which in CLASSES else list(CLASSES)
    wanted = [span for name in names for span in spans(name, now=now)]
    lines = seen.page(wanted, **reader, after=None, most=most)
    orders = Order.objects.filter(scope.visible(), pk__in=[order for _turn, _at, order in lines])
    return list(orders.values_list("case_id", flat=True))


def _reader(scope: Scope, unit: Unit | None) -> dict[str, Any]:
    """Whose list it is, and of which units."""
    below = Unit.objects.filter(path__contains=[unit.pk]) if unit else None
    within = None if below is None else list(below.values_list("pk", flat=True))
    return {"units": sorted(scope.sees_as), "within": within}


def _counted(reader: dict[str, Any], *, now: datetime) -> tuple[dict[str, int], int]:
    """The figures by class, and how many there are in all: counted in another way, so that a gap is noticed."""
    by_class = {name: spans(name, now=now) for name in CLASSES}
    asked = [span for group in by_class.values() for span in group] + every(now=now)
    found = iter(seen.counts(asked, **reader))
    counts = {name: sum(islice(found, len(group))) for name, group in by_class.items()}
    return counts, sum(found)


def rows_of(orders: list[Order], *, now: datetime) -> list[Row]:
    """These orders as the review shows them. One query."""
    photos, reported = _with_orders([order.pk for order in orders])
    rows = []
    for order in orders:
        words, at = latest(order, reported_at=reported.get(order.pk))
        label = category_label(order.case.category, language=get_language() or "en") or _("No category yet")
        rows.append(
            Row(
                order=order,
                light=light_of(order=order, now=now),
                category=label,
                photos=photos[order.pk],
                latest=words,
                latest_at=at,
            )
        )
    return rows


def _with_orders(ids: list[int]) -> tuple[Counter[int], dict[int, datetime]]:
    """How many photos each order has, and when its last report came. One query."""
    photos = Evidence.objects.filter(order__in=ids).values_list("order_id", Value(True), "at")
    reports = Report.objects.filter(order__in=ids).values_list("order_id", Value(False), "at")
    found = list(photos.union(reports, all=True))
    reported: dict[int, datetime] = {}
    for order, is_photo, at in found:
        if not is_photo:
            reported[order] = max(at, reported.get(order, at))
    return Counter(order for order, is_photo, _at in found if is_photo), reported


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


def _cursor(line: tuple[int, datetime, int]) -> str:
    turn, at, order = line
    return cursors.sealed(turn, cursors.of_moment(at), order)


def _opened(cursor: str, wanted: list[Span]) -> tuple[int, datetime, int] | None:
    """Where an earlier page ended; None for what is no cursor of such a list."""
    found = cursors.opened(cursor, count=3)
    if found is None or found[0] >= len(wanted):
        return None
    turn, at, order = found
    return turn, cursors.moment_of(at), order


def units_of(scope: Scope) -> list[Unit]:
    """The officer's units and those below them with posts that can be ordered, in the order of the tree."""
    below = Q()
    for pk in sorted(scope.units):
        below |= Q(path__contains=[pk])
    acting = Post.objects.filter(unit=OuterRef("pk"), role__in=ACTING)
    units = Unit.objects.filter(below).filter(Exists(acting)) if below else Unit.objects.none()
    return list(units.select_related("level").order_by("path"))


def case_of(*, scope: Scope, public_id: str) -> Case | None:
    """A case, ordered or found, with all that its page shows; None when the officer sees no such case."""
    said = (
        Message.objects.exclude(direction=Message.Direction.NOTE)
        .filter(revoked_at=None)
        .prefetch_related(
            Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("id"))
        )
    )
    orders = (
        Order.objects.filter(scope.visible())
        .select_related("post", "unit", "accepted_by", "issued_by", "issued_by_post", "goal", "given_to")
        .prefetch_related(
            Prefetch("evidence", queryset=Evidence.objects.select_related("file", "officer").order_by("id")),
            Prefetch(
                "reports", queryset=Report.objects.select_related("officer", "decided_by").order_by("-id")
            ),
        )
        .annotate(turn=_turn_of_part())
        .order_by("turn", "-id")
    )
    events = Event.objects.exclude(what__in=QUIET).select_related("officer", "post").order_by("-id")
    found = (
        Case.objects.filter(scope.visible(), public_id=public_id)
        .select_related("lead_unit", "desk_unit", "conversation")
        .prefetch_related(
            Prefetch("orders", queryset=orders, to_attr="tasks"),
            Prefetch("messages", queryset=said.order_by("id"), to_attr="said"),
            Prefetch("events", queryset=events),
        )
        .first()
    )
    if found:  # of what was merged into it: orders that ended with proof
        theirs = orders.filter(case__part_of=found, evidence__isnull=False).select_related("case")
        found.brought = list(theirs.distinct())  # type: ignore[attr-defined]
    return found


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
