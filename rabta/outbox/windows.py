"""When people last wrote to an account: for a while after that they may be sent free text."""

from collections.abc import Iterable
from datetime import datetime, timedelta

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


def move(account_ids: Iterable[int], old: bytes, new: bytes) -> None:
    """Whoever wrote from one address has another now: the window goes with him."""
    rows = Window.objects.filter(account__in=list(account_ids), address_digest=old)
    wrote([(row.account_id, new, row.last_in_at) for row in rows])


def open_until(
    account: Account, digest: bytes, limits: Limits | None = None, *, personal: bool = False
) -> datetime | None:
    """Until when free text may be sent (perhaps past already); None when they never wrote.

    `personal`: what an officer writes, which some channels take for longer. Ask `limits.free_text_window` first: a
    channel without one has no end, and None is given for it too.
    """
    length = window_length(limits or BY_KIND[account.channel].limits, personal=personal)
    if length is None:
        return None
    last = (
        Window.objects.filter(account=account, address_digest=digest)
        .values_list("last_in_at", flat=True)
        .first()
    )
    return window.closes_at(last_in_at=last, window=length)


def written_to(digest: bytes, *, channel: str, now: datetime) -> Account | None:
    """The account of a channel that this person wrote to last, where free text may be sent by it now; else None."""
    length = BY_KIND[channel].limits.free_text_window if channel in BY_KIND else None
    if length is None:
        return None
    rows = Window.objects.filter(
        address_digest=digest, account__channel=channel, account__paused=False, last_in_at__gt=now - length
    )
    last = rows.select_related("account").order_by("-last_in_at", "account_id").first()
    return last.account if last else None


def window_length(limits: Limits, *, personal: bool) -> timedelta | None:
    """How long free text may be sent after a person's last message; None where there is no such rule."""
    if limits.free_text_window is None or not personal:
        return limits.free_text_window
    return limits.personal_window or limits.free_text_window
