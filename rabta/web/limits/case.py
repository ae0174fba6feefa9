"""The time limits of one case: how each stands, pauses, and who was told; with what may be done about it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.force.names import listed
from rabta.journey.versions import version_of
from rabta.review import dues, pauses, tables
from rabta.review.interims import Draft, draft
from rabta.review.models import STEPS, Escalation, Interim, Pause
from rabta.review.telling import words
from rabta.rules.limits import Step
from rabta.web.desk.meanwhile import once
from rabta.web.guard import needs
from rabta.web.lights import Light, limit_light
from rabta.web.limits import passed_up

readers = needs(Permission.SEE_CASES)
STEP_WORDS = dict(STEPS)


@require_GET
@readers
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page."""
    return _page(request, _found(request.scope, public_id))


@require_POST
@readers
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Pause the limits, let them run again, or send the interim reply."""
    found = _found(request.scope, public_id)
    if act not in ACTS:
        raise Http404
    try:
        messages.success(request, once(request, found, act=act, do=partial(ACTS[act], request, found)))
    except Refused as refused:
        return _page(request, found, why=str(refused))
    return redirect("limits_case", public_id=public_id)


@require_GET
@readers
def from_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the link in a message leads: the limits of that case. No such case for whoever may not see it."""
    row = _escalation(request.scope, public_id)
    return redirect("limits_case", public_id=row.case.public_id)


@require_POST
@readers
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take care of what was passed up."""
    row = _escalation(request.scope, public_id)
    try:
        with transaction.atomic():
            journey.take(escalation=row, by=request.scope, now=timezone.now())
            if request.POST.get("back") == "review":  # there a case stands once, with all its limits
                passed_up.take_all(request.scope, row.case, now=timezone.now())
    except Refused as refused:
        return _page(request, row.case, why=str(refused))
    messages.success(request, _("You take care of it. The limit stays passed in the record."))
    if request.POST.get("back") == "review":
        return redirect("review")
    return redirect("limits_case", public_id=row.case.public_id)


def _found(scope: Scope, public_id: str) -> Case:
    found = (
        Case.objects.filter(scope.visible(), public_id=public_id)
        .select_related("conversation", "desk_unit")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _escalation(scope: Scope, public_id: str) -> Escalation:
    rows = Escalation.objects.filter(scope.visible("case__"), public_id=public_id).select_related("case")
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _pause(request: HttpRequest, case: Case, now: datetime) -> str:
    day = _day(request.POST.get("until", ""))
    if day is None:
        raise Refused(_("Choose the day on which the limits run again."))
    until = timezone.make_aware(datetime.combine(day, time()))
    journey.pause(case=case, reason=request.POST.get("reason", ""), until=until, by=request.scope, now=now)
    return _("The limits are paused.")


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # the 31st of a short month
        return None


def _resume(request: HttpRequest, case: Case, now: datetime) -> str:
    journey.resume(case=case, by=request.scope, now=now)
    return _("The limits run again.")


def _interim(request: HttpRequest, case: Case, now: datetime) -> str:
    journey.send_interim(case=case, by=request.scope, now=now)
    return _("The interim reply was sent.")


ACTS: dict[str, Callable[[HttpRequest, Case, datetime], str]] = {
    "pause": _pause,
    "resume": _resume,
    "interim": _interim,
}


def _page(request: HttpRequest, case: Case, *, why: str = "") -> HttpResponse:
    scope, now = request.scope, timezone.now()
    looked([case], by=scope, where="limits", now=now)
    stops = list(Pause.objects.filter(case=case).select_related("by", "by_post").order_by("-id"))
    running = next((pause for pause in stops if pause.ended_at is None), None)
    facts = {
        "case": case,
        "version": version_of(case),
        "key": uuid4,
        "lights": lights_of(case, pause=running, now=now),
        "pauses": [(pause, reason_words(pause.reason)) for pause in stops],
        "running": running,
        "reasons": [] if running else _reasons(scope, case, stops, now=now),
        "tomorrow": timezone.localdate(now) + timedelta(days=1),
        "may_resume": running
        and any(scope.may(one, case) for one in tables.reasons()[running.reason].permissions),
        "told": _told(scope, case, now=now),
        "interim": _suggested(scope, case),
        "back": _back(scope, case),
        "typed": request.POST,
        "why": why,
    }
    return render(request, "limits/case.html", facts, status=409 if why else 200)


def _suggested(scope: Scope, case: Case) -> Draft | None:
    """The interim reply that waits for somebody of the desk, if one is due."""
    if case.state == State.CLOSED or not scope.may(Permission.HANDLE_CASES, case):
        return None
    return draft(case) if Interim.objects.filter(case=case, done_at=None).exists() else None


def lights_of(case: Case, *, pause: Pause | None, now: datetime) -> list[tuple[str, Light, datetime | None]]:
    """Each limit of a case in words: what it is for, how it stands, and until when."""
    reported = case.closed_at if case.state == State.CLOSED else None
    met = {Step.REPLY: case.replied_at, Step.CONTACT: case.contacted_at, Step.REPORT: reported}
    stopped = (
        tables.reasons()[pause.reason].steps if pause and pause.reason in tables.reasons() else frozenset()
    )
    return [
        (
            str(STEP_WORDS[step]),
            limit_light(
                step=step,
                due_at=getattr(case, column),
                met_at=met[step],
                paused=reason_words(pause.reason) if pause and step in stopped else "",
                now=now,
            ),
            getattr(case, column),
        )
        for step, column in dues.COLUMNS.items()
    ]


def reason_words(code: str) -> str:
    """A reason for a pause in the reader's language."""
    return tables.reason_words(code, language=get_language() or "en")


def _reasons(scope: Scope, case: Case, stops: list[Pause], *, now: datetime) -> list[tuple[str, str, int]]:
    """What this officer may pause the case for now, and for how many days at most."""
    if case.state == State.CLOSED or case.urgency == 0:
        return []
    return [
        (code, reason_words(code), pauses.left(reason, pauses=stops, now=now).days)
        for code, reason in tables.reasons().items()
        if any(scope.may(one, case) for one in reason.permissions)
        and pauses.still_run(case, reason, now=now)
        and pauses.left(reason, pauses=stops, now=now) > timedelta(days=1)
    ]


def _told(scope: Scope, case: Case, *, now: datetime) -> list[tuple[Escalation, str, str, bool]]:
    """Warnings and passed limits, the newest first: in words, whom by name, and whether it waits for this officer."""
    rows = list(
        Escalation.objects.filter(case=case)
        .select_related("post", "held_by", "taken_by", "passed_by")
        .order_by("-id")[:50]
    )
    names = Officer.objects.in_bulk({one for row in rows for one in row.officers})
    return [
        (
            row,
            words(row, now=now) if row.passed_by else str(STEP_WORDS[Step(row.step)]),
            listed(names[one] for one in row.officers if one in names),
            bool(row.level and row.post_id in scope.posts and not row.taken_at and not row.ended_at),
        )
        for row in rows
    ]


def _back(scope: Scope, case: Case) -> tuple[str, str]:
    """Where the officer reads the case itself: the name of the page's address and the argument."""
    if scope.may(Permission.HANDLE_CASES, case):
        return "desk_case", case.public_id
    if scope.has(Permission.SUPERVISE) and case.orders.exists():
        return "supervisor_case", case.public_id
    own = case.orders.filter(post__in=scope.posts).order_by("-id").first()
    return ("officer_order", own.public_id) if own else ("home", "")
