"""The prices of an account on its page: a currency, and a table of one line for each kind and zone."""

from django import forms
from django.utils.translation import gettext as _

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.rules import prices


def add_prices(form: forms.Form | forms.ModelForm, *, account: Account) -> None:
    """Two more fields where the provider charges for anything."""
    channel = BY_KIND.get(account.channel)
    if channel is None or channel.tariff is None:
        return
    kept = prices.from_json(account.prices)
    kinds = ", ".join(f"{kind} ({label})" for kind, label in channel.tariff.kinds.items())
    plain = {"dir": "ltr", "spellcheck": "false"}
    form.fields["currency"] = forms.CharField(
        label=_("Currency of the prices"),
        required=False,
        max_length=3,
        initial=kept.currency,
        help_text=_("Three letters, such as PKR, INR or USD."),
        widget=forms.TextInput(attrs=plain),
    )
    form.fields["price_table"] = forms.CharField(
        label=_("Prices"),
        required=False,
        max_length=40_000,
        initial=prices.written(kept),
        help_text=_(
            "One a line: kind, how the number begins (* for every number), price of one. For example: "
            "%(kind)s 92 0.0054. Kinds: %(kinds)s. Empty: letters are counted without an amount."
        )
        % {"kind": next(iter(channel.tariff.kinds)), "kinds": kinds},
        widget=forms.Textarea(attrs=plain | {"rows": 5}),
    )


def read_prices(form: forms.Form | forms.ModelForm, *, account: Account) -> None:
    """What was entered onto the account, or an error that names the line."""
    channel = BY_KIND.get(account.channel)
    if channel is None or channel.tariff is None:
        return
    text, currency = form.cleaned_data.get("price_table", ""), form.cleaned_data.get("currency", "")
    try:
        read = prices.read(text, currency=currency.strip().upper(), kinds=channel.tariff.kinds)
    except prices.WrongPrice as wrong:
        if wrong.line:
            form.add_error("price_table", _("Line %(line)d can't be read.") % {"line": wrong.line})
        else:
            form.add_error("currency", _("Say the currency by its three letters."))
    else:
        account.prices = prices.to_json(read)
