"""What waits for a second officer (closings that one alone may not give) and for the next level (appeals)."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Appeal, Case
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.access import Permission
from rabta.journey.versions import versions_of
from rabta.web.closings import queries
from rabta.web.desk.meanwhile import look_again
from rabta.web.guard import needs

readers = needs(Permission.VERIFY, Permission.HANDLE_CASES)


@require_GET
@readers
def closings(request: HttpRequest) -> HttpResponse:
    """Both lists, with a form under each line that this officer decides on."""
    return _page(request)


@require_POST
@needs(Permission.VERIFY)
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve or refuse a closing."""
    approval = get_object_or_404(queries.closings(request.scope), public_id=public_id)
    decision = request.POST.get("decision", "")

    def act() -> None:
        look_again(approval.case, seen=request.POST.get("seen", ""), act="decide_closing", by=request.scope)
        words = {"decision": decision, "remark": request.POST.get("remark", "")}
        journey.decide_closing(approval=approval, **words, by=request.scope, now=timezone.now())

    return _done(request, act)


@require_POST
@needs(Permission.VERIFY)
def decide_appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Uphold or reject an appeal."""
    case = get_object_or_404(Case.objects.filter(request.scope.visible()), public_id=public_id)
    decision = request.POST.get("decision", "")

    def act() -> None:
        look_again(case, seen=request.POST.get("seen", ""), act="decide_appeal", by=request.scope)
        words = {"decision": decision, "remark": request.POST.get("remark", "")}
        journey.decide_appeal(case=case, **words, by=request.scope, now=timezone.now())

    return _done(request, act)


def _done(request: HttpRequest, act: Callable[[], None]) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, status=400)
    messages.success(request, _("Decision saved."))
    return redirect("closings")


def _page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    waiting = queries.waiting(scope)
    appealed = queries.appealed(scope, directory=directory.current(now=now))
    cases = [*(line.approval.case for line in waiting), *(line.case for line in appealed)]
    looked(cases, by=scope, where="closings", now=now)
    facts = {
        "waiting": waiting,
        "appealed": appealed,
        "versions": versions_of(cases),
        "upheld": Appeal.UPHELD,
        "rejected": Appeal.REJECTED,
    }
    return render(request, "closings/closings.html", facts, status=status)
