"""What the phone page reads: the orders of the posts that an officer holds. Query counts do not grow with rows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.cases.models import Attachment, Case, Evidence, Message, Order, Report
from rabta.force import directory
from rabta.force.access import Scope
from rabta.force.models import Officer, PlaceName, Unit
from rabta.journey.orders import giving
from rabta.tasking.mine import mine as in_hand
from rabta.tasking.orders import OPEN as OPEN_STATES
from rabta.triage.tables import category_label
from rabta.web import cursors
from rabta.web.lights import Light, light_of

PAGE = 40
MOST_TOLD = 60  # what others told of the same matter
UNANSWERED, OPEN, FINISHED = "unanswered", "open", "finished"
_OF_CLASS = {
    UNANSWERED: Q(state=Order.State.ISSUED),
    OPEN: Q(state__in=[Order.State.ACCEPTED, Order.State.REPORTED]),
    FINISHED: ~Q(state__in=OPEN_STATES),
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the list: an order and its light."""

    order: Order
    light: Light
    category: str


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """A page of tasks, how many there are of each class, and where the next page starts."""

    shown: list[Task]
    counts: dict[str, int]
    next: str


def mine(scope: Scope) -> QuerySet[Order]:
    """Orders to posts that the officer holds today or given on to him, of cases that may be seen."""
    return Order.objects.filter(scope.visible()).filter(in_hand(scope))


def tasks(*, scope: Scope, which: str, after: str, now: datetime) -> Tasks:
    """A page of the officer's list. `which`: one class, or all that is not finished; `after`: the cursor of `next`.

    Unanswered first, then by urgency of the case, the oldest first. Three queries at most.
    """
    orders = mine(scope)
    counts = orders.aggregate(**{name: Count("id", filter=of_class) for name, of_class in _OF_CLASS.items()})
    wanted = _OF_CLASS.get(which, _OF_CLASS[UNANSWERED] | _OF_CLASS[OPEN])
    turn = models.Case(
        When(_OF_CLASS[UNANSWERED] & ~Q(part=Order.Part.INFORM), then=Value(0)),
        When(_OF_CLASS[UNANSWERED], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows: QuerySet[Order] = (
        orders.filter(wanted).annotate(turn=turn).select_related("case", "post", "unit", "given_to", "goal")
    )
    if which == FINISHED:
        rows = _before(rows, after).order_by("-id")
        found = list(rows[: PAGE + 1])
        cursor = cursors.sealed(found[PAGE - 1].pk) if len(found) > PAGE else ""
    else:
        rows = _after(rows, after).order_by("turn", "case__urgency", "issued_at", "id")
        found = list(rows[: PAGE + 1])
        cursor = _cursor(found[PAGE - 1]) if len(found) > PAGE else ""
    shown = [_task(order, now=now) for order in found[:PAGE]]
    return Tasks(shown=shown, counts=counts, next=cursor)


def _task(order: Order, *, now: datetime) -> Task:
    label = category_label(order.case.category, language=get_language() or "en") or _("No category yet")
    return Task(order=order, light=light_of(order=order, now=now), category=label)


def _cursor(order: Order) -> str:
    issued = cursors.of_moment(order.issued_at)
    return cursors.sealed(order.turn, order.case.urgency, issued, order.pk)  # type: ignore[attr-defined]


def _after(rows: QuerySet[Order], cursor: str) -> QuerySet[Order]:
    place = cursors.opened(cursor, count=4)
    if place is None:
        return rows
    turn, urgency, issued, pk = place
    at = cursors.moment_of(issued)
    same = Q(turn=turn, case__urgency=urgency)
    return rows.filter(
        Q(turn__gt=turn)
        | Q(turn=turn, case__urgency__gt=urgency)
        | same & Q(issued_at__gt=at)
        | same & Q(issued_at=at, id__gt=pk)
    )


def _before(rows: QuerySet[Order], cursor: str) -> QuerySet[Order]:
    place = cursors.opened(cursor, count=1)
    return rows.filter(id__lt=place[0]) if place else rows


def order_of(*, scope: Scope, public_id: str) -> Order | None:
    """An order of the officer with all that its page shows; None when there is no such order for this officer."""
    said = (
        Message.objects.filter(direction=Message.Direction.IN, revoked_at=None)
        .select_related("conversation__handle__person")
        .prefetch_related(
            Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("id"))
        )
        .order_by("id")
    )
    found = (
        mine(scope)
        .filter(public_id=public_id)
        .select_related(
            "case__conversation__handle__person",
            "case__lead_unit",
            "post",
            "unit",
            "issued_by_post",
            "goal",
            "given_to",
        )
        .prefetch_related(
            Prefetch("case__messages", queryset=said, to_attr="said"),
            Prefetch("evidence", queryset=Evidence.objects.select_related("file").order_by("id")),
            Prefetch(
                "reports", queryset=Report.objects.select_related("officer", "decided_by").order_by("-id")
            ),
        )
        .first()
    )
    if found:  # what others told of the same matter
        parts = Case.objects.filter(scope.visible(), part_of=found.case_id).values_list("id", flat=True)
        told = said.filter(scope.visible(), case__in=list(parts[:MOST_TOLD])).select_related("case")
        found.case.said.extend(told[:MOST_TOLD])  # type: ignore[attr-defined]
        theirs = Evidence.objects.filter(order__case__in=list(parts[:MOST_TOLD]), order__unit=found.unit_id)
        found.brought = list(theirs.select_related("file").order_by("id"))  # type: ignore[attr-defined]
    return found


def way_of(order: Order, *, scope: Scope) -> list[Order]:
    """The lead orders of the case, for the line of the chain; none where this one went straight. One query."""
    if order.part != Order.Part.LEAD or not (order.goal_id or order.parent_id):
        return []
    leads = Order.objects.filter(scope.visible(), case=order.case_id, part=Order.Part.LEAD)
    return list(leads.select_related("post", "goal", "accepted_by"))


def colleagues_of(order: Order, *, scope: Scope, now: datetime) -> list[Officer]:
    """Officers of the unit to whom it can be given on, each with his open orders as `load`. One query."""
    if order.post_id not in scope.posts or order.part == Order.Part.INFORM or order.goal_id:
        return []
    wanted = giving.candidates(order, by=scope, directory=directory.current(now=now))
    open_ones = Order.objects.filter(given_to=OuterRef("pk"), state__in=OPEN_STATES).order_by()
    load = Subquery(open_ones.values("given_to").annotate(n=Count("pk")).values("n"))
    officers = Officer.objects.filter(pk__in=wanted).exclude(pk=order.given_to_id or 0)
    return list(officers.annotate(load=Coalesce(load, 0)).order_by("load", "name"))


def being_prepared(order: Order) -> bool:
    """Whether a photo of the order still waits for the copy to look at."""
    return any(
        item.file.kind == "image" and item.file.cleaned_id is None and not item.trouble
        for item in order.evidence.all()
    )


def places_near(*, lat: float, lng: float, limit: int = 8) -> list[PlaceName]:
    """Names to find one's way by on the small map."""
    near = PlaceName.objects.filter(lat__range=(lat - 0.05, lat + 0.05), lng__range=(lng - 0.06, lng + 0.06))
    return sorted(near[:60], key=lambda place: (place.lat - lat) ** 2 + (place.lng - lng) ** 2)[:limit]


def stations_near(order: Order) -> list[Unit]:
    """Where what the order is about may have been registered: its own unit, and those beside it under the same one."""
    beside = Unit.objects.filter(Q(pk=order.unit_id) | Q(parent=order.unit.parent_id, parent__isnull=False))
    return list(beside.defer("area").order_by("name"))
