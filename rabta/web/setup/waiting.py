"""What one administrator asked for and a second one confirms or refuses."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.web import proposals
from rabta.web.accounts import help
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import needs
from rabta.web.models import Proposal
from rabta.web.setup import commanders, holders, receivers, tables

administrators = needs(Permission.ADMINISTER)


@never_cache
@require_GET
@administrators
def waiting(request: HttpRequest) -> HttpResponse:
    """The list, each with what it would do."""
    return render(request, "setup/waiting.html", _facts(request))


def _facts(request: HttpRequest) -> dict[str, Any]:
    now, scope = timezone.now(), request.scope
    shown = [
        {
            "proposal": one,
            "mine": one.asked_by_id == scope.officer.pk,
            "confirms": proposals.may_confirm(one, by=scope.officer),
        }
        for one in proposals.waiting(now=now)
        if one.asked_by_id == scope.officer.pk or _reaches(scope, one)
    ]
    return {"waiting": shown}


def _reaches(scope: Scope, proposal: Proposal) -> bool:
    """Whether this administrator could have asked for it himself, as far as it is not about him."""
    if proposal.officer is None:
        return scope.over_force(Permission.ADMINISTER)
    if proposal.officer_id == scope.officer.pk:
        return scope.over_force(Permission.ADMINISTER)
    return proposal.act in help.acts_on(scope, proposal.officer)


@never_cache
@require_POST
@administrators
@step_up
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm or refuse. Whoever asked may only take it back."""
    with transaction.atomic():
        rows = proposals.waiting(now=timezone.now()).select_for_update(of=("self",))
        proposal = rows.filter(public_id=public_id).first()
        if proposal is None:
            return _over(request, public_id)
        by = request.scope.officer
        if proposal.asked_by_id != by.pk and not _reaches(request.scope, proposal):
            raise Http404
        if "confirm" not in request.POST:
            proposals.decide(proposal, Proposal.State.REFUSED, by=by, now=timezone.now())
            messages.success(request, _("Refused. Nothing was changed."))
            return redirect("setup_waiting")
        if not proposals.may_confirm(proposal, by=by):
            raise Http404
        return _confirm(request, proposal)


def _over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Another administrator was quicker, or it waited too long."""
    proposal = get_object_or_404(Proposal, public_id=public_id)
    if proposal.asked_by_id != request.scope.officer.pk and not _reaches(request.scope, proposal):
        raise Http404
    if proposal.state == Proposal.State.WAITING:
        messages.error(request, _("It waited too long. Ask for it anew."))
    else:
        messages.error(request, _("Somebody has decided on this already."))
    return redirect("setup_waiting")


def _confirm(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Do it now, as the force is today."""
    by, now = request.scope.officer, timezone.now()
    proposals.carries_out(proposal)
    if proposal.officer is None:
        why = _save(proposal, by=by, now=now)
        if why:
            messages.error(request, why)
            return redirect("setup_waiting")
        proposals.decide(proposal, Proposal.State.CONFIRMED, by=by, now=now)
        messages.success(request, _("Confirmed and saved."))
        return redirect("setup_waiting")
    given = help.carry_out(proposal.act, proposal.officer, by=by)
    proposals.decide(proposal, Proposal.State.CONFIRMED, by=by, now=now)
    return render(request, "setup/waiting.html", _facts(request) | {"given": given, "who": proposal.officer})


def _save(proposal: Proposal, *, by: Officer, now: datetime) -> str:
    """Do what touches no sign-in; returns why not, when it would do something else by now."""
    if proposal.act == "commander":
        return commanders.save_confirmed(proposal, by=by)
    if proposal.act == "holder":
        return holders.save_confirmed(proposal, by=by)
    if proposal.act == "receiver":
        return receivers.save_confirmed(proposal, by=by)
    return tables.save_confirmed(proposal, by=by, now=now)
