"""Rumours: what members reported, which belong together, who near by is asked, what they say, and the answer."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.groups import claims as rows_of
from rabta.groups.models import Claim, ClaimReport, Item
from rabta.journey.groups.bulletins import claiming, verifying
from rabta.journey.press import rumours
from rabta.publishing.models import Version
from rabta.web.bulletins.forms import AskForm, ClaimForm
from rabta.web.groups import queries
from rabta.web.guard import needs

runners = needs(Permission.GROUPS)
SHOWN = 50
OFFERED = (Item.State.WAITING, Item.State.LET_THROUGH)  # what goes to the desk is nobody's rumour
RUMOUR = "communal_rumour"  # triage/data/categories.csv


@require_safe
@runners
def claims(request: HttpRequest) -> HttpResponse:
    """What is in no claim yet, with what it may belong to; and the claims."""
    return page(request, ClaimForm(scope=request.scope))


def page(request: HttpRequest, form: ClaimForm, *, status: int = 200) -> HttpResponse:
    """The page, with this form for a new claim."""
    rows = claiming.claims(request.scope)
    waiting = list(claiming.waiting(request.scope)[:SHOWN])
    facts = {
        "form": form,
        "waiting": rows_of.suggest(waiting, claims=rows, now=timezone.now()),
        "open": rows.exclude(state__in=[Claim.State.ANSWERED, Claim.State.CLOSED])[:SHOWN],
        "done": rows.filter(state__in=[Claim.State.ANSWERED, Claim.State.CLOSED])[:SHOWN],
    }
    return render(request, "bulletins/claims.html", facts, status=status)


@require_POST
@runners
def begin(request: HttpRequest) -> HttpResponse:
    """Open a claim, with the reports that were ticked."""
    form = ClaimForm(request.POST, scope=request.scope)
    if form.is_valid():
        given = form.cleaned_data
        ticked = claiming.waiting(request.scope).filter(public_id__in=request.POST.getlist("report"))
        try:
            with transaction.atomic():
                made = claiming.open_claim(
                    **given, reports=list(ticked), by=request.scope, now=timezone.now()
                )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The claim is open."))
            return redirect("claim", made.public_id)
    return page(request, form, status=400)


@require_POST
@runners
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """A moderator says that what a member wrote is a rumour: it waits here to be joined."""
    groups = queries.run_by(request.scope)
    item = get_object_or_404(
        Item.objects.select_related("member__unit", "group"), public_id=public_id, group__in=groups
    )
    if item.member is None or not item.text or item.state not in OFFERED:
        messages.error(request, _("What was written is not here any more."))
    else:
        with transaction.atomic():
            claiming.offered(
                member=item.member,
                text=item.text,
                group=item.group,
                item=item.public_id,
                now=item.received_at,
            )
        messages.success(request, _("It waits among the rumours now."))
    return redirect("claims")


@require_POST
@runners
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Join a report to a claim, take it out of one, or set it aside."""
    report = get_object_or_404(claiming.reports(request.scope), public_id=public_id)
    decision, now, by = request.POST.get("decision", ""), timezone.now(), request.scope
    back = report.claim
    try:
        with transaction.atomic():
            if decision == "part":
                claiming.part(report=report, by=by, now=now)
            elif decision == "aside":
                claiming.set_aside(report=report, by=by, now=now)
            else:
                wanted = request.POST.get("claim", "")
                back = get_object_or_404(claiming.claims(by), public_id=wanted)
                back = claiming.join(claim=back, report=report, by=by, now=now)
                messages.success(request, _joined(back))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("claim", back.public_id) if back else redirect("claims")


def _joined(claim: Claim) -> str:
    """What becomes of who sent the report, in words."""
    version = Version.objects.filter(public_id=claim.version).first() if claim.version else None
    if version is not None and version.withdrawn_at:
        return _("Joined. The answer is withdrawn: nothing is sent until another one is released.")
    if claim.answered_at:
        return _("Joined. Whoever sent it gets the official answer now.")
    return _("Joined.")


@require_safe
@runners
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    """A claim: who reported it, what those near by say by place, the answer and how far it came."""
    return _claim(request, _or_404(request, public_id), AskForm())


def _claim(request: HttpRequest, row: Claim, form: AskForm, *, status: int = 200) -> HttpResponse:
    version = (
        Version.objects.filter(public_id=row.version).select_related("corrects").first()
        if row.version
        else None
    )
    answers = rows_of.by_place(row)
    next_asked = (
        []
        if row.state in ("answered", "closed")
        else verifying.chosen(row, most=verifying.MOST, by=request.scope)
    )
    facts: dict[str, Any] = {
        "row": row,
        "reports": claiming.reports(request.scope).filter(claim=row)[:SHOWN],
        "all_reports": ClaimReport.objects.filter(claim=row).count(),
        "cases": cases_of(request, row),
        "answers": answers,
        "sums": {name: sum(getattr(one, name) for one in answers) for name in ("yes", "no", "unknown")},
        "asked": len(verifying.asked_of(row)),
        "can_ask": len(next_asked),
        "form": form,
        "version": version,
        "told": queries.with_sums(rumours.answers_of(row)),
        "may_publish": request.scope.has(Permission.PUBLISH),
        "spots": [
            {
                "lat": one.unit.lat, "lng": one.unit.lng, "name": str(one.unit), "all": one.all,
                "delivered": one.yes, "told": one.no,
            }
            for one in answers
            if one.unit.lat is not None
        ],
    }  # fmt: skip
    return render(request, "bulletins/claim.html", facts, status=status)


def cases_of(request: HttpRequest, row: Claim) -> dict[str, Any]:
    """Cases of the desk about it, for whoever handles these; nobody else learns that there are any."""
    if not request.scope.has(Permission.HANDLE_CASES):
        return {}
    seen = Case.objects.filter(request.scope.visible())
    joined = seen.filter(pk__in=row.cases.values("case"))
    like = seen.filter(category=RUMOUR, opened_at__gt=row.opened_at - rows_of.LIVES)
    others = like.exclude(pk__in=joined.values("pk")).order_by("-pk")[:10]
    return {"joined": joined.order_by("-pk")[:SHOWN], "others": others}


@require_POST
@runners
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask those near by."""
    row, form = _or_404(request, public_id), AskForm(request.POST)
    if not form.is_valid():
        return _claim(request, row, form, status=400)
    try:
        with transaction.atomic():
            most = form.cleaned_data["most"]
            verifying.ask(claim=row, most=most, by=request.scope, now=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return _claim(request, row, form, status=400)
    messages.success(request, _("They are asked now, the nearest first."))
    return redirect("claim", row.public_id)


@require_POST
@needs(Permission.HANDLE_CASES)
def join_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """A case of the desk is about the same."""
    row = _or_404(request, public_id)
    case = get_object_or_404(
        Case.objects.filter(request.scope.visible()), public_id=request.POST.get("case", "")
    )
    try:
        with transaction.atomic():
            claiming.join_case(claim=row, case=case, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("claim", row.public_id)


@require_POST
@runners
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nothing more is to be done about it."""
    row = _or_404(request, public_id)
    try:
        with transaction.atomic():
            claiming.close(claim=row, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("claims")


def _or_404(request: HttpRequest, public_id: str) -> Claim:
    return get_object_or_404(claiming.claims(request.scope), public_id=public_id)
