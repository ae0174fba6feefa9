"""The accounts that a relay sends for: what each needs, and how much it may send now."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken
from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

from rabta.channels.accounts import hook_at, open_values
from rabta.channels.contract import AccountFacts, Channel, Sent, Trouble, TroubleCode
from rabta.channels.templates import known
from rabta.outbox import claim
from rabta.outbox.composing import Templates
from rabta.outbox.lately import sent_lately
from rabta.outbox.rate import Bucket, Pairs
from rabta.rules.prices import Prices, from_json

log = logging.getLogger(__name__)

REST = 15.0  # seconds without trying, after the provider refused our token
_ACCOUNTS = """
SELECT a.id, a.credential_id, a.channel, a.external_id, a.paused, a.prices, c.sealed_values, c.hook
FROM channels_account a JOIN channels_credential c ON c.id = a.credential_id
WHERE a.channel = ANY (%s) ORDER BY a.id
"""
_TEMPLATES = """
SELECT name, language, state, components FROM channels_messagetemplate WHERE credential_id = %s
"""


@dataclass(kw_only=True)
class Line:
    """One account that this relay has the lease of."""

    account_id: int
    credential_id: int
    channel: Channel
    facts: AccountFacts
    paused: bool
    bucket: Bucket
    pairs: Pairs
    templates: Templates = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    in_flight: set[int] = field(default_factory=set)
    full: bool = False  # the last claim left letters behind
    rests_until: float = 0.0

    def room(self) -> int:
        """How many letters may be claimed now."""
        if self.paused or time.monotonic() < self.rests_until:
            return 0
        if self.channel.ready is not None and not self.channel.ready(self.facts):
            return 0
        # Enough for a provider that takes two seconds; one that hangs must not hold thousands.
        most = max(20, int(2 * self.bucket.rate))
        return max(0, min(self.bucket.available(), most - len(self.in_flight)))

    def learn(self, answer: Sent | Trouble) -> None:
        """Go slower when the provider says so."""
        code = answer.code if isinstance(answer, Trouble) else None
        if code == TroubleCode.BUSY:
            self.bucket.slow_down()
        elif code == TroubleCode.CREDENTIALS:
            self.rests_until = time.monotonic() + REST


class Lines:
    """The leased accounts. Rates outlive a lost connection; leases do not."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = {kind: channel for kind, channel in channels.items() if channel.send is not None}
        self._known: dict[int, Line] = {}
        self._leased: set[int] = set()

    def leased(self) -> list[Line]:
        """The accounts that this relay may send for."""
        return [self._known[account_id] for account_id in sorted(self._leased)]

    def lose_leases(self) -> None:
        """The connection broke."""
        self._leased.clear()

    async def refresh(self, connection: AsyncConnection) -> None:
        """Read the register of accounts, take the leases that are free, give back those of accounts that are gone."""
        cursor = connection.cursor(row_factory=namedtuple_row)
        rows: list[Any] = await (await cursor.execute(_ACCOUNTS, [list(self._channels)])).fetchall()
        for row in rows:
            facts = _facts(row)
            if facts is None or not (row.id in self._leased or await claim.lease(connection, row.id)):
                continue
            line = self._update(row, facts)
            if row.id not in self._leased:
                self._leased.add(row.id)
                windowed, now = line.channel.limits.windowed.values(), datetime.now(UTC)
                line.pairs.recall(await sent_lately(connection, row.id, limits=windowed, now=now))
                doubtful = await claim.doubt_abandoned(connection, row.id, ours=line.in_flight)
                log.info("Sending for account %s (%s in doubt from before)", row.id, doubtful)
        await self._read_templates(connection, rows)
        for account_id in self._leased - {row.id for row in rows}:
            await claim.release(connection, account_id)
            self._leased.discard(account_id)

    async def _read_templates(self, connection: AsyncConnection, rows: list[Any]) -> None:
        """What the provider has approved, for the accounts that need templates at all."""
        read: dict[int, Templates] = {}
        for row in rows:
            if row.id not in self._leased or self._channels[row.channel].templates is None:
                continue
            if row.credential_id not in read:
                cursor = await connection.execute(_TEMPLATES, [row.credential_id], prepare=True)
                read[row.credential_id] = known(await cursor.fetchall())
            self._known[row.id].templates = read[row.credential_id]

    def _update(self, row: Any, facts: AccountFacts) -> Line:
        line = self._known.get(row.id)
        if line is None:
            channel = self._channels[row.channel]
            line = self._known[row.id] = Line(
                account_id=row.id,
                credential_id=row.credential_id,
                channel=channel,
                facts=facts,
                paused=row.paused,
                bucket=Bucket(rate=_rate(channel, facts), clock=time.monotonic),
                pairs=Pairs.of(channel.limits, clock=time.monotonic),
            )
        if line.facts != facts:
            line.facts, line.rests_until = facts, 0.0
            line.bucket.rate = _rate(line.channel, facts)
        line.paused, line.prices = row.paused, from_json(row.prices)
        return line


def _rate(channel: Channel, facts: AccountFacts) -> float:
    return channel.rate(facts) if channel.rate is not None else channel.limits.per_second


def _facts(row: Any) -> AccountFacts | None:
    try:
        values = open_values(row.sealed_values)
        return AccountFacts(external_id=row.external_id, values=values, hook=hook_at(row.hook))
    except InvalidToken:
        log.error("The secrets of account %s can't be opened: was accounts.key replaced?", row.id)
        return None
