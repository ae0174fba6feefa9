"""The page behind the first-administrator link."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rabta.force import setup


class FirstAdministrator(forms.Form):
    """What a force needs to begin."""

    force = forms.CharField(label=_("Name of the force"), max_length=120)
    name = forms.CharField(label=_("Your name"), max_length=120)
    username = forms.SlugField(
        label=_("User name"), max_length=60, help_text=_("Small letters, digits and hyphens.")
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput, help_text=_("At least 10 characters.")
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password)
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from None
        return password


def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Show and take the form; the link is dead once it was used."""
    if not setup.is_good(token):
        raise Http404
    form = FirstAdministrator(request.POST or None)
    if request.method == "POST" and form.is_valid():
        setup.create_force(**form.cleaned_data, today=timezone.localdate())
        return redirect("login")
    return render(request, "setup/first.html", {"form": form}, status=400 if form.errors else 200)
