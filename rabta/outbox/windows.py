"""When people last wrote to an account: for a while after that they may be sent free text."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from rabta.channels.contract import Limits
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.outbox.models import Window
from rabta.rules import window

_WROTE = """
INSERT INTO outbox_window (account_id, address_digest, last_in_at)
SELECT account_id, address_digest, max(at)
FROM unnest(%s::bigint[], %s::bytea[], %s::timestamptz[]) AS wrote (account_id, address_digest, at)
GROUP BY account_id, address_digest
ORDER BY account_id, address_digest
ON CONFLICT (account_id, address_digest)
DO UPDATE SET last_in_at = excluded.last_in_at WHERE outbox_window.last_in_at < excluded.last_in_at
"""  # sorted, so that two workers never wait for each other in a circle


def wrote(pairs: Iterable[tuple[int, bytes, datetime]]) -> None:
    """Note that people wrote: (account's id, digest of their address, when). The latest time is kept."""
    rows = list(pairs)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WROTE, [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]])


def open_until(account: Account, digest: bytes, limits: Limits | None = None) -> datetime | None:
    """Until when free text may be sent (perhaps past already); None when they never wrote.

    Ask `limits.free_text_window` first: a channel without one has no end, and None is given for it too.
    """
    limits = limits or BY_KIND[account.channel].limits
    if limits.free_text_window is None:
        return None
    last = (
        Window.objects.filter(account=account, address_digest=digest)
        .values_list("last_in_at", flat=True)
        .first()
    )
    return window.closes_at(last_in_at=last, window=limits.free_text_window)
