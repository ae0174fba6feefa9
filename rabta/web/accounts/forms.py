"""What is typed at the sign-in."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from rabta.force.models import Officer
from rabta.force.tokens import end_tokens

USER_NAME = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"}
DIGITS = {"dir": "ltr", "inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
REMEMBER_CODES = 5 * 60  # longer than any code of an authenticator app is valid


def password_field(label: Any, *, new: bool = False, help_text: Any = "") -> forms.CharField:
    """A field for a password, as password managers know it."""
    name = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": name, "dir": "ltr"})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(label=_("User name"), max_length=60, widget=forms.TextInput(attrs=USER_NAME))
    password = password_field(_("Password"))

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.officer: Officer | None = None

    def clean(self) -> dict[str, Any]:
        """Who it is; one sentence for a wrong password, an unknown name and a closed account."""
        typed = super().clean() or {}
        if not self.errors:
            adapter = get_adapter(self.request)
            self.officer = adapter.authenticate(self.request, **self.credentials())
            if self.officer is None:
                raise adapter.validation_error("username_password_mismatch")
        return typed

    def credentials(self) -> dict[str, str]:
        """What Django's backend checks."""
        return {
            "username": self.cleaned_data["username"].strip().lower(),
            "password": self.cleaned_data["password"],
        }

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on: to the second factor when there is one, else in."""
        login = Login(user=self.officer, redirect_url=redirect_url)
        return flows.login.perform_password_login(request, self.credentials(), login)


class CodeForm:
    """A code of an authenticator app is good once, also while the next one would still be let through."""

    fields: Any
    user: Officer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _(
            "Six digits from the authenticator app, or one of your recovery codes."
        )
        self.fields["code"].widget = forms.TextInput(attrs=DIGITS)

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        plain = "".join(filter(str.isalnum, code))
        if not cache.add(f"used-code:{self.user.pk}:{plain}", 1, REMEMBER_CODES):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(CodeForm, mfa_forms.AuthenticateForm):
    """The code at the sign-in."""


class ConfirmCodeForm(CodeForm, mfa_forms.ReauthenticateForm):
    """The code before a sensitive act."""


class ConfirmPasswordForm(account_forms.ReauthenticateForm):
    """The password before a sensitive act, of somebody without a second factor."""

    password = password_field(_("Password"))


class NewAppForm(ActivateTOTPForm):
    """The first code of a new authenticator app. Until it comes the app's key lies in the session, sealed."""

    def __init__(self, *args: Any, user: Officer, **kwargs: Any) -> None:
        super(ActivateTOTPForm, self).__init__(*args, **kwargs)  # its own would keep the key as it is
        self.user = user
        session = context.request.session
        if not self.is_bound or totp.SECRET_SESSION_KEY not in session:
            session[totp.SECRET_SESSION_KEY] = encrypt(totp.generate_totp_secret())
        self.secret = decrypt(session[totp.SECRET_SESSION_KEY])


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password1 = password_field(
        _("New password"),
        new=True,
        help_text=_("Ten characters or more. Three or four words that only you put together are good."),
    )
    password2 = password_field(_("The new password again"), new=True)

    def __init__(self, *args: Any, user: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password2(self) -> str:
        """Both are the same, and good enough."""
        one, two = self.cleaned_data.get("password1", ""), self.cleaned_data["password2"]
        if one and one != two:
            raise forms.ValidationError(_("The two do not match. Type both again."))
        password_validation.validate_password(two, self.user)
        return str(two)

    def save(self) -> None:
        """Set it. Whatever else opened in this officer's name ends: tokens of the API too."""
        self.user.set_password(self.cleaned_data["password2"])
        self.user.save(update_fields=["password"])
        end_tokens(self.user)


class ChangePasswordForm(NewPasswordForm):
    """The present password is asked too, whatever was proved before."""

    oldpassword = password_field(_("Present password"))
    field_order = ("oldpassword", "password1", "password2")

    def clean_oldpassword(self) -> str:
        """Counted like a try to sign in."""
        typed = str(self.cleaned_data["oldpassword"])
        if not get_adapter().reauthenticate(self.user, typed):
            raise get_adapter().validation_error("enter_current_password")
        return typed


class PhoneForm(forms.Form):
    """The number that the force has of an officer."""

    number = forms.CharField(
        label=_("Your mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("The number that the force has of you."),
    )


six_digits = RegexValidator(r"^[0-9]{6}$", _("A PIN has six digits."))


def pin_field(label: Any, *, new: bool = False) -> forms.CharField:
    """Six digits, hidden."""
    name = "new-password" if new else "current-password"
    attrs = {"dir": "ltr", "inputmode": "numeric", "autocomplete": name, "maxlength": "6"}
    return forms.CharField(label=label, validators=[six_digits], widget=forms.PasswordInput(attrs=attrs))


class PinForm(forms.Form):
    """The PIN that goes with a link."""

    pin = pin_field(_("PIN"))


class NewPinForm(forms.Form):
    """A PIN of one's own, twice."""

    pin1 = pin_field(_("New PIN"), new=True)
    pin2 = pin_field(_("The new PIN again"), new=True)

    def clean_pin2(self) -> str:
        """Both are the same, and not what a thief tries first."""
        one, two = self.cleaned_data.get("pin1", ""), str(self.cleaned_data["pin2"])
        if one and one != two:
            raise forms.ValidationError(_("The two do not match. Type both again."))
        if len(set(two)) < 3 or two in "01234567890" or two in "09876543210":
            raise forms.ValidationError(_("This PIN is too easy to guess. Choose other digits."))
        return two
