"""What is said of an account that does not work, and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.rules.accounts import Finding


@dataclass(frozen=True)
class Words:
    """A short label, what to do, and how bad it is (`bad`, `warn`)."""

    label: str | Promise
    advice: str | Promise
    tone: str


WORDS = {
    Finding.REFUSED: Words(
        _("The provider refuses our token"),
        _("Nothing leaves here until an administrator enters a new one. What waits goes out by itself then."),
        "bad",
    ),
    Finding.CUT_OFF: Words(
        _("Its connection is down"),
        _(
            "Nothing comes in here. Does this machine reach the provider, and does the process run that keeps the "
            "connection (rabta smpp, or the worker for mailboxes)? Its log says why."
        ),
        "bad",
    ),
    Finding.NOT_SENDING: Words(
        _("Messages wait and nobody sends them"),
        _("Is the relay running? Look at its log and at rabta check."),
        "bad",
    ),
    Finding.SILENT: Words(
        _("Nothing has come in for too long"),
        _("Write to this account yourself. If it does not arrive, look at the provider's page of the hook."),
        "bad",
    ),
    Finding.FAILING: Words(
        _("The last attempt went wrong"),
        _("It is tried again by itself."),
        "warn",
    ),
    Finding.PAUSED: Words(
        _("Paused"),
        _("Messages are received and kept; nothing is sent until somebody uses it again."),
        "warn",
    ),
    Finding.LEFT: Words(
        _("Messages need a person"),
        _("They failed, or may have been sent: decide on the page Intake."),
        "warn",
    ),
}
