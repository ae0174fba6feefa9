"""Taking letters out of the queue: the lease on an account, and the claim that is committed before anything is sent.

Both live on one connection. When it breaks the leases are gone and no claim can succeed, so that two relays never
send for one account at the same time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import args_row, namedtuple_row

from rabta.channels.contract import Limits
from rabta.outbox.models import EVERY_PRIORITY
from rabta.outbox.rate import Pairs
from rabta.rules import window

_LEASES = 727_223  # class of our advisory locks; the object is the account's id

# One range of the index for each priority: letters that are due later cost nothing, however many they are.
_NEXT = f"""
SELECT d.id, d.address_digest, d.mark <> '' AS marks,
  coalesce(b.text, d.text) <> '' OR coalesce(b.file_id, d.file_id) IS NOT NULL AS has_text,
  coalesce(b.template, d.template) IS NOT NULL AS has_template,
  d.personal, d.public, d.trouble = 'window_closed' AS told_closed, w.last_in_at
FROM unnest({EVERY_PRIORITY}) AS wanted
CROSS JOIN LATERAL (
  SELECT * FROM outbox_delivery
  WHERE account_id = %(account)s AND state = 'queued' AND priority = wanted AND due_at <= %(now)s
  ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) AS d
LEFT JOIN outbox_window w ON w.account_id = d.account_id AND w.address_digest = d.address_digest
LEFT JOIN outbox_body b ON b.id = d.body_id
LIMIT %(limit)s
"""  # noqa: S608 - our own numbers
_HOLD = """
UPDATE outbox_delivery d SET due_at = held.due_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS held (id, due_at) WHERE d.id = held.id
"""
_CLAIM = """
WITH chosen AS (
  SELECT * FROM unnest(%(ids)s::bigint[], %(forms)s::text[]) WITH ORDINALITY AS chosen (id, form, position)
), claimed AS (
  UPDATE outbox_delivery SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
  WHERE id = ANY (%(ids)s::bigint[]) RETURNING *
), tried AS (
  INSERT INTO outbox_attempt (delivery_id, started_at, used_template, trouble, detail)
  SELECT id, %(now)s, form = 'template', '', '' FROM chosen RETURNING id, delivery_id
)
SELECT d.id, tried.id AS attempt_id, chosen.form, d.token, d.address_digest AS digest, d.number,
  coalesce(a.sealed, CASE WHEN NOT rabta_says_no(h.id) THEN h.address END) AS sealed,
  coalesce(b.text, d.text) AS text, coalesce(b.template, d.template) AS template,
  d.public, d.personal, coalesce(d.in_reply_to, q.sealed_id) AS in_reply_to,
  coalesce(b.buttons, d.buttons) AS buttons, d.mark,
  d.priority, d.queued_at, d.attempts, f.public_id AS file_id, f.kind AS file_kind, f.mime AS file_mime,
  o.name AS file_name, d.alt_text,
  d.public AND d.handle_id IS NULL AND d.address_id IS NULL AND d.number = '' AS own_post
FROM chosen JOIN claimed d USING (id) JOIN tried ON tried.delivery_id = d.id
LEFT JOIN people_handle h ON h.id = d.handle_id
LEFT JOIN outbox_address a ON a.id = d.address_id
LEFT JOIN outbox_body b ON b.id = d.body_id
LEFT JOIN files_storedfile o ON o.id = coalesce(b.file_id, d.file_id)
LEFT JOIN files_storedfile f ON f.id = coalesce(o.cleaned_id, o.id)
LEFT JOIN outbox_heard q ON q.id = d.answers_id
ORDER BY chosen.position
"""
_ABANDONED = """
UPDATE outbox_delivery SET state = CASE WHEN mark = '' THEN 'in_doubt' ELSE 'queued' END
WHERE account_id = %s AND state = 'sending' AND id <> ALL (%s::bigint[])
"""


class Claimed(NamedTuple):
    """A letter that this relay, and no other, is about to send: a row of the claim. `form` is text, late, template, or
    none."""

    id: int
    attempt_id: int
    form: str
    token: UUID
    digest: bytes
    number: str
    sealed: bytes | None
    text: str
    template: dict[str, Any] | None
    public: bool
    personal: bool
    in_reply_to: bytes | None
    buttons: list[dict[str, Any]]
    mark: str
    priority: int
    queued_at: datetime
    attempts: int
    file_id: str | None
    file_kind: str | None
    file_mime: str | None
    file_name: str | None
    alt_text: str
    own_post: bool


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one claim took, and whether it found as many as it asked for (so that more may wait)."""

    letters: list[Claimed]
    full: bool


async def lease(connection: AsyncConnection, account_id: int) -> bool:
    """Take the account for as long as this connection lives; False when another relay has it."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s, %s::int)", [_LEASES, account_id])
    row = await cursor.fetchone()
    return bool(row and row[0])


async def release(connection: AsyncConnection, account_id: int) -> None:
    """Leave the account to other relays."""
    await connection.execute("SELECT pg_advisory_unlock(%s, %s::int)", [_LEASES, account_id])


async def doubt_abandoned(connection: AsyncConnection, account_id: int, *, ours: Iterable[int]) -> int:
    """Letters that a dead relay was sending may be sent or not: mark them in doubt; returns how many."""
    cursor = await connection.execute(_ABANDONED, [account_id, list(ours)])
    return cursor.rowcount


async def claim(
    connection: AsyncConnection, account_id: int, *, limits: Limits, pairs: Pairs, most: int, now: datetime
) -> Claim:
    """Take up to `most` letters that are due, the most pressing first. Committed when this returns.

    Letters over the limit to one person stay in the queue until that limit allows them.
    """
    async with connection.transaction():
        cursor = connection.cursor(row_factory=namedtuple_row)
        values = {"account": account_id, "now": now, "limit": most}
        found: list[Any] = await (await cursor.execute(_NEXT, values, prepare=True)).fetchall()
        ids, forms = [], []
        held: dict[int, datetime] = {}
        for row in found:
            wait: timedelta | None = pairs.take(bytes(row.address_digest), public=row.public)
            if wait is None:
                ids.append(row.id)
                forms.append(_form(row, limits, now))
            else:
                held[row.id] = now + wait
        if held:
            await connection.execute(_HOLD, [list(held), list(held.values())])
        letters: list[Claimed] = []
        if ids:
            chosen = connection.cursor(row_factory=args_row(Claimed))
            await chosen.execute(_CLAIM, {"ids": ids, "forms": forms, "now": now}, prepare=True)
            letters = await chosen.fetchall()
    return Claim(letters=letters, full=len(found) == most)


def _form(row: Any, limits: Limits, now: datetime) -> str:
    """Text while it is allowed, and always in public or for a mark; an officer's own for longer; else the template."""
    if row.public or row.marks:
        return "text"
    if row.has_text and not row.told_closed:
        if window.is_open(last_in_at=row.last_in_at, window=limits.free_text_window, now=now):
            return "text"
        longer = limits.personal_window if row.personal else None
        if longer and window.is_open(last_in_at=row.last_in_at, window=longer, now=now):
            return "late"
    return "template" if row.has_template else "none"
