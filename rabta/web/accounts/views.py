"""Signing in, the first page of each role, and the language of the pages."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rabta.force.access import Permission
from rabta.web.accounts.forms import SecondFactorForm, SignInForm
from rabta.web.accounts.passkeys import host_for_passkeys
from rabta.web.middleware import remember_language

# The first that an officer may do decides where the day begins.
FIRST_PAGES = (
    (Permission.HANDLE_CASES, "desk"),
    (Permission.SUPERVISE, "supervisor"),
    (Permission.WORK_ORDERS, "officer"),
    (Permission.ADMINISTER, "setup"),
    (Permission.SEE_INTAKE, "desk_intake"),
)


class SignIn(account_views.LoginView):
    """User name and password, or a passkey; then the second factor of whoever has one."""

    form_class = SignInForm
    template_name = "registration/login.html"

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **words: object) -> dict[str, object]:
        found: dict[str, object] = super().get_context_data(**words)
        return found | {"passkeys": host_for_passkeys(self.request)}


class SecondFactor(mfa_views.AuthenticateView):
    """A code or a passkey, after the password."""

    form_class = SecondFactorForm
    template_name = "accounts/second_factor.html"

    def get_context_data(self, **words: object) -> dict[str, object]:
        found: dict[str, object] = super().get_context_data(**words)
        types = Authenticator.objects.filter(user_id=self.stage.login.user.pk).values_list("type", flat=True)
        return found | {"types": set(types), "passkeys": host_for_passkeys(self.request)}


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
    response = redirect(safe_page(request, request.POST.get("next", "")) or "/")
    if chosen in dict(settings.LANGUAGES):
        remember_language(response, chosen)
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


def safe_page(request: HttpRequest, target: str) -> str:
    """The page when it is one of ours, otherwise nothing."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else ""
