"""Orders to several posts and along the chain, giving an order on to an officer, ending one, and sending reports on."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status

from rabta import journey
from rabta.cases.models import Case, Order, Report
from rabta.force.access import Permission
from rabta.force.models import Officer, Post
from rabta.journey import Choice
from rabta.web.api import bodies, shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import DETAIL as CASE_DETAIL
from rabta.web.api.cases import PROBLEMS, detail_of, one_case, refuse_stale
from rabta.web.api.orders import DETAIL, one_order

Id = shapes.PublicId
cases = Router(tags=["orders"])
router = Router(tags=["orders"])
reports = Router(tags=["orders"])


@cases.post("/{id}/orders", response=CASE_DETAIL)
@needs(Permission.ORDER)
def give_orders(request: HttpRequest, id: Id, body: bodies.GiveOrders) -> Case:
    """Order several posts at once, one to lead, each with its own words; the lead's straight or along the chain."""
    journey.order_several(
        case=one_case(request, id),
        choices=[_choice(one) for one in body.orders],
        along=body.along,
        reason=body.reason,
        by=request.scope,
        now=timezone.now(),
    )
    return detail_of(request, id)


def _choice(one: bodies.ToPost) -> Choice:
    post = Post.objects.filter(public_id=one.post).first() or get_object_or_404(Post, code=one.post)
    return Choice(
        post=post,
        part=one.part,
        instruction=one.instruction,
        proof=one.proof,
        proof_words=one.proof_words,
    )


@router.post("/{id}/pass_on", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def pass_on(request: HttpRequest, id: Id, body: bodies.OwnWords) -> Order:
    """Pass an order on its way on to the next post, with words of one's own."""
    journey.pass_on(order=one_order(request, id), words=body.words, by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/jump", response=DETAIL)
@needs(Permission.ORDER)
def jump(request: HttpRequest, id: Id) -> Order:
    """Send an order on its way straight to the post that is to act; gives back the one that it was passed over."""
    journey.jump(order=one_order(request, id), by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/give", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def give(request: HttpRequest, id: Id, body: bodies.GiveOn) -> Order:
    """Give an order on to an officer who holds a post at the same unit."""
    order = one_order(request, id)
    officer = get_object_or_404(Officer, public_id=body.officer)
    journey.give(order=order, officer=officer, by=request.scope, now=timezone.now())
    return one_order(request, id)


@router.post("/{id}/take_back", response={**DETAIL, 204: None})
@needs(Permission.WORK_ORDERS)
def take_back(request: HttpRequest, id: Id, body: bodies.WithReason) -> Any:
    """Take it back, or give it back with the reason, as the one who inquires: who sees it no more then (204)."""
    journey.take_back(order=one_order(request, id), reason=body.reason, by=request.scope, now=timezone.now())
    visible = Order.objects.filter(request.scope.visible(), public_id=id).exists()
    return one_order(request, id) if visible else Status(204, None)


@router.post("/{id}/end", response=DETAIL)
@needs(Permission.ORDER)
def end(request: HttpRequest, id: Id, body: bodies.Return) -> Order:
    """End an order that supports or informs, with the reason."""
    journey.end_order(order=one_order(request, id), reason=body.reason, by=request.scope, now=timezone.now())
    return one_order(request, id)


class PassedUp(Schema):
    """The code and the name of the post above that was told."""

    post: str
    name: str


@router.post("/{id}/pass_up", response={200: PassedUp, **PROBLEMS})
@needs(Permission.SUPERVISE)
def pass_up(request: HttpRequest, id: Id) -> PassedUp:
    """Pass an order that is not done up the chain: the first above the officer who may know of the case is told."""
    told = journey.pass_up(order=one_order(request, id), by=request.scope, now=timezone.now())
    return PassedUp(post=told.code, name=told.name)


@reports.post("/{id}/send_on", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def send_on(request: HttpRequest, id: Id) -> Order:
    """Send the report of an officer of the unit on to the superior."""
    report = _report(request, id)
    journey.send_on(report=report, by=request.scope, now=timezone.now())
    return one_order(request, report.order.public_id)


@reports.post("/{id}/send_back", response=DETAIL)
@needs(Permission.WORK_ORDERS)
def send_back(request: HttpRequest, id: Id, body: bodies.Remark) -> Order:
    """Send the report back to the officer of the unit, with what is missing."""
    report = _report(request, id)
    journey.send_back(report=report, remark=body.remark, by=request.scope, now=timezone.now())
    return one_order(request, report.order.public_id)


def _report(request: HttpRequest, id: str) -> Report:
    rows = Report.objects.select_related("order__case").filter(request.scope.visible("order__"))
    report = get_object_or_404(rows, public_id=id)
    refuse_stale(request, report.order.case)
    return report
