"""Helping officers who can't sign in. The district gives PINs; an administrator gives passwords and takes lost factors.

Every act is recorded, signs the officer out everywhere, and is told to the officer's own phone. For officers with wide
rights a second administrator confirms what would let somebody in as them (`rabta.web.proposals`).
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from procrastinate.contrib.django import app as deferred

from rabta.audit.writing import record
from rabta.force import pins
from rabta.force.access import Permission, Scope, current_postings
from rabta.force.models import Officer, Pin
from rabta.force.tokens import end_tokens
from rabta.web import proposals
from rabta.web.accounts import devices
from rabta.web.accounts.forms import NewPasswordForm
from rabta.web.accounts.policy import strictness
from rabta.web.accounts.step_up import FACTORS, step_up
from rabta.web.guard import needs
from rabta.web.models import Device, PasswordLink

SHOWN = 50
PASSWORD_LINK_GOOD_FOR = timedelta(hours=24)


@needs(Permission.ADMINISTER, Permission.RESET_PINS)
def officers(request: HttpRequest) -> HttpResponse:
    """The officers whom one may help, found by name, user name or post."""
    wanted = request.GET.get("q", "").strip()[:60]
    found = reachable(request.scope)
    if wanted:
        found = found.filter(
            Q(name__icontains=wanted)
            | Q(name_ur__icontains=wanted)
            | Q(name_hi__icontains=wanted)
            | Q(username__icontains=wanted)
            | Q(postings__post__name__icontains=wanted)
        ).distinct()
    listed = list(found.order_by("name").prefetch_related("postings__post")[: SHOWN + 1])
    facts = {"officers": listed[:SHOWN], "more": len(listed) > SHOWN, "q": wanted}
    return render(request, "accounts/help.html", facts)


@never_cache
@needs(Permission.ADMINISTER, Permission.RESET_PINS)
@step_up
@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, public_id: str) -> HttpResponse:
    """How one officer signs in, and what can be done about it. What is given is shown once, on the answer itself."""
    who = get_object_or_404(reachable(request.scope), public_id=public_id)
    acts = acts_on(request.scope, who)
    given: dict[str, Any] = {}
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in acts:
            raise Http404
        given = _do(act, who, by=request.scope.officer)
    facts = {
        "who": who,
        "two": proposals.needs_second(who, now=timezone.now()),
        "acts": acts,
        "given": given,
        "pin": Pin.objects.filter(officer=who).first(),
        "factors": Authenticator.objects.filter(user=who, type__in=FACTORS).count(),
        "devices": len(devices.of(who)),
        "last": Device.objects.filter(officer=who).order_by("-seen_at").first(),
        "most_tries": pins.MOST_TRIES,
    }
    return render(request, "accounts/help_officer.html", facts)


def reachable(scope: Scope) -> QuerySet[Officer]:
    """Officers with a post at or below a unit where one may help; never oneself."""
    below = Q()
    for grant in scope.grants:
        if {Permission.ADMINISTER, Permission.RESET_PINS} & grant.permissions:
            below |= Q(post__unit__path__contains=[grant.unit_id])
    if not below:
        return Officer.objects.none()
    posted = current_postings(on=timezone.localdate()).filter(below).values("officer")
    return Officer.objects.filter(pk__in=posted, is_active=True).exclude(pk=scope.officer.pk)


def acts_on(scope: Scope, who: Officer) -> tuple[str, ...]:
    """What one may do for this officer.

    A district gives PINs to those whose every post lies in it and needs no second factor; whoever holds more than
    that is helped by an administrator.
    """
    today = timezone.localdate()
    posts = [p.post for p in current_postings(on=today).filter(officer=who).select_related("post__unit")]

    def all_below(permission: Permission) -> bool:
        units = {grant.unit_id for grant in scope.grants if permission in grant.permissions}
        return all(units & set(post.unit.path) for post in posts)

    if all_below(Permission.ADMINISTER):
        return tuple(ACTS)
    strict = strictness(post.role for post in posts).second_factor
    return ("pin", "sign_out") if all_below(Permission.RESET_PINS) and not strict else ()


def _give_pin(who: Officer, _by: Officer) -> dict[str, Any]:
    devices.end_all(who)
    return {"new_pin": pins.give(officer=who, now=timezone.now())}


def give_password_link(who: Officer, by: Officer) -> dict[str, Any]:
    """A link to choose a password, good once for a day; earlier ones end."""
    token = secrets.token_urlsafe(24)
    PasswordLink.objects.filter(officer=who, used_at=None).update(used_at=timezone.now())
    PasswordLink.objects.create(officer=who, token=_digest(token), given_by=by, given_at=timezone.now())
    return {"link": settings.BASE_URL + reverse("password_link", args=[token])}


def take_factors(who: Officer, _by: Officer) -> dict[str, Any]:
    """Remove all second factors and sign out everywhere; the password stays."""
    Authenticator.objects.filter(user=who).delete()
    _end_all(who)
    return {"factors_taken": True}


def _sign_out(who: Officer, _by: Officer) -> dict[str, Any]:
    return {"signed_out": _end_all(who)}


def _end_all(who: Officer) -> int:
    """Sign out everywhere; programs that use a token of this officer too."""
    end_tokens(who)
    return devices.end_all(who)


ACTS = {
    "pin": _give_pin,
    "password": give_password_link,
    "factors": take_factors,
    "sign_out": _sign_out,
}


# Whoever does these can become the officer.
GIVES_ENTRY = frozenset({"pin", "password", "factors"})


def _do(act: str, who: Officer, *, by: Officer) -> dict[str, Any]:
    """Do it, or let it wait for a second administrator where the officer has wide rights."""
    now = timezone.now()
    if act in GIVES_ENTRY and proposals.needs_second(who, now=now):
        return {"waits": proposals.ask(act=act, officer=who, by=by, now=now)}
    return carry_out(act, who, by=by)


def carry_out(act: str, who: Officer, *, by: Officer) -> dict[str, Any]:
    """Do it; recorded and told to the officer. What is given is to be shown once."""
    given = ACTS[act](who, by)
    written(act, [who], by=by)
    return given


def written(act: str, helped: Iterable[Officer], *, by: Officer) -> None:
    """One entry of the record, and a message to each officer's own phone."""
    ids = [who.pk for who in helped]
    record(f"sign_in_{act}", now=timezone.now(), officer_id=by.pk, subject="officer", ids=ids)
    for pk in ids:
        tell = deferred.configure_task("rabta.jobs.tasks.tell_of_help", allow_unknown=True)
        tell.defer(officer_id=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def password_link(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password with the link that an administrator gave. Looking at it uses nothing up."""
    found = PasswordLink.objects.select_related("officer").filter(
        token=_digest(token),
        used_at=None,
        given_at__gt=timezone.now() - PASSWORD_LINK_GOOD_FOR,
        officer__is_active=True,
    )
    link = (found.select_for_update(of=("self",)) if request.method == "POST" else found).first()
    if link is None:
        return render(request, "accounts/password_over.html", status=404)
    if request.scope is not None and request.scope.officer.pk != link.officer_id:
        logout(request)  # on a shared computer somebody else is still signed in
        return redirect(request.path)
    form = NewPasswordForm(request.POST or None, user=link.officer)
    if request.method == "POST" and form.is_valid():
        form.save()
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        devices.end_all(link.officer)
        ratelimit.clear(request, action="login_account", key=link.officer.username)
        record(
            "password_chosen",
            now=timezone.now(),
            officer_id=link.officer_id,
            subject="officer",
            ids=[link.officer_id],
        )
        return render(request, "accounts/password_chosen.html", {"who": link.officer})
    return render(request, "accounts/password_link.html", {"form": form, "who": link.officer})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
