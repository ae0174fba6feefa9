"""Templates at the providers: how those that Rabta uses stand, and handing in the ones that are missing."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app as deferred

from rabta.audit.writing import record
from rabta.channels.accounts import open_values
from rabta.channels.models import Credential, MessageTemplate
from rabta.channels.registry import BY_KIND
from rabta.force.access import Permission
from rabta.replying import needed
from rabta.web.guard import over_force

administrators = over_force(Permission.ADMINISTER)
KINDS = [kind for kind, channel in BY_KIND.items() if channel.templates]


@require_GET
@administrators
def templates(request: HttpRequest) -> HttpResponse:
    """Every template that Rabta uses, for each app at a provider."""
    rows = Credential.objects.filter(channel__in=KINDS).prefetch_related("templates", "accounts")
    found = [_facts(one) for one in rows.order_by("id")]
    return render(request, "setup/templates.html", {"credentials": found})


def _facts(credential: Credential) -> dict[str, Any]:
    held = list(credential.templates.all())
    standings = needed.standings(held)
    names: dict[str, list[needed.Standing]] = {}
    for one in standings:
        names.setdefault(one.draft.name, []).append(one)
    used = {(one.draft.name, one.draft.language) for one in standings}
    return {
        "credential": credential,
        "accounts": list(credential.accounts.all()),
        "names": list(names.items()),
        "approved": sum(one.approved for one in standings),
        "all": len(standings),
        "missing": [one for one in standings if one.can_submit],
        "others": list(
            Counter(t.get_state_display() for t in held if (t.name, t.language) not in used).items()
        ),
        "seen_at": max((t.seen_at for t in held), default=None),
        "knows_business": bool(open_values(credential.sealed_values).get("business_account")),
    }


@require_POST
@administrators
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the provider asked how its templates stand."""
    credential = get_object_or_404(Credential, pk=pk, channel__in=KINDS)
    _defer("refresh_templates", credential_id=credential.pk)
    messages.success(request, _("The provider is being asked. Load the page again in a moment."))
    return redirect("setup_templates")


@require_POST
@administrators
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in one template, or all that are missing."""
    credential = get_object_or_404(Credential, pk=pk, channel__in=KINDS)
    name, language, now = request.POST.get("name", ""), request.POST.get("language", ""), timezone.now()
    standings = needed.standings(credential.templates.all())
    chosen = [one for one in standings if one.can_submit]
    if name:
        chosen = [one for one in chosen if (one.draft.name, one.draft.language) == (name, language)]
    for one in chosen:
        row, _new = MessageTemplate.objects.update_or_create(
            credential=credential,
            name=one.draft.name,
            language=one.draft.language,
            defaults={
                "state": MessageTemplate.State.SUBMITTING,
                "category": one.draft.category,
                "changed_at": now,
                "seen_at": now,
            },
        )
        _defer("submit_template", template_id=row.pk)
    record(
        "template_submitted",
        now=now,
        officer_id=request.scope.officer.pk,
        subject="credential",
        ids=[credential.pk],
        detail={"templates": [f"{one.draft.name} {one.draft.language}" for one in chosen]},
    )
    if chosen:
        messages.success(
            request,
            _("Handed in: %(number)d. The provider decides, mostly within a day.") % {"number": len(chosen)},
        )
    else:
        messages.info(request, _("There was nothing to hand in."))
    return redirect("setup_templates")


def _defer(task: str, **ids: int) -> None:
    deferred.configure_task(f"rabta.jobs.tasks.{task}", allow_unknown=True, queue="media").defer(**ids)
