"""An officer's own page: password, second factor, PIN, devices."""

from typing import Any

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base.internal.flows import delete_and_cleanup, post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.audit.writing import record
from rabta.force import pins
from rabta.force.models import Pin
from rabta.force.tokens import alive, end_tokens
from rabta.web.accounts import agents, devices
from rabta.web.accounts.forms import ChangePasswordForm, NewAppForm, NewPinForm
from rabta.web.accounts.passkeys import host_for_passkeys
from rabta.web.accounts.policy import strictness
from rabta.web.accounts.step_up import FACTORS, step_up
from rabta.web.lights import span

CHOOSE_PIN = "choose_pin"  # in the session: the PIN that was given must be changed first


@never_cache
@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    asked, now = strictness(request.scope.roles), timezone.now()
    mine = [
        {"device": device, "agent": agents.words(device.agent), "here": _is_here(request, device.session_key)}
        for device in devices.of(request.scope.officer)
    ]
    facts = {
        "apps": [each for each in factors if each.type == Authenticator.Type.TOTP],
        "keys": [each for each in factors if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": _codes_left(factors),
        "codes_all": mfa_settings.RECOVERY_CODE_COUNT,
        "pin": Pin.objects.filter(officer=request.scope.officer).first(),
        "devices": mine,
        "tokens": list(alive(now=now).filter(officer=request.scope.officer)),
        "strictness": asked,
        "idle": span(now - asked.idle, now),
        "may_wait": settings.SECOND_FACTOR_MAY_WAIT,
        "passkeys": host_for_passkeys(request),
    }
    return render(request, "accounts/own.html", facts)


def _is_here(request: HttpRequest, session_key: str) -> bool:
    return session_key == request.session.session_key


def _codes_left(factors: list[Authenticator]) -> int | None:
    codes = next((each for each in factors if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return len(codes.wrap().get_unused_codes()) if codes else None


@never_cache
@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """The page of somebody whose post needs a second factor and who has none yet: choose one."""
    return render(request, "accounts/enrol.html", {"passkeys": host_for_passkeys(request)})


class SetUpApp(totp_views.ActivateTOTPView):
    """An authenticator app, from its QR code or typed secret."""

    template_name = "accounts/app.html"

    def get_form_class(self) -> type[NewAppForm]:
        return NewAppForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Whoever just showed a code has passed the second factor in this session."""
        response: HttpResponse = super().form_valid(form)
        _written(self.request, "second_factor_added", "totp")
        return _passed(self.request, Authenticator.Type.TOTP, response)


class SetUpPasskey(webauthn_views.AddWebAuthnView):
    """A passkey of this phone or computer, or a key that is plugged in."""

    template_name = "accounts/passkey.html"

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "passwordless": True}

    def get_context_data(self, **words: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**words)
        found.setdefault("form", words.get("form") or self.get_form())
        return found | {"passkeys": host_for_passkeys(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _written(self.request, "second_factor_added", "webauthn")
        return _passed(self.request, Authenticator.Type.WEBAUTHN, response)


def _passed(request: HttpRequest, kind: str, response: HttpResponse) -> HttpResponse:
    newest = Authenticator.objects.filter(user=request.user, type=kind).latest("created_at")
    newest.user = request.user
    post_authentication(request, newest, reauthenticated=True)
    devices.rotate(request)
    return response


@never_cache
@login_required
@step_up
@require_http_methods(["GET", "POST"])
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an app or a passkey. The last one stays where the post needs it."""
    factor = get_object_or_404(Authenticator, pk=pk, user=request.user, type__in=FACTORS)
    others = Authenticator.objects.filter(user=request.user, type__in=FACTORS).exclude(pk=pk)
    needed = (
        strictness(request.scope.roles).second_factor
        and not settings.SECOND_FACTOR_MAY_WAIT
        and not others.exists()
    )
    if request.method == "POST" and not needed:
        delete_and_cleanup(request, factor)
        _written(request, "second_factor_removed", factor.type)
        messages.success(request, _("It is removed and opens nothing any more."))
        return redirect("mfa_index")
    return render(request, "accounts/remove_factor.html", {"factor": factor, "needed": needed})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; all other devices are signed out."""
    form = ChangePasswordForm(request.POST or None, user=request.scope.officer)
    if request.method == "POST" and form.is_valid():
        before = request.session.session_key
        form.save()
        update_session_auth_hash(request, request.scope.officer)
        devices.moved(request, before=before)
        devices.end_all(request.scope.officer, but=request.session.session_key)
        _written(request, "password_changed")
        messages.success(request, _("The password is changed. All other devices are signed out."))
        return redirect("mfa_index")
    return render(request, "accounts/password.html", {"form": form})


@never_cache
@login_required
@step_up
@require_http_methods(["GET", "POST"])
def change_pin(request: HttpRequest) -> HttpResponse:
    """A PIN of one's own, for those to whom the district gave one."""
    get_object_or_404(Pin, officer=request.user)
    form = NewPinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pins.choose(officer=request.scope.officer, pin=form.cleaned_data["pin2"], now=timezone.now())
        request.session.pop(CHOOSE_PIN, None)
        _written(request, "pin_changed")
        messages.success(request, _("The PIN is changed."))
        return redirect("home" if request.POST.get("first") else "mfa_index")
    facts = {"form": form, "first": CHOOSE_PIN in request.session or bool(request.POST.get("first"))}
    return render(request, "accounts/pin.html", facts)


@login_required
@require_POST
def end_device(request: HttpRequest) -> HttpResponse:
    """Sign out one of one's own devices, or all others; at once, also what is open there."""
    which = request.POST.get("device", "")
    others = [each for each in devices.of(request.scope.officer) if not _is_here(request, each.session_key)]
    ended = devices.end([each for each in others if which in ("all", each.public_id)])
    _written(request, "devices_signed_out", count=ended)
    if ended:
        messages.success(request, _("Signed out there."))
    return redirect("mfa_index")


@login_required
@require_POST
def end_programs(request: HttpRequest) -> HttpResponse:
    """End all tokens by which programs act in one's name."""
    _written(request, "tokens_ended", count=end_tokens(request.scope.officer))
    messages.success(
        request, _("Ended. A program that still needs one asks the administrator for a new one.")
    )
    return redirect("mfa_index")


def _written(request: HttpRequest, act: str, kind: str = "", count: int | None = None) -> None:
    detail: dict[str, Any] = {"kind": kind} if kind else {}
    if count is not None:
        detail["count"] = count
    officer = request.scope.officer.pk
    record(act, now=timezone.now(), officer_id=officer, subject="officer", ids=[officer], detail=detail)
