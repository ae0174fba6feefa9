"""Asking providers for their templates, and handing new ones in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from rabta.channels import reach, templates
from rabta.channels.accounts import facts
from rabta.channels.contract import AccountFacts, Channel, Session, Trouble
from rabta.channels.models import Account, MessageTemplate
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.replying import needed

log = logging.getLogger(__name__)
T = TypeVar("T")
REASON = "keeping templates"


def refresh_all(*, now: datetime) -> None:
    """Ask for every credential whose channel has templates. One that fails is logged; the others go on."""
    for credential_id in _first_accounts():
        try:
            refresh(credential_id, now=now)
        except Trouble as trouble:
            log.warning("templates of credential %s can't be had: %s", credential_id, trouble.code)


def _first_accounts() -> dict[int, Account]:
    """One account for each credential that has templates and knows its business."""
    kinds = [kind for kind, channel in BY_KIND.items() if channel.templates]
    with system(REASON):
        rows = Account.objects.filter(channel__in=kinds).select_related("credential").order_by("-id")
        return {row.credential_id: row for row in rows if facts(row).values.get("business_account")}


def refresh(credential_id: int, *, now: datetime) -> bool:
    """Make the register say what the provider says. False when there is nothing to ask. Raises Trouble."""
    account = _first_accounts().get(credential_id)
    if account is None:
        return False
    channel, known = BY_KIND[account.channel], facts(account)
    assert channel.templates is not None
    listed = _with_session(lambda session: _list(channel, session, known))
    with system(REASON):
        templates.store(credential_id=credential_id, facts=listed, now=now)
    return True


async def _list(channel: Channel, session: Session, known: AccountFacts) -> Any:
    assert channel.templates is not None
    return await channel.templates(session, known)


def submit(template_id: int, *, now: datetime) -> None:
    """Hand one in that a page has marked for it; the row then says what the provider made of it. Safe to repeat."""
    with system(REASON):
        row = MessageTemplate.objects.filter(pk=template_id, state=MessageTemplate.State.SUBMITTING).first()
    account = _first_accounts().get(row.credential_id) if row else None
    draft = needed.find(name=row.name, language=row.language) if row else None
    if row is None or account is None or draft is None:
        return
    channel, known = BY_KIND[account.channel], facts(account)
    assert channel.submit is not None
    try:
        given = channel.submit
        made = _with_session(lambda session: given(session, known, draft))
    except Trouble as trouble:
        if trouble.retry:
            raise
        _write(row, state=MessageTemplate.State.REJECTED, reason=trouble.text[:300], now=now)
        return
    row.components, row.category = [dict(part) for part in made.components], made.category
    _write(row, state=made.state or MessageTemplate.State.PENDING, reason="", now=now)


def _write(row: MessageTemplate, *, state: str, reason: str, now: datetime) -> None:
    """Unless a hook was quicker."""
    row.state, row.reason, row.changed_at, row.seen_at = state, reason, now, now
    with system(REASON):
        if MessageTemplate.objects.filter(pk=row.pk, state=MessageTemplate.State.SUBMITTING).exists():
            row.save()


def _with_session(work: Callable[[Session], Awaitable[T]]) -> T:
    async def run() -> T:
        async with reach.new_session() as session:
            return await work(session)

    return asyncio.run(run())
