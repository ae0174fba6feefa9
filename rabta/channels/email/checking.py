"""The test button: log in where messages come in and where they go out, and say which of the two fails."""

import asyncio

from rabta.channels.contract import AccountFacts, Session, Trouble
from rabta.channels.email.fields import Facts, usable
from rabta.channels.email.inbox import Inbox
from rabta.channels.email.sending import connected, hang_up


async def check(session: Session, account: AccountFacts) -> str:
    """The mailbox and the server that sends. Raises Trouble, whose text begins with IMAP or SMTP."""
    facts = usable(account.values)
    await asyncio.to_thread(_open, facts)
    try:
        client = await connected(facts, name=account.external_id)
    except Trouble as trouble:
        raise Trouble(trouble.code, f"SMTP: {trouble.text}", retry=trouble.retry) from None
    await hang_up(client, client.transport)
    return f"{facts.username}, {facts.folder}; {facts.smtp.host}"


def _open(facts: Facts) -> None:
    with Inbox(facts):
        pass
