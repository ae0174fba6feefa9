"""Signing in by phone: a link to the number that the force has, good once, for ten minutes, in the browser that asked;
and a PIN. For officers whose phone can do nothing else.

Whether a number belongs to anybody is never said: the page, the row and the job are the same, and the worker sends.
"""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from procrastinate.contrib.django import app as deferred

from rabta.force import pins
from rabta.force.models import Officer, SignInLink
from rabta.kit import phones
from rabta.web.accounts import known
from rabta.web.accounts.confirm import BY_PHONE
from rabta.web.accounts.forms import PhoneForm, PinForm
from rabta.web.accounts.own import CHOOSE_PIN

COOKIE = "rabta_link"
GOOD_FOR = timedelta(minutes=10)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every number."""
    form = PhoneForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/phone.html", {"form": form})
    number = phones.parse(form.cleaned_data["number"], region=settings.REGION) or ""
    officer = Officer.objects.filter(phone=number or "-", is_active=True, pin__isnull=False).first()
    if not _may_ask(request, number, officer):
        form.add_error(None, _("Too many links were asked for. Wait ten minutes, then try again."))
        return render(request, "accounts/phone.html", {"form": form}, status=429)
    browser = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(24)
    _keep(officer, browser)
    response = render(request, "accounts/phone_sent.html", {"minutes": GOOD_FOR.seconds // 60})
    response.set_cookie(
        COOKIE,
        browser,
        max_age=int(GOOD_FOR.total_seconds()),
        path=reverse("phone_sign_in"),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _may_ask(request: HttpRequest, number: str, officer: Officer | None) -> bool:
    """Links to one number are few, whoever asks; the officer's own browser has a count of its own."""
    before = known.of(request, account=officer.get_username() if officer else number)
    if before:
        return bool(ratelimit.consume(request, action="ask_link_known", key=f"{number} in {before}"))
    return bool(ratelimit.consume(request, action="ask_link", key=number))


def _keep(officer: Officer | None, browser: str) -> None:
    """The wish, whoever the number belongs to; the worker sends when it belongs to somebody with a PIN."""
    link = SignInLink.objects.create(officer=officer, browser=_digest(browser), asked_at=timezone.now())
    deferred.configure_task("rabta.jobs.tasks.send_sign_in_link", allow_unknown=True).defer(link_id=link.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, token: str) -> HttpResponse:
    """The link was opened: ask for the PIN, and let in. Looking at it (as previews do) uses nothing up."""
    link = _link(request, token)
    if link is None or link.officer is None:
        return render(request, "accounts/phone_over.html", status=404)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="open_link"):
            form.add_error("pin", _("Too many tries. Wait five minutes, then try again."))
        elif pins.is_right(officer=link.officer, pin=form.cleaned_data["pin"]):
            return _let_in(request, link, link.officer)
        else:
            form.add_error("pin", _wrong(link.officer))
    return render(request, "accounts/phone_pin.html", {"form": form})


def _wrong(officer: Officer) -> str:
    if pins.is_locked(officer):
        return _(
            "This PIN is locked after five wrong tries. Call your district office: they give you a new one."
        )
    return _("The PIN is not right. After five wrong tries it is locked.")


def _link(request: HttpRequest, token: str) -> SignInLink | None:
    """The link while it is good, for the browser that asked. A try to use it waits for another one to end."""
    found = SignInLink.objects.select_related("officer").filter(
        token=_digest(token),
        browser=_digest(request.COOKIES.get(COOKIE, "")),
        used_at=None,
        asked_at__gt=timezone.now() - GOOD_FOR,
        officer__is_active=True,
    )
    return (found.select_for_update(of=("self",)) if request.method == "POST" else found).first()


def _let_in(request: HttpRequest, link: SignInLink, officer: Officer) -> HttpResponse:
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    record_authentication(request, officer, method=BY_PHONE)
    response: HttpResponse = perform_login(request, Login(user=officer))
    if officer.pin.given:
        request.session[CHOOSE_PIN] = True
    response.delete_cookie(COOKIE, path=reverse("phone_sign_in"))
    return response


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
