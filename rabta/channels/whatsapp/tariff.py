"""What WhatsApp charges for: messages by category, told with their receipts."""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Letter, Tariff


def _counted(account: AccountFacts, letter: Letter) -> tuple[str, int]:
    return "", 0 if letter.mark_read else 1


TARIFF = Tariff(
    kinds={
        "marketing": _("marketing template"),
        "utility": _("utility template"),
        "authentication": _("authentication template"),
        "service": _("free text"),
    },
    counted=_counted,
)
