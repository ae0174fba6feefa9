"""One letter to one provider, and what its answer means for the delivery."""

import asyncio
import logging
import random
from dataclasses import dataclass, replace
from datetime import datetime

import pyrage

from rabta import keys
from rabta.channels.contract import (
    AccountFacts,
    Channel,
    Letter,
    Sent,
    Session,
    Trouble,
    TroubleCode,
)
from rabta.files import store
from rabta.kit import crash
from rabta.outbox.charging import Counted, count
from rabta.outbox.claim import Claimed
from rabta.outbox.composing import Templates, compose
from rabta.outbox.models import Delivery
from rabta.outbox.receipts import provider_digest
from rabta.outbox.results import Result
from rabta.outbox.watching import TAKEN_BACK
from rabta.rules.prices import Prices
from rabta.rules.resending import EMERGENCY, USUAL, next_try

log = logging.getLogger(__name__)

LONGEST = 180.0  # seconds that a channel may take, uploads included; its own timeouts are shorter


@dataclass(frozen=True)
class Tried:
    """How one try ended, and what the provider charges for it."""

    answer: Sent | Trouble
    charge: Counted | None = None


async def try_once(
    claimed: Claimed,
    *,
    channel: Channel,
    session: Session,
    facts: AccountFacts,
    templates: Templates | None = None,
    prices: Prices | None = None,
) -> Tried:
    """Send one claimed letter; whatever goes wrong comes back as Trouble. `templates`: what the provider knows."""
    letter = await _composed(claimed, channel=channel, templates=templates or {})
    if isinstance(letter, Trouble):
        return Tried(letter)
    answer = await _sent(claimed, letter, channel=channel, session=session, facts=facts)
    if isinstance(answer, Trouble):
        return Tried(answer)
    return Tried(answer, count(letter, channel=channel, facts=facts, prices=prices or Prices()))


async def _composed(claimed: Claimed, *, channel: Channel, templates: Templates) -> Letter | Trouble:
    if claimed.form == "none":
        return Trouble(TroubleCode.WINDOW_CLOSED, "Free text is over, and there is no template.")
    try:
        return await compose(claimed, channel=channel, templates=templates)
    except Trouble as trouble:
        return trouble
    except (store.Damaged, OSError, pyrage.DecryptError, keys.KeyMissing) as error:
        log.error("Delivery %s can't be put together: %s", claimed.id, type(error).__name__)
        code = TroubleCode.MEDIA if claimed.file_id else TroubleCode.RECIPIENT
        return Trouble(code, "The address or the file can't be opened.")


async def _sent(
    claimed: Claimed, letter: Letter, *, channel: Channel, session: Session, facts: AccountFacts
) -> Sent | Trouble:
    try:
        assert channel.send is not None
        async with asyncio.timeout(LONGEST):
            sent = await channel.send(session, facts, letter)
    except Trouble as trouble:
        return trouble
    except Exception as error:  # noqa: BLE001 - nobody knows whether it left; its text may hold an address
        log.error("Delivery %s: %s in channel %s", claimed.id, type(error).__name__, channel.kind)
        return Trouble(TroubleCode.UNCERTAIN, type(error).__name__)
    crash.point("after_http_200")
    return sent


def result_of(
    claimed: Claimed, outcome: Tried, *, account_id: int, now: datetime, chance: float | None = None
) -> Result:
    """What the delivery becomes: sent, queued again, failed, or in doubt."""
    answer = outcome.answer
    tried = Result(
        delivery_id=claimed.id, attempt_id=claimed.attempt_id, account_id=account_id, state="", at=now
    )
    if isinstance(answer, Sent):
        digest = None  # a mark of reading has no id of its own
        if answer.provider_id:
            digest = provider_digest(account_id=account_id, provider_id=answer.provider_id)
        sent = Delivery.State.SENT.value
        return replace(tried, state=sent, provider_digest=digest, link=answer.link, charge=outcome.charge)
    tried = replace(tried, trouble=answer.code.value, detail=answer.text)
    if answer.code == TroubleCode.UNCERTAIN:
        return replace(tried, state=Delivery.State.IN_DOUBT.value)
    again = _again(claimed, answer, now, random.random() if chance is None else chance)
    if again is None and claimed.mark:  # nobody needs to hear of it
        return replace(tried, state=Delivery.State.FAILED.value, trouble=TAKEN_BACK)
    if again is None:
        return replace(tried, state=Delivery.State.FAILED.value)
    return replace(tried, state=Delivery.State.QUEUED.value, due_at=again)


def _again(claimed: Claimed, trouble: Trouble, now: datetime, chance: float) -> datetime | None:
    """When to try again; None when that can't help."""
    if trouble.code == TroubleCode.WINDOW_CLOSED:
        # The claim takes the template when the last try ended so.
        return now if claimed.form == "text" and claimed.template else None
    # A refused token is mended by an administrator, not by giving up every letter of the account.
    if not (trouble.retry or trouble.code == TroubleCode.CREDENTIALS):
        return None
    return next_try(
        patience=EMERGENCY if claimed.priority == Delivery.Priority.EMERGENCY else USUAL,
        attempts=claimed.attempts,
        queued_at=claimed.queued_at,
        now=now,
        chance=chance,
        after=trouble.after,
    )
