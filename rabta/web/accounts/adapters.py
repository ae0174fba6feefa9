"""What allauth asks us: who visits, how tries are counted, what is said, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rabta import keys
from rabta.people.openings import held_by
from rabta.web.accounts import known, step_up
from rabta.web.middleware import remember_language
from rabta.web.visitor import address_of

# allauth names what happened by a template; these are our words for it. Everything else goes without saying.
WORDS = {
    "account/messages/password_changed.txt": _("The password is changed. All other devices are signed out."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is set up."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}


class Accounts(DefaultAccountAdapter):
    """Signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Wrong user name or password."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, then try again. If you forgot your password, ask the"
            " administrator of the force."
        ),
        "account_under_fire": _(
            "Somebody typed wrong passwords for this user name again and again. A passkey, a link to your phone and"
            " every browser in which you signed in before still let you in; elsewhere wait one hour."
        ),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The current password is wrong."),
        "incorrect_code": _("The code is wrong. Wait for the next one and try again."),
        "rate_limited": _("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "unknown"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before anything is looked up: the account may or may not exist, the answer is the same.

        A browser that the officer signed in with before has a count of its own.
        """
        account = credentials.get("username", "").lower()
        before = known.of(request, account=account)
        counts = (
            ("login_failed", f"{account} from {address_of(request)}", "too_many_login_attempts"),
            ("login_account", account, "account_under_fire"),
        )
        self._counted = []
        for action, key, words in (
            [("login_known", f"{account} in {before}", "too_many_login_attempts")] if before else counts
        ):
            usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if usage is None:
                raise self.validation_error(words)
            self._counted.append(usage)

    def _rollback_login_failed_rl_usage(self) -> None:
        """A right password counts for nothing."""
        for usage in self._counted:
            usage.rollback()

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        found = self.authenticate(context.request, username=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: Any, **words: Any) -> HttpResponse:
        """The pages then speak the officer's own language, and ring for a keyholder (`vault/ringing.js`)."""
        response = super().post_login(request, user, **words)
        request.session["rings"] = held_by(user.pk) is not None
        known.mark(request, response, account=user.get_username())
        return remember_language(response, user.language)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A closed account looks like none. (A password does not come so far: the backend refuses it.)"""
        messages.error(request, str(self.error_messages["incorrect_code"]))
        return redirect("login")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or WORDS.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said), extra_tags=extra_tags)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page, which asks for the strongest thing that the officer has."""
        if not user.is_authenticated:
            return []
        return [{"id": "confirm", "description": "", "url": reverse("account_reauthenticate")}]

    def is_reauthentication_required(self, *, app: str, **_words: Any) -> bool:
        return not step_up.is_fresh(context.request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class SecondFactors(DefaultMFAAdapter):
    """Codes and passkeys. Their secrets are kept under the sign-in key, which lies outside the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong. Wait for the next one and try again."),
        "cannot_delete_authenticator": _("Your post needs a second factor. Set up another one first."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return keys.fernet("sign_in").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys.fernet("sign_in").decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Rabta"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}
