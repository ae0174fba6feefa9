"""Links with which new officers choose their passwords: each good once, for a day, and shown once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rabta.audit.writing import record
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.web.accounts.help import ACTS, acts_on, reachable
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import needs
from rabta.web.setup.steps import without_sign_in

AT_ONCE = 50


@never_cache
@needs(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Officers who can't sign in yet; POST makes links for the chosen ones, to be handed to each."""
    waiting = _waiting(request)
    given: list[tuple[Officer, str]] = []
    if request.method == "POST":
        chosen = set(request.POST.getlist("officer"))
        picked = [officer for officer in waiting if officer.public_id in chosen][:AT_ONCE]
        # Whoever holds a post elsewhere too is helped from higher up.
        picked = [officer for officer in picked if "password" in acts_on(request.scope, officer)]
        give = ACTS["password"]
        given = [(officer, give(officer, request.scope.officer)["link"]) for officer in picked]
        if picked:
            record(
                "sign_in_password",
                now=timezone.now(),
                officer_id=request.user.pk,
                subject="officer",
                ids=[officer.pk for officer in picked],
            )
    facts = {"waiting": waiting[:AT_ONCE], "number": len(waiting), "given": given, "at_once": AT_ONCE}
    return render(request, "setup/links.html", facts)


def _waiting(request: HttpRequest) -> list[Officer]:
    """Those whom this administrator may help."""
    mine = set(reachable(request.scope).values_list("pk", flat=True))
    return [officer for officer in without_sign_in() if officer.pk in mine]
