"""The confirming page: the strongest thing that the officer has, once more."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from rabta.force import pins
from rabta.force.models import Pin
from rabta.web.accounts import devices, step_up
from rabta.web.accounts.forms import ConfirmCodeForm, ConfirmPasswordForm, PinForm
from rabta.web.accounts.passkeys import host_for_passkeys
from rabta.web.accounts.views import safe_page

BY_PHONE = "link"  # how a sign-in with link and PIN is recorded
LOADED = "/file/"  # addresses that load a file instead of opening a page


class Confirm(LoginRequiredMixin, View):
    """Asks for a code or a passkey; of somebody who has neither, for the password or the PIN."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self._show(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        """What was typed or what the passkey said."""
        if not ratelimit.consume(request, action="reauthenticate", user=request.user):
            return self._show(request, {}, why=_("Too many tries. Wait a minute, then try again."))
        form = self._forms(request, request.POST).get(_kind(request))
        if form is None or not form.is_valid() or not _prove(request, form):
            return self._show(request, {_kind(request): form})
        devices.rotate(request)
        target = safe_page(request, request.POST.get("next", "")) or reverse("home")
        if target.startswith(LOADED):
            return render(request, "accounts/confirmed.html", {"target": target})
        return redirect(target)

    def _forms(self, request: HttpRequest, data: Any = None) -> dict[str, forms.Form]:
        """The forms that count for this officer, by kind; `data` fills the one that was sent."""
        officer, sent = request.user, _kind(request)

        def made(kind: str, form: Any) -> Any:
            filled = data if kind == sent else None
            return form(data=filled) if form is PinForm else form(data=filled, user=officer)

        if step_up.has_second_factor(request):
            types = set(Authenticator.objects.filter(user_id=officer.pk).values_list("type", flat=True))
            found = {"code": made("code", ConfirmCodeForm)} if types - {"webauthn"} else {}
            if "webauthn" in types:
                found["credential"] = made("credential", ReauthenticateWebAuthnForm)
            return found
        if _came_by_phone(request) or not officer.has_usable_password():
            return {"pin": made("pin", PinForm)}
        return {"password": made("password", ConfirmPasswordForm)}

    def _show(self, request: HttpRequest, bound: dict[str, Any], why: str = "") -> HttpResponse:
        found = self._forms(request)
        found |= {kind: form for kind, form in bound.items() if form is not None and kind in found}
        facts: dict[str, Any] = {
            "forms": found,
            "why": why,
            "next": safe_page(request, request.POST.get("next", "") or request.GET.get("next", "")),
            "passkeys": host_for_passkeys(request),
        }
        if "credential" in found:
            facts["js_data"] = {"request_options": begin_authentication(request.user)}
        return render(request, "accounts/confirm.html", facts)


def _kind(request: HttpRequest) -> str:
    return next((kind for kind in ("credential", "code", "pin", "password") if kind in request.POST), "")


def _prove(request: HttpRequest, form: Any) -> bool:
    """Write down what was proved; a PIN is checked only here, so that it is counted once."""
    if isinstance(form, PinForm):
        if not pins.is_right(officer=request.scope.officer, pin=form.cleaned_data["pin"]):
            form.add_error(
                "pin", _("The PIN is not right. After five wrong tries only your district can help.")
            )
            return False
        record_authentication(request, request.user, method="pin", reauthenticated=True)
    elif isinstance(form, ConfirmPasswordForm):
        record_authentication(request, request.user, method="password", reauthenticated=True)
    else:
        form.save()
    return True


def _came_by_phone(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    by_phone = any(each["method"] == BY_PHONE for each in records)
    return by_phone and Pin.objects.filter(officer=request.scope.officer).exists()
