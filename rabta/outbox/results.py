"""Writing down what became of the letters that were sent, as many at once as have gathered meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.utils import timezone
from psycopg import AsyncConnection

from rabta.kit import crash
from rabta.outbox.charging import Counted

NOTHING = Counted(kind="", zone="", units=0, amount=None, currency="")
log = logging.getLogger(__name__)

# A receipt may have come before our own word: its state stays. What was sent is sent, even if an operator has put the
# letter back into the queue meanwhile or another relay holds it for doubtful. An attempt ends once: storing a batch
# again, because the answer to the first time was lost, changes nothing.
# The pulse of an account knows only of troubles that are the account's own, not one person's or one letter's.
_STORE = """
WITH result AS (
  SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::text[], %s::bytea[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::numeric[], %s::text[],
    %s::date[])
    AS result (id, attempt_id, state, at, due_at, trouble, detail, provider_digest, account_id, link, kind, zone,
      units, amount, currency, day)
), changed AS MATERIALIZED (  -- each is locked once, in order: within the update all were locked for each result
  SELECT r.*, d.state IN ('sending', 'in_doubt') OR (d.state = 'queued' AND r.state = 'sent') AS ours
  FROM result r JOIN outbox_attempt a ON a.id = r.attempt_id AND a.ended_at IS NULL
  JOIN outbox_delivery d ON d.id = r.id ORDER BY r.id FOR UPDATE OF d
), pulse AS (
  INSERT INTO outbox_pulse AS p (account_id, sent_at, trouble_at, trouble, trouble_text)
  SELECT account_id, max(at) FILTER (WHERE state = 'sent'), max(at) FILTER (WHERE general),
    coalesce((array_agg(trouble ORDER BY at DESC) FILTER (WHERE general))[1], ''),
    coalesce((array_agg(detail ORDER BY at DESC) FILTER (WHERE general))[1], '')
  FROM (SELECT *, trouble IN ('busy', 'unreachable', 'credentials') AS general FROM result) AS r
  GROUP BY account_id ORDER BY account_id
  ON CONFLICT (account_id) DO UPDATE SET
    sent_at = greatest(p.sent_at, excluded.sent_at),
    trouble_at = greatest(p.trouble_at, excluded.trouble_at),
    trouble = CASE WHEN excluded.trouble <> '' THEN excluded.trouble ELSE p.trouble END,
    trouble_text = CASE WHEN excluded.trouble <> '' THEN excluded.trouble_text ELSE p.trouble_text END
), charge AS (
  INSERT INTO outbox_charge (delivery_id, attempt, account_id, unit_id, day, kind, zone, units, amount, currency)
  SELECT r.id, r.attempt_id, r.account_id, a.unit_id, r.day, r.kind, r.zone, r.units, r.amount, r.currency
  FROM result r JOIN channels_account a ON a.id = r.account_id
  WHERE r.units > 0 AND NOT EXISTS (SELECT 1 FROM outbox_charge c WHERE c.delivery_id = r.id AND c.attempt IS NULL)
  ON CONFLICT (attempt) DO NOTHING
), attempt AS (
  UPDATE outbox_attempt a SET ended_at = r.at, trouble = r.trouble, detail = r.detail
  FROM result r WHERE a.id = r.attempt_id AND a.ended_at IS NULL
)
UPDATE outbox_delivery d SET
  state = CASE WHEN ours THEN r.state ELSE d.state END,
  due_at = CASE WHEN ours THEN coalesce(r.due_at, d.due_at) ELSE d.due_at END,
  trouble = CASE WHEN ours THEN r.trouble ELSE d.trouble END,
  trouble_text = CASE WHEN ours THEN r.detail ELSE d.trouble_text END,
  failed_at = CASE WHEN ours AND r.state = 'failed' THEN r.at ELSE d.failed_at END,
  link = CASE WHEN r.link <> '' THEN r.link ELSE d.link END,
  sent_at = CASE WHEN r.state = 'sent' THEN coalesce(d.sent_at, r.at) ELSE d.sent_at END,
  provider_digest = coalesce(r.provider_digest, d.provider_digest)
FROM changed r WHERE d.id = r.id
"""


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one try ended: the delivery's new state, and when it is due again if it goes back into the queue."""

    delivery_id: int
    attempt_id: int
    account_id: int
    state: str
    at: datetime
    due_at: datetime | None = None
    trouble: str = ""
    detail: str = ""
    provider_digest: bytes | None = None
    link: str = ""
    charge: Counted | None = None


class Writer:
    """Stores results in the order in which they come; keeps them until the database has them."""

    def __init__(self, connect: Callable[[], Awaitable[AsyncConnection]]) -> None:
        self._connect = connect
        self._waiting: list[Result] = []
        self._news = asyncio.Event()
        self._closing = False

    def add(self, result: Result) -> None:
        """Store this soon."""
        self._waiting.append(result)
        self._news.set()

    def close(self) -> None:
        """Let `run` return once everything is stored."""
        self._closing = True
        self._news.set()

    async def run(self) -> None:
        """Store what comes until closed. While the database is away, results wait and are tried again."""
        connection: AsyncConnection | None = None
        pause = 0.05
        try:
            while self._waiting or not self._closing:
                if not self._waiting:
                    self._news.clear()
                    await self._news.wait()
                    continue
                batch = self._waiting[:500]
                crash.point("before_result")
                try:
                    connection = connection or await self._connect()
                    await store(connection, batch)
                except psycopg.OperationalError as error:
                    log.warning("Results can't be stored (%s), trying again", type(error).__name__)
                    await _dispose(connection)
                    connection = None
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5)
                    continue
                del self._waiting[: len(batch)]
                pause = 0.05
        finally:
            await _dispose(connection)


async def store(connection: AsyncConnection, results: list[Result]) -> None:
    """Write these results in one statement. A delivery is at most once among them: it is claimed anew only after."""
    columns = [
        [r.delivery_id for r in results],
        [r.attempt_id for r in results],
        [r.state for r in results],
        [r.at for r in results],
        [r.due_at for r in results],
        [r.trouble for r in results],
        [r.detail.replace("\0", "")[:300] for r in results],
        [r.provider_digest for r in results],
        [r.account_id for r in results],
        [r.link[:300] for r in results],
        *_charges(results),
    ]
    await connection.execute(_STORE, columns, prepare=True)


def _charges(results: list[Result]) -> list[list[Any]]:
    """The columns of what was charged; without units there is nothing."""
    counted = [(r.charge or NOTHING, r.at) for r in results]
    return [
        [charge.kind for charge, _at in counted],
        [charge.zone for charge, _at in counted],
        [charge.units for charge, _at in counted],
        [charge.amount for charge, _at in counted],
        [charge.currency for charge, _at in counted],
        [timezone.localdate(at) for _charge, at in counted],
    ]


async def _dispose(connection: AsyncConnection | None) -> None:
    if connection is not None:
        await connection.close()
