"""Over which kind of account an officer wants to be told on the telephone."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND


class Way(models.TextChoices):
    NEAREST = "nearest", _("the account nearest to my unit")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")


def of_way(accounts: Iterable[Account], way: str) -> list[Account]:
    """Those of the accounts that go this way; all of them when none was chosen."""
    if way == Way.NEAREST:
        return list(accounts)
    return [one for one in accounts if BY_KIND[one.channel].forgeable == (way == Way.SMS)]
