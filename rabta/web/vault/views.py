"""Requests to open what is sealed: asking, looking, refusing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.journey.protecting import vault
from rabta.people import openings
from rabta.people.models import Keyholder, Opening
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import needs

MOST = 100
askers = needs(*vault.ASKERS)


@require_GET
@login_required
@never_cache
def openings_of_mine(request: HttpRequest) -> HttpResponse:
    """The requests that I made, decide on, or open."""
    now = timezone.now()
    rows = list(openings.of_officer(request.scope.officer.pk, now=now)[:MOST])
    waiting = [row for row in rows if row.state in openings.OPEN and row.expires_at > now]
    facts = {
        "waiting": sorted(waiting, key=lambda row: not row.urgent),
        "over": [row for row in rows if row not in waiting],
        "holder": openings.held_by(request.scope.officer.pk),
    }
    return render(request, "vault/openings.html", facts)


@require_GET
@login_required
@never_cache
def ringing(request: HttpRequest) -> HttpResponse:
    """What an open page of a keyholder asks by itself: does an urgent request wait for me?"""
    rows = openings.ringing(request.scope.officer.pk, now=timezone.now())[:MOST]
    return render(request, "vault/ringing.html", {"ringing": list(rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@askers
@step_up
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for the opening of what is sealed of the person who wrote a case."""
    rows = Case.objects.filter(request.scope.visible()).select_related("conversation__handle__person")
    case = get_object_or_404(rows.select_related("accused_unit"), public_id=public_id)
    why = ""
    if request.method == "POST":
        asked = {name: request.POST.get(name, "") for name in ("purpose", "ground", "reason")}
        try:
            with transaction.atomic():
                made = vault.ask(case=case, by=request.scope, now=timezone.now(), **asked)
            messages.success(request, _("Asked. An approver outside your chain of command decides."))
            return redirect("vault_opening", public_id=made.public_id)
        except Refused as refused:
            why = str(refused)
    facts = {"case": case, "purposes": Opening.Purpose.choices, "typed": request.POST, "why": why}
    return render(request, "vault/ask.html", facts, status=400 if why else 200)


@require_GET
@login_required
@never_cache
@step_up
def opening(request: HttpRequest, public_id: str) -> HttpResponse:
    """One request: its reasons, how far it is, and what I can do next."""
    return render(request, "vault/opening.html", _facts(request, found(request, public_id)))


@require_POST
@login_required
@step_up
def refuse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say no, with a reason."""
    asked = found(request, public_id)
    try:
        with transaction.atomic():
            vault.refuse(opening=asked, why=request.POST.get("why", ""), by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("vault_opening", public_id=public_id)


def found(request: HttpRequest, public_id: str) -> Opening:
    """The request, if the officer is one of its parties; 404 otherwise."""
    rows = openings.of_officer(request.scope.officer.pk, now=timezone.now())
    return get_object_or_404(rows, public_id=public_id)


def _facts(request: HttpRequest, asked: Opening) -> dict[str, Any]:
    holder = openings.held_by(request.scope.officer.pk)
    is_open = asked.state in openings.OPEN and asked.expires_at > timezone.now()
    approves = (
        asked.state == Opening.State.REQUESTED
        and asked.requested_by_id != request.scope.officer.pk
        and holder is not None
        and holder.group == Keyholder.Group.APPROVER
    )
    opens = (
        asked.state == Opening.State.APPROVED
        and asked.custodian
        and asked.custodian.officer_id == request.scope.officer.pk
    )
    return {
        "opening": asked,
        "is_open": is_open,
        "approves": is_open and approves,
        "opens": is_open and opens,
        "custodians": openings.fitting_custodians(asked) if is_open and approves else (),
        "sealed": list(openings.sealed_of(asked).values_list("what", flat=True)) if is_open else [],
        "holder": holder,
    }
