"""Who wants to join a group: the address with its square code, applications, and decisions to look at again."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.groups import kinds, words
from rabta.groups import members as rows_of
from rabta.groups.models import Application, Decision, Door, Group
from rabta.journey.groups.members import doors, joining, vetting
from rabta.journey.groups.members.letters import join_page
from rabta.journey.groups.members.vetting import Why
from rabta.rules.vetting import Reviewing, review_conflict
from rabta.web.groups import queries
from rabta.web.groups.members import with_reasons
from rabta.web.groups.registry import runners

SHOWN = 50


@require_safe
@runners
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """What waits for a decision, the oldest first."""
    group = queries.group_or_404(public_id, request.scope)
    now = timezone.now()
    waiting = list(
        group.applications.filter(state=Application.State.OPEN)
        .select_related("member")
        .order_by("proved_at", "pk")[:SHOWN]
    )
    open_doors = Door.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), group=group, closed_at=None)
    facts = {
        "group": group,
        "tab": "applicants",
        "rows": [
            (one, rows_of.shown(one.member).name if one.member else "", kinds.kinds().get(one.kind))
            for one in waiting
        ],
        "contested": [
            (one, may_review(one, group, request.scope))
            for one in with_reasons(list(contested(group)[:SHOWN]))
        ],
        "doors": [(one, join_page(one.word)) for one in open_doors.order_by("invitation", "pk")[:SHOWN]],
        "has_own": open_doors.filter(invitation=False).exists(),
    }
    return render(request, "groups/applicants.html", facts)


def contested(group: Group) -> Any:
    """Decisions that somebody wants looked at again, here."""
    rows = group.decisions.filter(contested_at__isnull=False, reviewed_at=None)
    return rows.select_related("member", "officer", "post").order_by("contested_at", "pk")


def may_review(decision: Decision, group: Group, scope: Scope) -> bool:
    """Whether the officer stands higher and did not decide first."""
    facts = Reviewing(
        first=decision.officer_id, officer=scope.officer.pk, officer_units=scope.units_with(Permission.GROUPS),
        group_path=tuple(group.visible_to),
    )  # fmt: skip
    return review_conflict(facts) is None


@require_POST
@runners
def door(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open an address, invite somebody, or shut one."""
    group = queries.group_or_404(public_id, request.scope)
    acts = {"open": doors.open_door, "invite": doors.invite}
    try:
        if act := acts.get(request.POST.get("act", "")):
            act(group=group, by=request.scope, now=timezone.now())
        else:
            there = get_object_or_404(group.doors, public_id=request.POST.get("door", ""))
            doors.shut(door=there, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("group_applicants", group.public_id)


@require_safe
@runners
def code(request: HttpRequest, public_id: str, word: str) -> HttpResponse:
    """The square code of an address, as a picture to print."""
    group = queries.group_or_404(public_id, request.scope)
    there = get_object_or_404(group.doors, word=word)
    picture = io.BytesIO()
    segno.make(join_page(there.word), error="m").save(picture, kind="svg", scale=8, border=4, xmldecl=False)
    name = f'inline; filename="{group.code}.svg"'
    headers = {"Content-Disposition": name}
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml", headers=headers)


def application_or_404(scope: Scope, public_id: str) -> Application:
    """An application for a group that the officer runs."""
    units = sorted(scope.units_with(Permission.GROUPS))
    rows = Application.objects.exclude(state=Application.State.UNPROVED).select_related("group", "member")
    return get_object_or_404(rows, public_id=public_id, visible_to__overlap=units)


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def application(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look at an application, tick what was checked, take him in or refuse."""
    row = application_or_404(request.scope, public_id)
    if request.method == "POST" and request.POST.get("act") == "show":
        return _show(request, row)
    if request.method == "POST":
        try:
            with transaction.atomic():
                _decide(request, row)
        except Refused as refused:
            return _application(request, row, why=str(refused), status=400)
        messages.success(request, _("Saved."))
        if request.POST.get("act") == "check":
            return redirect("group_application", row.public_id)
        return redirect("group_applicants", row.group.public_id)
    return _application(request, row)


def _decide(request: HttpRequest, row: Application) -> None:
    now, given = timezone.now(), request.POST
    unrelated = given.get("unrelated") == "yes"
    act = given.get("act", "")
    if act in ("check", "accept"):
        vetting.check(application=row, seen=given.getlist("seen"), by=request.scope, now=now)
    if act == "accept":
        vetting.accept(application=row, unrelated=unrelated, by=request.scope, now=now)
    elif act == "refuse":
        why = Why(reason=given.get("reason", ""), words=given.get("words", ""))
        vetting.refuse(application=row, why=why, unrelated=unrelated, by=request.scope, now=now)
    elif act != "check":
        raise Http404


def _show(request: HttpRequest, row: Application) -> HttpResponse:
    """The numbers of the applicant and of those who speak for him; the record says who saw them."""
    ids = [row.member_id] if row.member_id else []
    officer = request.scope.officer.pk
    audit.record("applicant_shown", now=timezone.now(), officer_id=officer, subject="member", ids=ids)
    return _application(request, row, numbers=True)


def _application(
    request: HttpRequest, row: Application, *, why: str = "", numbers: bool = False, status: int = 200
) -> HttpResponse:
    seen = request.POST.getlist("seen") if why else [code for code, yes in row.checks.items() if yes]
    said = joining.sealed_facts(row)
    earlier = Decision.objects.filter(member=row.member).exclude(application=row)
    facts = {
        "group": row.group,
        "tab": "applicants",
        "row": row,
        "why": why,
        "typed": request.POST if why else {},
        "said": said,
        "numbers": numbers,
        "name": said.get("name", ""),
        "kind": kinds.kinds().get(row.kind),
        "section": kinds.sections().get(row.section),
        "checks": [(one, one.code in seen) for one in words.checks().values()],
        "reasons": [one for one in words.reasons().values() if "refused" in one.fits],
        "earlier": with_reasons(list(earlier.select_related("group").order_by("-at")[:SHOWN])),
        "open": row.state == Application.State.OPEN,
    }
    return render(request, "groups/application.html", facts, status=status)


@require_POST
@runners
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look at a refusal or a removal again."""
    units = sorted(request.scope.units_with(Permission.GROUPS))
    rows = Decision.objects.select_related("group")
    row = get_object_or_404(rows, public_id=public_id, visible_to__overlap=units)
    try:
        if request.POST.get("act") not in ("uphold", "overturn"):
            raise Refused(_("Say whether it stays."))
        with transaction.atomic():
            vetting.review(
                decision=row,
                uphold=request.POST["act"] == "uphold",
                remark=request.POST.get("remark", ""),
                by=request.scope,
                now=timezone.now(),
            )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved. The person is told."))
    return redirect("group_applicants", row.group.public_id)
