"""Links with which new officers choose their passwords: each good once, for a day, and shown once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rabta.audit.writing import record
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.force.second import is_only_administrator
from rabta.people.wide import wide_officers
from rabta.web import proposals
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
    asked: list[Officer] = []
    if request.method == "POST":
        chosen = set(request.POST.getlist("officer"))
        picked = [officer for officer in waiting if officer.public_id in chosen][:AT_ONCE]
        # Whoever holds a post elsewhere too is helped from higher up.
        picked = [officer for officer in picked if "password" in acts_on(request.scope, officer)]
        given, asked = _give(picked, by=request.scope.officer)
    facts = {
        "waiting": waiting[:AT_ONCE],
        "number": len(waiting),
        "given": given,
        "at_once": AT_ONCE,
        "asked": asked,
    }
    return render(request, "setup/links.html", facts)


def _give(picked: list[Officer], *, by: Officer) -> tuple[list[tuple[Officer, str]], list[Officer]]:
    """Links for those for whom one administrator is enough; for the others a second one is asked."""
    now = timezone.now()
    wide = frozenset() if is_only_administrator() else wide_officers(on=timezone.localdate())
    alone, asked = [], []
    for officer in picked:
        if officer.pk in wide:
            proposals.ask(act="password", officer=officer, by=by, now=now)
            asked.append(officer)
        else:
            alone.append(officer)
    given = [(officer, str(ACTS["password"](officer, by)["link"])) for officer in alone]
    if alone:
        ids = [officer.pk for officer in alone]
        record("sign_in_password", now=now, officer_id=by.pk, subject="officer", ids=ids)
    return given, asked


def _waiting(request: HttpRequest) -> list[Officer]:
    """Those whom this administrator may help."""
    mine = set(reachable(request.scope).values_list("pk", flat=True))
    return [officer for officer in without_sign_in() if officer.pk in mine]
