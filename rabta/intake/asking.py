"""What a provider is asked for: the whole of what a hook only pointed to, and whatever hooks did not bring.

The answers go into the journal like every other body, so an item that came before has no second effect.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Least

from rabta.channels.contract import Arrived, Ignored, Read
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.intake import journal
from rabta.intake.contents import Incoming, Row, open_bodies, read_bodies
from rabta.intake.models import Asking, Journal

EVERY = timedelta(minutes=10)
OVERLAP = timedelta(minutes=20)  # the provider shows some things later than it dates them
AT_FIRST = timedelta(hours=1)  # of an account that was connected just now

_CLAIM = """
    WITH due AS (
        INSERT INTO intake_asking (account_id, until, next_at, trouble)
        SELECT id, %(now)s - %(first)s, %(now)s, '' FROM channels_account
        WHERE channel = ANY(%(channels)s) AND NOT paused
        ON CONFLICT DO NOTHING
    )
    UPDATE intake_asking SET next_at = %(now)s + %(every)s FROM channels_account a
    WHERE a.id = account_id AND next_at <= %(now)s AND NOT a.paused AND a.channel = ANY(%(channels)s)
    RETURNING account_id
"""


def due(*, now: datetime) -> list[int]:
    """The accounts whose turn it is to be asked, each given to one caller only; a new one from the next call on."""
    channels = [kind for kind, channel in BY_KIND.items() if channel.poll]
    values: dict[str, Any] = {"now": now, "first": AT_FIRST, "every": EVERY, "channels": channels}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return [row[0] for row in cursor.fetchall()]


def since(account: Account, *, now: datetime) -> datetime:
    """From when on the account is asked: what came before is known."""
    found = Asking.objects.filter(account=account).values_list("until", flat=True).first()
    return (found or now - AT_FIRST) - OVERLAP


def take(account: Account, bodies: Iterable[bytes], *, began: datetime, now: datetime) -> None:
    """Put all the answers into the journal and remember that they go up to `began`, in the caller's transaction."""
    for body in bodies:
        journal.append(account.credential, body, now)
    Asking.objects.filter(account=account).update(until=began, trouble="")


def failed(account: Account, trouble: str, *, again_at: datetime) -> None:
    """Remember why the account could not be asked; the next time begins where the last good one ended."""
    Asking.objects.filter(account=account).update(trouble=trouble[:20], next_at=Least("next_at", again_at))


def troubles(account_ids: Iterable[int]) -> dict[int, str]:
    """Why accounts could not be asked the last time, by account; a word of `TroubleCode`."""
    rows = Asking.objects.filter(account__in=list(account_ids)).exclude(trouble="")
    return dict(rows.values_list("account_id", "trouble"))


def pointed_to(journal_id: int, position: int) -> tuple[Account, str] | None:
    """The account and the question (`ask`) of an item in the journal; None when there is none any more."""
    one = item_of(journal_id, position)
    if one is None or not isinstance(one.item, Ignored | Arrived) or not one.item.ask:
        return None
    return one.account, one.item.ask


def item_of(journal_id: int, position: int) -> Incoming[Read] | None:
    """An item of ours in the journal as it came; None when it is not there any more."""
    found = Journal.objects.select_related("credential").filter(pk=journal_id).first()
    if found is None or found.credential.channel not in BY_KIND:
        return None
    row = Row(
        id=found.pk,
        credential=found.credential_id,
        channel=BY_KIND[found.credential.channel],
        key=found.key_id,
        received_at=found.received_at,
        sealed_body=bytes(found.sealed_body),
    )
    items = read_bodies([row], open_bodies([row])).incoming
    return next((one for one in items if one.position == position), None)
