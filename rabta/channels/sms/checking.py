"""The test of an SMPP account: a connection of its own that binds, asks whether anybody is there, and says goodbye.

It only sends where the account may do that, so that nothing that comes in goes to the test instead of `rabta smpp`.
"""

import asyncio
import ssl

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.fields import WrongField
from rabta.channels.sms import errors
from rabta.channels.sms.fields import BINDS, Facts, read_facts
from rabta.channels.sms.link import BindRefused, Link, Lost
from rabta.channels.sms.pdu import Command, Status

_PREFERRED = ("tx", "trx", "rx")


async def check(session: Session, account: AccountFacts) -> str:
    """The name of the login. Raises Trouble: CREDENTIALS when it is refused, REFUSED when a field can't be used.

    A centre that allows no further connection knows us: that is an answer, too.
    """
    try:
        facts = read_facts(account.values)
    except WrongField as error:
        raise Trouble(TroubleCode.CREDENTIALS, f"the field {error}") from None
    try:
        await Link(facts, _bind(facts), _later, name=account.external_id).try_out()
    except BindRefused as refused:
        if refused.status != Status.ALREADY_BOUND:
            raise errors.trouble(refused.status) from None
    except (Lost, OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError) as error:
        reason = str(error) if isinstance(error, Lost) else type(error).__name__
        raise Trouble(TroubleCode.UNREACHABLE, reason, retry=True) from None
    return f"{facts.system_id} @ {facts.host}:{facts.port}"


def _bind(facts: Facts) -> Command:
    return next(BINDS[word] for word in _PREFERRED if BINDS[word] in facts.binds)


async def _later(_raw: bytes) -> int:
    """A message that comes to the test is asked to come again."""
    return Status.TRY_LATER
