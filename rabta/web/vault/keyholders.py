"""Who holds keys: appointed by one administrator, confirmed by another."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta import audit
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.people import keyholders
from rabta.people.models import Keyholder
from rabta.people.vault import WANTED
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force

administrators = over_force(Permission.ADMINISTER)


@require_GET
@administrators
def page(request: HttpRequest) -> HttpResponse:
    """Both groups with their keys, those who have ended, and how many are wanted."""
    rows = Keyholder.objects.select_related("officer", "appointed_by", "confirmed_by").order_by("id")
    groups = []
    for group in Keyholder.Group:
        held = [row for row in rows if row.group == group and not row.ended_at]
        groups.append((group, group.label, held, sum(1 for row in held if row.confirmed_at)))
    facts = {"groups": groups, "ended": [row for row in rows if row.ended_at], "wanted": WANTED}
    return render(request, "vault/keyholders.html", facts)


@require_POST
@administrators
@step_up
def appoint(request: HttpRequest) -> HttpResponse:
    """Make an officer, by user name, a custodian or an approver."""
    officer = Officer.objects.filter(username=request.POST.get("officer", "").strip(), is_active=True).first()
    if officer is None:
        messages.error(request, _("There is no officer with this user name."))
        return redirect("vault_keyholders")

    def work(now: datetime) -> Keyholder:
        group = request.POST.get("group", "")
        return keyholders.appoint(officer=officer, group=group, by=request.scope.officer, now=now)

    return _done(
        request, "keyholder_appointed", work, _("Appointed. The officer makes the key on the page “My key”.")
    )


@require_POST
@administrators
@step_up
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """The fingerprint was compared with the officer."""
    holder = get_object_or_404(Keyholder, public_id=public_id)

    def work(now: datetime) -> Keyholder:
        fingerprint = request.POST.get("fingerprint", "")[:60]
        keyholders.confirm(holder=holder, fingerprint=fingerprint, by=request.scope.officer, now=now)
        return holder

    return _done(
        request, "key_confirmed", work, _("Confirmed. From now on identities are sealed to this key too.")
    )


@require_POST
@administrators
@step_up
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Seal nothing to this key any more."""
    holder = get_object_or_404(Keyholder, public_id=public_id)

    def work(now: datetime) -> Keyholder:
        keyholders.end(holder=holder, by=request.scope.officer, now=now)
        return holder

    said = _("Ended. What was sealed before still opens with this key until it is sealed anew.")
    return _done(request, "key_ended", work, said)


def _done(request: HttpRequest, what: str, work: Callable[[datetime], Keyholder], said: str) -> HttpResponse:
    now = timezone.now()
    try:
        holder = work(now)
    except keyholders.NotPossible as why:
        messages.error(request, str(why))
        return redirect("vault_keyholders")
    detail = {"officer": holder.officer_id, "group": holder.group, "fingerprint": holder.fingerprint}
    audit.record(
        what,
        now=now,
        officer_id=request.scope.officer.pk,
        subject="keyholder",
        ids=[holder.pk],
        detail=detail,
    )
    messages.success(request, said)
    return redirect("vault_keyholders")
