"""Asking providers: for the whole of what a hook only pointed to, and for what hooks did not bring."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction

from rabta.channels import reach
from rabta.channels.accounts import facts
from rabta.channels.contract import Session, Trouble
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.intake import asking, journal

log = logging.getLogger(__name__)
R = TypeVar("R")
AGAIN = timedelta(minutes=1)  # after a failure; the whole turn would leave the account marked so long
LONGEST = 300.0  # seconds for all the pages of one account


def complete(journal_id: int, position: int, *, now: datetime) -> None:
    """Ask what an item of the journal points to, and put the answer into the journal. Safe to repeat.

    Raises Trouble when trying again can help; what the provider has no longer stays as it is.
    """
    with system("asking a provider"):
        found = asking.pointed_to(journal_id, position)
        account = found and Account.objects.select_related("credential").get(pk=found[0].pk)
    if not found or not account:
        return
    ask, told = BY_KIND[account.channel].complete, facts(account)
    if ask is None:
        return
    try:
        body = _asked(lambda session: ask(session, told, found[1]))
    except Trouble as trouble:
        if trouble.retry:
            raise
        log.info("An item of journal %s can't be completed: %s", journal_id, trouble.code)
        return
    if body:
        with system("asking a provider"):
            journal.append(account.credential, body, now)


def catch_up(account_id: int, *, now: datetime) -> None:
    """Ask an account for what came since the last time, and put it into the journal."""
    with system("asking a provider"):
        account = Account.objects.select_related("credential").filter(pk=account_id, paused=False).first()
        start = asking.since(account, now=now) if account else now
    poll = BY_KIND[account.channel].poll if account else None
    if account is None or poll is None:
        return
    told = facts(account)

    async def all_bodies(session: Session) -> list[bytes]:
        async with asyncio.timeout(LONGEST):
            return [body async for body in poll(session, told, start)]

    try:
        bodies = _asked(all_bodies)
    except (Trouble, TimeoutError) as trouble:
        code = trouble.code.value if isinstance(trouble, Trouble) else "unreachable"
        log.warning("Account %s could not be asked: %s", account_id, code)
        with system("asking a provider"):
            asking.failed(account, code, again_at=now + AGAIN)
        return
    with system("asking a provider"), transaction.atomic():
        asking.take(account, bodies, began=now, now=now)


def _asked(work: Callable[[Session], Awaitable[R]]) -> R:
    """Do this with a session of its own."""

    async def run() -> R:
        async with reach.new_session() as session:
            return await work(session)

    return asyncio.run(run())
