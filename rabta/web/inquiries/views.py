"""Confidential inquiries: begun by the chief, the head of a desk or oversight, read by the named officers alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.journey.versions import version_of
from rabta.triage.tables import category_label
from rabta.web.desk import accusing
from rabta.web.desk.meanwhile import fresh
from rabta.web.guard import needs
from rabta.web.inquiries import queries
from rabta.web.supervisor import timeline

readers = needs(Permission.SEE_CASES)
Act = Callable[[HttpRequest, Case, datetime], dict[str, Any]]


@require_GET
@readers
def inquiries(request: HttpRequest) -> HttpResponse:
    """One's own, and for whoever may begin one: complaints that wait, and any other case by its number."""
    scope, text = request.scope, request.GET.get("reference", "").strip()[:40]
    may_begin = scope.has(Permission.CONFIDE)
    found = queries.by_reference(scope, text) if text and may_begin else None
    if found:
        return redirect("inquiry", public_id=found.public_id)
    waiting = queries.complaints(scope) if may_begin else []
    mine = queries.mine(scope)
    looked([*mine, *waiting], by=scope, where="inquiries", now=timezone.now())
    facts = {"mine": _lines(mine), "complaints": _lines(waiting), "may_begin": may_begin, "text": text}
    return render(request, "inquiries/inquiries.html", facts, status=404 if text and may_begin else 200)


def _lines(cases: list[Case]) -> list[tuple[Case, str]]:
    return [(case, _category(case)) for case in cases]


def _category(case: Case) -> str:
    return category_label(case.category, language=get_language() or "en") or _("No category yet")


@require_GET
@readers
def inquiry(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: who inquires, what was said, what happened."""
    return _page(request, _found(request.scope, public_id))


def _found(scope: Scope, public_id: str) -> Case:
    case = queries.found(scope=scope, public_id=public_id)
    if case is None:
        raise Http404
    return case


def _page(request: HttpRequest, case: Case, *, why: str = "") -> HttpResponse:
    scope, now = request.scope, timezone.now()
    looked([case], by=scope, where="inquiry", now=now)
    facts: dict[str, Any] = {
        "case": case,
        "version": version_of(case),
        "category": _category(case),
        "is_open": case.state != State.CLOSED,
        "may_confide": scope.may(Permission.CONFIDE, case),
        "may_handle": scope.may(Permission.HANDLE_CASES, case),
        "may_supervise": scope.may(Permission.SUPERVISE, case) and case.orders.exists(),
        "steps": [timeline.step(event) for event in case.events.all()],
        "typed": request.POST,
        "why": why,
        **accusing.facts(case),
    }
    chosen = Officer.objects.filter(public_id__in=request.POST.getlist("officer")) if why else None
    facts["kept"] = chosen or facts["named_officers"]
    return render(request, "inquiries/inquiry.html", facts, status=409 if why else 200)


def _note(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.note(case=case, text=request.POST.get("text", ""), by=request.scope, now=now)
    return {"said": _("Note saved. Only the named officers read it.")}


ACTS: dict[str, Act] = {"name": accusing.confidential, "end": accusing.end_confidential, "note": _note}


@require_POST
@readers
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Name officers, end the inquiry, or write a note in it. What is refused is said and changes nothing."""
    case = _found(request.scope, public_id)
    if act not in ACTS or (act == "note" and not case.confidential):
        raise Http404
    try:
        with transaction.atomic():
            fresh(request, case, act={"name": "confidential", "end": "end_confidential"}.get(act, act))
            done = ACTS[act](request, case, timezone.now())
    except Refused as refused:
        return _page(request, case, why=str(refused))
    messages.success(request, done["said"])
    if queries.found(scope=request.scope, public_id=public_id) is None:  # who began it is not named himself
        return redirect("inquiries")
    return redirect("inquiry", public_id=public_id)
