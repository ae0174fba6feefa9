"""What operators charge for: each part of an SMS."""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Letter, Tariff
from rabta.channels.sms import coding


def _counted(account: AccountFacts, letter: Letter) -> tuple[str, int]:
    return "sms", len(coding.code(letter.text).parts)


TARIFF = Tariff(kinds={"sms": _("part of an SMS")}, counted=_counted)
