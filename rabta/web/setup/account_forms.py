"""The forms of an account: what its channel asks, who holds it, how the public knows it."""

from typing import Any

from cryptography.fernet import InvalidToken
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.channels import accounts as register
from rabta.channels.contract import Channel
from rabta.channels.models import Account, Credential
from rabta.force.models import Post, Unit
from rabta.web.setup.pricing import add_prices, read_prices

NEW = ""


def _field(of: Any, *, required: bool, changing: bool) -> forms.Field:
    """A field of the channel as a field of the form; a secret is never shown again."""
    if of.choices:
        chosen = [
            (NEW, _("not changed") if changing else _("as usual: %(first)s") % {"first": of.choices[0][1]})
        ]
        return forms.ChoiceField(
            label=of.label, help_text=of.help, required=required, choices=chosen + list(of.choices)
        )
    plain = forms.Textarea(attrs={"rows": 5}) if of.lines else forms.TextInput()
    widget = forms.PasswordInput(attrs={"autocomplete": "off"}) if of.secret else plain
    widget.attrs |= {"dir": "ltr", "spellcheck": "false"}
    return forms.CharField(
        label=of.label,
        help_text=of.help,
        required=required,
        widget=widget,
        max_length=40_000 if of.lines else 4000,
    )


class Fields(forms.Form):
    """The channel's own fields."""

    def __init__(self, *args: Any, channel: Channel, changing: bool, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        for field in channel.fields:
            if fixed or not field.fixed:
                required = field.required and not changing
                self.fields[field.name] = _field(field, required=required, changing=changing)

    def values(self) -> dict[str, str]:
        """What was filled in of the channel's fields."""
        names = [field.name for field in self.channel.fields]
        return {
            name: self.cleaned_data[name].strip() for name in names if self.cleaned_data.get(name, "").strip()
        }

    def check(self, values: dict[str, str], *, external_ids: list[str], under: str = "") -> None:
        """Say at the field what can't work, before anybody is asked; with `under`, at that one."""
        try:
            register.check_fields(self.channel, values, external_ids=external_ids)
        except register.AccountError as error:
            known = error.field in self.fields
            at_fault = next((str(one.label) for one in self.channel.fields if one.name == error.field), "")
            if under and at_fault:
                self.add_error(under, f"{at_fault}: {error}")
            else:
                self.add_error(error.field if known else None, str(error))


class Secrets(Fields):
    """What may change of an app or login; what is left empty stays."""

    def __init__(self, *args: Any, credential: Credential, channel: Channel, fixed: bool) -> None:
        super().__init__(*args, channel=channel, changing=True, fixed=fixed)
        self.credential = credential

    def clean(self) -> dict[str, Any]:
        """All values as they would be, checked for each account of the app."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            ids = list(self.credential.accounts.values_list("external_id", flat=True))
            self.check(self.all_values(), external_ids=ids)
        return cleaned

    def all_values(self) -> dict[str, str]:
        """What was there with what was entered."""
        return opened(self.credential) | self.values()


def opened(credential: Credential) -> dict[str, str]:
    """The values of an app; none where its secrets can't be opened, and all have to be entered anew."""
    try:
        return register.open_values(credential.sealed_values)
    except InvalidToken:
        return {}


class NewAccount(Fields):
    """A new account, under an app that is known already or a new one."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As the public reads it in the list of genuine accounts."),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Held by"),
        queryset=Unit.objects.order_by("path"),
        empty_label=None,
        help_text=gettext_lazy("Its desk, or the nearest one above, reads what comes in."),
    )
    external_id = forms.CharField(
        label=gettext_lazy("Id of the account at the provider"),
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Number or address that people know"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    app = forms.ChoiceField(label=gettext_lazy("App at the provider"), required=False)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        known = Credential.objects.filter(channel=channel.kind).order_by("name")
        given = (args[0] or {}) if args else {}
        super().__init__(*args, channel=channel, changing=False, fixed=True, **kwargs)
        for field in channel.fields if given.get("app") else ():
            self.fields[field.name].required = False
        self.fields["external_id"].help_text = str(channel.known_by)
        if not channel.fields:  # our own form: there is no provider
            for name in ("external_id", "app", "address"):
                del self.fields[name]
        elif known:
            apps = [(str(app.pk), app.name) for app in known]
            self.fields["app"].choices = [(NEW, _("a new one, with these secrets")), *apps]
        else:
            del self.fields["app"]
        self.order_fields(["name", "unit", "external_id", "address", "app"])

    def clean(self) -> dict[str, Any]:
        """The fields of the channel, as they would be for this account."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.channel.fields and not self.errors:
            app = Credential.objects.filter(pk=cleaned["app"]).first() if cleaned.get("app") else None
            values, under = (opened(app), "app") if app else (self.values(), "")
            self.check(values, external_ids=[cleaned["external_id"].strip()], under=under)
        return cleaned


class Keeping(forms.ModelForm):
    """Who answers for an account, how the public knows it, and how long it may be silent."""

    class Meta:
        model = Account
        fields = ("holder", "address", "quiet_hours")
        labels = {
            "holder": gettext_lazy("Held by the post"),
            "address": gettext_lazy("Number or address that people know"),
            "quiet_hours": gettext_lazy("Alarm after so many hours of silence"),
        }
        help_texts = {
            "holder": gettext_lazy(
                "Whoever holds this post answers for the account: a transfer hands it over."
            ),
            "address": "",
            "quiet_hours": gettext_lazy("0: it may be silent for any time."),
        }
        widgets = {"address": forms.TextInput(attrs={"dir": "ltr"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Q(unit=self.instance.unit_id) | Q(unit__parent=self.instance.unit_id)
        posts = Post.objects.filter(near).select_related("unit").order_by("unit__path", "code")
        self.fields["holder"].queryset = posts  # type: ignore[attr-defined]
        self.fields["holder"].required = False
        add_prices(self, account=self.instance)

    def clean(self) -> dict[str, Any]:
        """The prices, read."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        read_prices(self, account=self.instance)
        return cleaned
