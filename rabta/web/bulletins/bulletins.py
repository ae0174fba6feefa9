"""Bulletins: write, look at who hears it and what that takes, have it let go, and see how far it came."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.groups import phrases
from rabta.groups.models import Broadcast, Bulletin
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.bulletins import issuing, receipts
from rabta.publishing import checklist
from rabta.web.bulletins.forms import BulletinForm, CorrectionForm
from rabta.web.groups import queries
from rabta.web.guard import needs

runners = needs(Permission.GROUPS)
SHOWN = 60


@require_safe
@runners
def bulletins(request: HttpRequest) -> HttpResponse:
    """What waits, what somebody else must look at, what went out, and what others sent to the officer's groups."""
    rows = list(issuing.bulletins(request.scope)[:SHOWN])
    facts = {
        "waiting": [row for row in rows if row.state == Bulletin.State.WAITS],
        "to_look": [row for row in rows if row.alone and not row.looked_at],
        "done": [row for row in rows if row.state != Bulletin.State.WAITS],
        "heard": queries.with_sums(list(issuing.from_above(request.scope)[:SHOWN])),
        "now": timezone.now(),
    }
    return render(request, "bulletins/bulletins.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def new(request: HttpRequest) -> HttpResponse:
    """Write; look at recipients, price and minutes; hand it to a second officer. Nothing leaves here."""
    form = BulletinForm(request.POST or None, scope=request.scope)
    facts: dict[str, Any] = {"form": form, "points": checklist.POINTS.items()}
    if request.method == "POST" and form.is_valid():
        given = form.facts()
        try:
            words = saying.check(groups=given.groups, words=given.words, by=request.scope)
            if request.POST.get("step") == "write":
                with transaction.atomic():
                    ticked = form.cleaned_data["ticked"]
                    made = issuing.write(facts=given, ticked=ticked, by=request.scope, now=timezone.now())
                messages.success(request, _("Written. A second officer lets it go."))
                return redirect("bulletin", made.public_id)
            facts["looked"] = saying.estimate(groups=given.groups, words=words, now=timezone.now())
            facts["groups"] = given.groups
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "bulletins/new.html", facts, status=400 if form.errors else 200)


@require_safe
@runners
def bulletin(request: HttpRequest, public_id: str) -> HttpResponse:
    """One bulletin: its words, what it takes, who decides, how far it came."""
    return _page(request, _or_404(request, public_id), CorrectionForm())


def _page(request: HttpRequest, row: Bulletin, form: CorrectionForm, *, status: int = 200) -> HttpResponse:
    scope, own = request.scope, row.written_by_id == request.scope.officer.pk
    groups = list(row.groups.order_by("path"))
    facts: dict[str, Any] = {
        "row": row,
        "own": own,
        "groups": groups[:SHOWN],
        "more": max(0, len(groups) - SHOWN),
        "words": row.words.items(),
        "may_decide": issuing.may_decide(scope, row),
        "may_alone": own and issuing.may_alone(scope, row),
        "may_look": row.alone
        and not row.looked_at
        and issuing.may_decide(scope, row)
        and scope.officer.pk not in (row.written_by_id, row.decided_by_id),
        "corrections": list(row.corrections.order_by("pk")),
        "form": form,
        "points": checklist.POINTS.items(),
        "now": timezone.now(),
    }
    if row.state == Bulletin.State.WAITS and row.corrects is None:
        facts["looked"] = saying.estimate(groups=groups, words=row.words, now=timezone.now())
    elif (
        row.state == Bulletin.State.WAITS and row.corrects is not None and row.corrects.broadcast is not None
    ):
        facts["same"] = row.corrects.broadcast.recipients
    if row.broadcast is not None:
        facts |= reach_of(row.broadcast)
    return render(request, "bulletins/bulletin.html", facts, status=status)


@require_safe
@runners
def reach(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far it came, as a piece of the page that renews itself."""
    row = _or_404(request, public_id)
    facts = reach_of(row.broadcast) if row.broadcast is not None else {}
    return render(request, "bulletins/reach.html", facts | {"row": row})


def reach_of(broadcast: Broadcast) -> dict[str, Any]:
    """Unit by unit: letters, and what was pressed; with sums, and spots for the map. Two queries."""
    told = receipts.told(broadcast)
    lines: list[dict[str, Any]] = []
    for one in broadcast.reach.select_related("unit").defer("unit__area").order_by("unit__path"):
        pressed = told.get(one.unit_id, {})
        lines.append({"reach": one, "told": told_at_least(pressed), "seen": sum(pressed.values())})
    names = ("recipients", "sent", "delivered", "read")
    sums = {name: sum(getattr(line["reach"], name) for line in lines) for name in names}
    sums |= {name: sum(line[name] for line in lines) for name in ("told", "seen")}
    sums["lost"] = sum(line["reach"].failed + line["reach"].unreachable for line in lines)
    spots = [
        {
            "lat": line["reach"].unit.lat,
            "lng": line["reach"].unit.lng,
            "name": str(line["reach"].unit),
            "all": line["reach"].recipients,
            "delivered": line["reach"].delivered,
            "told": line["told"],
        }
        for line in lines
        if line["reach"].unit.lat is not None
    ]
    pressed = {code: sum(of.get(code, 0) for of in told.values()) for code in issuing.RECEIPTS}
    return {
        "broadcast": broadcast,
        "lines": lines,
        "sums": sums,
        "spots": spots,
        "pressed": [
            (phrases.phrase(code, language=get_language() or "en"), count)
            for code, count in pressed.items()
            if count
        ],
    }


def told_at_least(pressed: dict[str, int]) -> int:
    """To how many it was told on, by the word of those who pressed."""
    return sum(issuing.TOLD.get(code, 0) * count for code, count in pressed.items())


@require_POST
@runners
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let it go, alone in an emergency, or say that it is not sent."""
    row, now, decision = _or_404(request, public_id), timezone.now(), request.POST.get("decision", "")
    try:
        with transaction.atomic():
            if decision in ("let_go", "alone"):
                issuing.let_go(bulletin=row, by=request.scope, now=now, alone=decision == "alone")
                messages.success(request, _("It goes out now, nearest first."))
            else:
                issuing.refuse(bulletin=row, remark=request.POST.get("remark", ""), by=request.scope, now=now)
                messages.success(request, _("It is not sent."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("bulletin", row.public_id)


@require_POST
@runners
def look(request: HttpRequest, public_id: str) -> HttpResponse:
    """The second officer's look at what one commander let go."""
    row = _or_404(request, public_id)
    try:
        with transaction.atomic():
            issuing.look(bulletin=row, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Looked at. What is wrong in it can be corrected or withdrawn below."))
    return redirect("bulletin", row.public_id)


@require_POST
@runners
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a correction or a withdrawal, for exactly those who got it."""
    row, form = _or_404(request, public_id), CorrectionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                made = issuing.correct(
                    bulletin=row,
                    words=form.words(),
                    withdraw=given["withdraw"],
                    ticked=given["ticked"],
                    by=request.scope,
                    now=timezone.now(),
                )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Written. A second officer lets it go."))
            return redirect("bulletin", made.public_id)
    return _page(request, row, form, status=400)


def _or_404(request: HttpRequest, public_id: str) -> Bulletin:
    return get_object_or_404(issuing.bulletins(request.scope), public_id=public_id)
