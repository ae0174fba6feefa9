"""What an account sent lately, so that a limit within some time holds over a restart of the relay."""

from collections.abc import Iterable
from datetime import datetime

from psycopg import AsyncConnection

from rabta.channels.contract import Windowed

# Attempts are in the order of their claims: the walk backwards ends at the first that is too old.
_LATELY = """
SELECT d.public, extract(epoch FROM %(now)s - a.started_at)::float
FROM outbox_attempt a JOIN outbox_delivery d ON d.id = a.delivery_id
WHERE d.account_id = %(account)s AND a.started_at > %(since)s
  AND a.id > coalesce((SELECT id FROM outbox_attempt WHERE started_at <= %(since)s ORDER BY id DESC LIMIT 1), 0)
ORDER BY a.id
"""


async def sent_lately(
    connection: AsyncConnection, account_id: int, *, limits: Iterable[Windowed], now: datetime
) -> list[tuple[str, float]]:
    """Each letter that was tried within the longest of these times: its kind, and how many seconds ago."""
    longest = max((limit.within for limit in limits), default=None)
    if longest is None:
        return []
    values = {"account": account_id, "now": now, "since": now - longest}
    cursor = await connection.execute(_LATELY, values)
    return [("public" if public else "private", ago) for public, ago in await cursor.fetchall()]
