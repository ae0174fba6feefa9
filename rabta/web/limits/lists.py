"""Lists of the desk: telephone calls to make, and interim replies that are due."""

from datetime import datetime
from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.review.models import Call, Interim
from rabta.web.desk.meanwhile import once
from rabta.web.guard import needs

operators = needs(Permission.HANDLE_CASES)
MOST = 50


@require_GET
@operators
def calls(request: HttpRequest) -> HttpResponse:
    """Orders that no message brought: whom to telephone, under which number; and who is due an interim reply."""
    scope, now = request.scope, timezone.now()
    waiting = list(_open_calls(scope)[:MOST])
    asked = Interim.objects.filter(scope.visible("case__"), done_at=None).exclude(case__state="closed")
    due = list(asked.select_related("case").order_by("due_at", "id")[:MOST])
    force = directory.current(now=now)
    looked(
        [call.order.case for call in waiting] + [one.case for one in due], by=scope, where="calls", now=now
    )
    facts = {
        "key": uuid4,
        "calls": [(call, _holders(call, force)) for call in waiting],
        "interims": [one.case for one in due if scope.may(Permission.HANDLE_CASES, one.case)],
    }
    return render(request, "limits/calls.html", facts)


def _open_calls(scope: Scope) -> QuerySet[Call]:
    rows = Call.objects.filter(scope.visible("order__"), ended_at=None, order__state="issued")
    return rows.select_related("order__case", "order__post", "order__unit", "tried_by").order_by(
        "asked_at", "id"
    )


def _holders(call: Call, force: directory.Directory) -> list[tuple[str, str]]:
    """Names and numbers of those who hold the ordered post today."""
    held = force.holders(call.order.post_id)
    names = {o.pk: str(o) for o in Officer.objects.filter(pk__in=[h.officer_id for h in held])}
    return [(names[h.officer_id], h.phone) for h in held if h.officer_id in names]


@require_POST
@operators
def called(request: HttpRequest, public_id: str) -> HttpResponse:
    """I phoned: reached, or not reached."""
    call = (
        Call.objects.filter(request.scope.visible("order__"), public_id=public_id)
        .select_related("order__case")
        .first()
    )
    if call is None:
        raise Http404
    try:
        messages.success(
            request, once(request, call.order.case, act="contacted", do=partial(_tried, request, call))
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("calls")


def _tried(request: HttpRequest, call: Call, now: datetime) -> str:
    reached = request.POST.get("result") == Call.Result.REACHED
    journey.telephoned(call=call, reached=reached, by=request.scope, now=now)
    return _("Recorded.")
