"""SMS over SMPP 3.4, by a process of its own (`rabta smpp`), and what all ways of SMS have in common.

`docs/channels/sms.md` has the sources. The register's channel knows what an SMS is; only the process holds
connections, and sends by a channel with those in it (`sending_over`).
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Channel, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.sms.binds import Binds
from rabta.channels.sms.fields import FIELDS, LIMITS, rate
from rabta.channels.sms.parts import join
from rabta.channels.sms.reading import count, read


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
    by_phone=True,
    process="smpp",
    rate=rate,
)


def sending_over(binds: Binds) -> Channel:
    """The channel of the process that holds these connections."""
    return replace(CHANNEL, send=binds.send, ready=binds.ready)
