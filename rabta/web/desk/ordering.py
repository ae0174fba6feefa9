"""The desk's orders: to several posts at once, straight or along the chain; ending one, sending one straight."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.web import choosing


def order(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """One post or several, each with its own part and words."""
    made = journey.order_several(
        case=case,
        choices=choosing.choices(request),
        along=request.POST.get("along") == "yes",
        reason=request.POST.get("reason", ""),
        by=request.scope,
        now=now,
    )
    return {"said": choosing.said(made)}


def order_suggested(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.order_suggested(case=case, by=request.scope, now=now)
    return {"said": _("Ordered as suggested.")}


def end(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """End a supporting order, with the reason."""
    journey.end_order(
        order=_order(request, case), reason=request.POST.get("reason", ""), by=request.scope, now=now
    )
    return {"said": _("The order is ended; the unit is told.")}


def jump(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Send an order on its way straight to the post that is to act."""
    made = journey.jump(order=_order(request, case), by=request.scope, now=now)
    return {"said": _("Ordered: %(post)s.") % {"post": made.post}}


def _order(request: HttpRequest, case: Case) -> Order:
    rows = Order.objects.filter(request.scope.visible(), case=case).select_related("case")
    return get_object_or_404(rows, public_id=request.POST.get("order", ""))


ACTS = {"order": order, "order-suggested": order_suggested, "end-order": end, "jump": jump}
