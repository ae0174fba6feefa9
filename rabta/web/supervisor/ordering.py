"""The supervisor's orders: to several posts at once, ending one, sending one straight to the post that is to act."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.web import choosing
from rabta.web.desk.meanwhile import once
from rabta.web.supervisor import queries
from rabta.web.supervisor.views import again, supervisors


@require_POST
@supervisors
def order_several(request: HttpRequest, public_id: str) -> HttpResponse:
    """Order several posts, each with its own words."""
    case = queries.case_of(scope=request.scope, public_id=public_id)
    if case is None:
        raise Http404
    return _done(request, case, "order", lambda now: _order(request, case, now))


@require_POST
@supervisors
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """End an order, or send it straight to the post that is to act."""
    rows = Order.objects.filter(request.scope.visible(), public_id=public_id)
    order = rows.select_related("case", "post").first()
    if order is None or act not in ("end", "jump"):
        raise Http404
    if act == "end":
        return _done(request, order.case, "end-order", lambda now: _end(request, order, now))
    return _done(request, order.case, "jump", lambda now: _jump(request, order, now))


def _done(request: HttpRequest, case: Case, act: str, do: Callable[[datetime], str]) -> HttpResponse:
    try:
        said = once(request, case, act=act, do=do)
    except Refused as refused:
        return again(request, case, str(refused))
    messages.success(request, said)
    return redirect("supervisor_case", public_id=case.public_id)


def _order(request: HttpRequest, case: Case, now: datetime) -> str:
    made = journey.order_several(
        case=case,
        choices=choosing.choices(request),
        along=request.POST.get("along") == "yes",
        reason=request.POST.get("reason", ""),
        by=request.scope,
        now=now,
    )
    return choosing.said(made)


def _end(request: HttpRequest, order: Order, now: datetime) -> str:
    journey.end_order(order=order, reason=request.POST.get("reason", ""), by=request.scope, now=now)
    return _("The order is ended; the unit is told.")


def _jump(request: HttpRequest, order: Order, now: datetime) -> str:
    made = journey.jump(order=order, by=request.scope, now=now)
    return _("Ordered: %(post)s.") % {"post": made.post}
