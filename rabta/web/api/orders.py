"""Orders, and what the tasked post and its superior do with them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Order, Report
from rabta.cases.seen import OrderSeen
from rabta.files import uploads
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.journey.ending.flagging import Fir
from rabta.web.api import bodies, paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import PROBLEMS, refuse_stale
from rabta.web.api.shapes import Limit
from rabta.web.officer.acts import KINDS

Id = shapes.PublicId
DETAIL: Any = {200: shapes.OrderDetail, **PROBLEMS}

router = Router(tags=["orders"])
reports = Router(tags=["orders"])


class Filters(Schema):
    """All that are given must fit. `mine` means orders to a post that the officer holds, or given on to him."""

    state: shapes.OrderState | None = None
    part: Order.Part | None = None
    mine: bool = False


class EvidenceFacts(Schema):
    caption: shapes.Line = ""
    lat: shapes.Latitude | None = None
    lng: shapes.Longitude | None = None
    taken_at: shapes.Moment | None = None


@router.get("", response={200: shapes.OrderPage, **PROBLEMS})
@needs(Permission.SEE_CASES, Permission.WORK_ORDERS)
def list_orders(
    request: HttpRequest, filters: Query[Filters], cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """Orders that the officer may see, the newest first."""
    exact = filters.model_dump(include={"state", "part"}, exclude_none=True)
    lists = OrderSeen.objects.filter(**{f"order__{name}": value for name, value in exact.items()})
    if filters.mine:
        own = Q(order__post__in=request.scope.posts) | Q(order__given_to=request.scope.officer)
        lists = lists.filter(own)
    page = paging.newest_seen(
        _seen(request),
        lists=lists,
        units=request.scope.sees_as,
        field="issued_at",
        cursor=cursor,
        limit=limit,
    )
    looked([order.case for order in page["items"]], by=request.scope, where="api list", now=timezone.now())
    return page


@router.get("/{id}", response=DETAIL)
@needs(Permission.SEE_CASES, Permission.WORK_ORDERS)
def get_order(request: HttpRequest, id: Id) -> Order:
    """One order with its evidence and reports."""
    order = one_order(request, id)
    looked([order.case], by=request.scope, where="api", now=timezone.now())
    return order


@router.post("/{id}/accept", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def accept(request: HttpRequest, id: Id) -> Order:
    """Take the order, or note it as seen when it is for information."""
    journey.accept(order=one_order(request, id), by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/on_the_way", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def on_the_way(request: HttpRequest, id: Id) -> Order:
    """Say that somebody is on the way."""
    journey.on_the_way(order=one_order(request, id), by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/contacted", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def contacted(request: HttpRequest, id: Id, body: bodies.Contacted) -> Order:
    """Say how one spoke with the citizen, or that one tried."""
    journey.contacted_for_order(
        order=one_order(request, id), how=body.how, by=request.scope, now=timezone.now()
    )
    return one_order(request, id)


@router.post("/{id}/report", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def report(request: HttpRequest, id: Id, body: bodies.SendReport) -> Order:
    """Send the action-taken report."""
    order = one_order(request, id)
    facts = {"text": body.text, "outcome": body.outcome, "contact": body.contact or ""}
    journey.report(order=order, fir=_fir(body.fir), **facts, by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/return", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def give_back(request: HttpRequest, id: Id, body: bodies.Return) -> Order:
    """Return the order to the desk, with the reason."""
    journey.return_order(
        order=one_order(request, id), reason=body.reason, by=request.scope, now=timezone.now()
    )
    return one_order(request, id)


@router.post("/{id}/evidence", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def add_evidence(request: HttpRequest, id: Id, file: File[UploadedFile], facts: Form[EvidenceFacts]) -> Order:
    """Add a photo or another file. Time, place and hash are kept as they were given."""
    order, now = one_order(request, id), timezone.now()
    (stored,) = uploads.keep(uploads.take([file], kinds=KINDS), now=now)
    journey.add_evidence(order=order, file=stored, **facts.model_dump(), by=request.scope, now=now)
    return one_order(request, id)


@reports.post("/{id}/decide", response=DETAIL)
@needs(Permission.VERIFY)
def decide(request: HttpRequest, id: Id, body: bodies.Decide) -> Order:
    """Accept or reject an action-taken report, as the superior. Accepted, the case closes and the citizen is told."""
    rows = Report.objects.select_related("order__case").filter(request.scope.visible("order__"))
    found = get_object_or_404(rows, public_id=id)
    refuse_stale(request, found.order.case)
    words = {"decision": body.decision, "remark": body.remark, "told": body.told}
    journey.decide(report=found, **words, by=request.scope, now=timezone.now())
    return one_order(request, found.order.public_id)


def _fir(given: bodies.Fir | None) -> Fir | None:
    if given is None:
        return None
    unit = get_object_or_404(Unit.objects.defer("area"), public_id=given.unit)
    return Fir(number=given.number, unit=unit, on=given.on)


def _seen(request: HttpRequest) -> QuerySet[Order]:
    return Order.objects.filter(request.scope.visible()).select_related(
        "post__unit", "case", "goal__unit", "given_to", "parent"
    )


def one_order(request: HttpRequest, id: str) -> Order:
    """An order that the officer may see, with evidence and reports; 404 otherwise.

    Refused when somebody decided on its case since the client read the case's `version`, sent as If-Match.
    """
    order = get_object_or_404(_seen(request).prefetch_related("evidence__file", "reports"), public_id=id)
    refuse_stale(request, order.case)
    return order
