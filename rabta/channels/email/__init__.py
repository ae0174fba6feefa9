"""E-mail: a mailbox over IMAP, which the worker watches, and letters over SMTP. `docs/channels/email.md`."""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Channel
from rabta.channels.email.checking import check
from rabta.channels.email.fields import FIELDS, LIMITS, accepts, read_facts
from rabta.channels.email.reading import count, read, within
from rabta.channels.email.sending import send
from rabta.channels.fields import WrongField


def rate(account: AccountFacts) -> int:
    """Letters a second."""
    try:
        return read_facts(account.values).per_second
    except WrongField:
        return LIMITS.per_second


CHANNEL = Channel(
    kind="email",
    label=_("E-mail"),
    reached_at="mailto:{name}",
    limits=LIMITS,
    fields=FIELDS,
    count=count,
    read=read,
    send=send,
    within=within,
    threads=True,
    rate=rate,
    accepts=accepts,
    check=check,
    forgeable=True,
    known_by=_("The e-mail address itself."),
    steps=(
        _("Make a mailbox for the desk at your mail provider, and allow access over IMAP and SMTP for it."),
        _(
            "Enter its address as the id of the account. Further addresses that arrive in the same mailbox are "
            "further accounts under the same login."
        ),
        _(
            "With Google or Microsoft, register an application that may use the mailbox, and enter its client id, "
            "client secret and refresh token here. Elsewhere a password or an app password is enough."
        ),
        _(
            "See to it that SPF, DKIM and DMARC of your domain allow this server to send, else letters are taken for "
            "unwanted ones."
        ),
        _(
            "Enter the name that your own server writes first in the line Authentication-Results of what it receives."
        ),
        _("Press Test here. Then write an e-mail from a private account: it appears at the desk."),
    ),
)
