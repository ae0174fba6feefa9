"""Signing in, the first page of each role, and the language of the pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rabta.force.access import Permission
from rabta.web.middleware import LANGUAGE_COOKIE

# The first that an officer may do decides where the day begins.
FIRST_PAGES = (
    (Permission.HANDLE_CASES, "desk"),
    (Permission.SUPERVISE, "supervisor"),
    (Permission.WORK_ORDERS, "officer"),
    (Permission.SEE_INTAKE, "desk_intake"),
)


class SignInForm(AuthenticationForm):
    """User name and password, with the help that browsers and password managers need."""

    error_messages = {
        "invalid_login": _("User name and password do not belong together. Check both and try again."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs |= {
            "dir": "ltr",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password", "dir": "ltr"}
        )


class SignIn(LoginView):
    """Sign in; the pages then speak the officer's own language."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        return _remember(response, form.get_user().language)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send the officer to the page of the role; without a posting, say so."""
    for permission, page in FIRST_PAGES:
        if request.scope.has(permission):
            return redirect(page)
    return render(request, "accounts/no_posting.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language, or the script for Urdu; an officer's choice is kept with the officer."""
    chosen = request.POST.get("language", "")
    response = redirect(_back(request))
    if chosen in dict(settings.LANGUAGES):
        _remember(response, chosen)
    _keep(request, chosen, request.POST.get("nastaliq", ""))
    return response


def _keep(request: HttpRequest, chosen: str, nastaliq: str) -> None:
    if not request.user.is_authenticated:
        return
    officer, fields = request.user, []
    if chosen in dict(settings.LANGUAGES):
        officer.language, fields = chosen, ["language"]
    if nastaliq in ("0", "1"):
        officer.nastaliq, fields = nastaliq == "1", [*fields, "nastaliq"]
    if fields:
        officer.save(update_fields=fields)


def _back(request: HttpRequest) -> str:
    """The page the choice was made on; never another site."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else "/"


def _remember(response: HttpResponse, code: str) -> HttpResponse:
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response
