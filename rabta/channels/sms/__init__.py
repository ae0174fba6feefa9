"""SMS over SMPP 3.4, by a process of its own (`rabta smpp`), and what all ways of SMS have in common.

`docs/channels/sms.md` has the sources. The register's channel knows what an SMS is; only the process holds
connections, and sends by a channel with those in it (`sending_over`).
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Channel, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.sms.binds import Binds
from rabta.channels.sms.checking import check
from rabta.channels.sms.fields import FIELDS, LIMITS, accepts, rate
from rabta.channels.sms.parts import join
from rabta.channels.sms.reading import count, read
from rabta.channels.sms.tariff import TARIFF


async def _nowhere(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    raise Trouble(TroubleCode.UNREACHABLE, "only `rabta smpp` holds connections", retry=True)


CHANNEL = Channel(
    kind="sms",
    label=_("SMS (SMPP)"),
    limits=LIMITS,
    fields=FIELDS,
    count=count,
    read=read,
    send=_nowhere,
    join=join,
    reached_at="sms:+{digits}",
    by_phone=True,
    forgeable=True,
    process="smpp",
    rate=rate,
    tariff=TARIFF,
    accepts=accepts,
    check=check,
    known_by=_("The number or short code, as the message centre writes it."),
    steps=(
        _(
            "Ask the provider for SMPP 3.4: host, port (with TLS where offered), system_id, password. Enter them here."
        ),
        _(
            "Ask how many connections you may hold and of which kind (trx, tx, rx), how many messages a second, and "
            "how many unanswered ones. One connection more than you use lets Test work beside the running ones."
        ),
        _(
            "Give the provider the address of the machine on which rabta smpp runs: most let in known addresses only."
        ),
        _(
            "Register the sender (number, short code or name). In India also the entity and the text of every "
            "template at the operator's DLT portal: enter their ids here."
        ),
        _("Ask how message ids are written in answers and in delivery receipts (decimal or hexadecimal)."),
        _(
            "Start rabta smpp (rabta up does) and press Test here. Then write an SMS to the number: it appears."
        ),
    ),
)


def sending_over(binds: Binds) -> Channel:
    """The channel of the process that holds these connections."""
    return replace(CHANNEL, send=binds.send, ready=binds.ready)
