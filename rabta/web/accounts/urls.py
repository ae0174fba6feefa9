"""Signing in and out, an officer's own sign-in, helping others, the first page of each role, and the language.

Names that begin with `account_` or `mfa_` are those by which allauth looks for its pages.
"""

from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.cache import never_cache

from rabta.web.accounts import confirm, help, links, own, views
from rabta.web.accounts.step_up import View, step_up

sign_in = views.SignIn.as_view()


def guarded(view: View) -> View:
    """For whoever signed in and proved it again just now."""
    return never_cache(login_required(step_up(view)))


urlpatterns = [
    path("home/", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("login/", sign_in, name="login"),
    path("login/", sign_in, name="account_login"),
    path("login/code/", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("login/passkey/", LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path("login/phone/", links.ask, name="phone_sign_in"),
    path("login/phone/<str:token>/", links.use, name="phone_link"),
    path("login/password/<str:token>/", help.password_link, name="password_link"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/", own.own, name="mfa_index"),
    path("account/confirm/", never_cache(confirm.Confirm.as_view()), name="account_reauthenticate"),
    path("account/second-factor/", own.second_factor, name="account_second_factor"),
    path("account/app/", guarded(own.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("account/passkey/", guarded(own.SetUpPasskey.as_view()), name="mfa_add_webauthn"),
    path("account/factor/<int:pk>/remove/", own.remove_factor, name="account_remove_factor"),
    path(
        "account/codes/",
        guarded(codes.ViewRecoveryCodesView.as_view(template_name="accounts/codes.html")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/codes/new/",
        guarded(codes.GenerateRecoveryCodesView.as_view(template_name="accounts/codes_new.html")),
        name="mfa_generate_recovery_codes",
    ),
    path("account/password/", own.change_password, name="account_change_password"),
    path("account/pin/", own.change_pin, name="account_pin"),
    path("account/devices/end/", own.end_device, name="account_end_device"),
    path("account/programs/end/", own.end_programs, name="account_end_programs"),
    path("officers/sign-in/", help.officers, name="sign_in_help"),
    path("officers/sign-in/<slug:public_id>/", help.officer, name="sign_in_help_officer"),
]
