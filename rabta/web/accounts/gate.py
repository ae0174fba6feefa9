"""Behind the sign-in, before every page: is somebody still there, and is the second factor that the post needs?"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from rabta.web.accounts import devices, step_up
from rabta.web.accounts.own import CHOOSE_PIN
from rabta.web.accounts.policy import Strictness, strictness
from rabta.web.models import Device

# What open pages fetch by themselves when something happens elsewhere: nobody need be there.
BY_ITSELF = frozenset({"desk_rows", "desk_queues", "desk_fresh", "vault_ringing"})
# What a telephone shares is kept; the page that it leads to is behind the gate.
KEEPS_ONLY = frozenset({"officer_share"})
# Where somebody goes who still has to get or to prove a second factor.
ON_THE_WAY = frozenset(
    {
        "logout",
        "language",
        "account_second_factor",
        "account_reauthenticate",
        "account_pin",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "password_link",
    }
)


def is_unproved(request: HttpRequest, asked: Strictness) -> bool:
    """Whether a PIN of one's own or the second factor that the post needs is still to come in this session."""
    if request.session.get(CHOOSE_PIN):
        return True
    needed = asked.second_factor and not settings.SECOND_FACTOR_MAY_WAIT
    return needed and not step_up.passed_second_factor(request)


class Gate:
    """Stands after `ScopedTransaction`: what an officer may see is known, and nothing has been answered yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The way to the sign-in or to the second factor; None when the page may be shown."""
        name = request.resolver_match.url_name or ""
        if request.scope is None or name in KEEPS_ONLY:
            return None
        asked, now = strictness(request.scope.roles), timezone.now()
        device = devices.current(request, now=now)
        if devices.is_over(device, strictness=asked, now=now):
            return _let_go(request, device)
        if name not in BY_ITSELF:
            devices.note(request, device, now=now)
        if request.session.get(CHOOSE_PIN) and name not in ON_THE_WAY:
            return _send(request, reverse("account_pin"))
        if asked.second_factor and not settings.SECOND_FACTOR_MAY_WAIT and name not in ON_THE_WAY:
            return _towards_second_factor(request, asked)
        return None


def _let_go(request: HttpRequest, device: Device) -> HttpResponse:
    device.delete()
    logout(request)
    words = _("You were signed out because this page was not used for a while. Please sign in again.")
    messages.info(request, words)
    here = request.get_full_path() if request.method == "GET" else ""
    return _send(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}")


def _towards_second_factor(request: HttpRequest, _asked: Strictness) -> HttpResponse | None:
    if step_up.passed_second_factor(request):
        return None
    if step_up.has_second_factor(request):
        return _send(
            request,
            f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}",
        )
    return _send(request, reverse("account_second_factor"))


def _send(request: HttpRequest, page: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return redirect(page)
