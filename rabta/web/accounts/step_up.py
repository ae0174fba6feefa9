"""Asking again before sensitive acts: a second factor within the last ten minutes.

`@step_up` goes below `@needs(…)` on a view. Who has no second factor (and needs none) proves what there is: the
password, or the PIN after a sign-in by phone.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponseBase]
STRONG = "mfa"  # how allauth records a code, a passkey or a recovery code
# When the session began to wait for a second factor that must not wait: no act is fresh before it is there.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def step_up(view: View) -> View:
    """The view is reached with a fresh second factor only; otherwise the confirming page comes first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask_again(request) or view(request, *args, **kwargs)

    return guarded


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """The way to the confirming page, or None when what was proved is fresh."""
    if is_fresh(request):
        return None
    page = f"{reverse('account_reauthenticate')}?{urlencode({'next': _back_to(request)})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return redirect(page)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the officer proved to be the one within `settings.STEP_UP_SECONDS`, by the strongest thing there is."""
    if not request.user.is_authenticated:
        return False
    since = time.time() - settings.STEP_UP_SECONDS
    recent = [each for each in get_authentication_records(request, request.user) if each["at"] > since]
    if has_second_factor(request):
        recent = [each for each in recent if each["method"] == STRONG]
    return bool(recent)


def passed_second_factor(request: HttpRequest) -> bool:
    """Whether this session has seen a second factor at all."""
    return any(each["method"] == STRONG for each in get_authentication_records(request, request.user))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the officer has an authenticator app or a passkey."""
    if not hasattr(request, "has_second_factor"):
        request.has_second_factor = Authenticator.objects.filter(
            user_id=request.user.pk, type__in=FACTORS
        ).exists()
    return bool(request.has_second_factor)


def _back_to(request: HttpRequest) -> str:
    """Where to go on: the page that was asked for, or the one with the button; never another site."""
    if request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return urlsplit(came_from)._replace(scheme="", netloc="").geturl()
    return reverse("home")
