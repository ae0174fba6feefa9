"""Edits, revocations and reactions that are read before the message they belong to: each waits for it.

Only pointers are kept, as of parts (`rabta.intake.parts`): the bytes stay sealed in the journal, and are opened again
when the message is there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rabta.channels.contract import Changed
from rabta.channels.registry import BY_KIND
from rabta.intake.contents import Incoming, Row, open_bodies, read_bodies
from rabta.intake.models import Journal
from rabta.outbox import receipts

KEPT = timedelta(days=8)  # providers repeat for a week at most; what has no message by then never will

_KEEP = """
    INSERT INTO intake_early (account_id, digest, sent_digest, journal_id, position, received_at)
    SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bigint[], %s::int[], %s::timestamptz[])
    ON CONFLICT DO NOTHING
"""
_TAKE = """
    DELETE FROM intake_early WHERE (account_id, digest) IN (SELECT * FROM unnest(%s::bigint[], %s::bytea[]))
    RETURNING received_at, journal_id, position
"""
_TAKE_KNOWN = """
    DELETE FROM intake_early WHERE EXISTS (
      SELECT 1 FROM cases_message WHERE cases_message.provider_digest = intake_early.digest)
    OR EXISTS (
      SELECT 1 FROM outbox_delivery JOIN cases_message ON cases_message.delivery_id = outbox_delivery.id
      WHERE outbox_delivery.provider_digest = intake_early.sent_digest)
    RETURNING received_at, journal_id, position
"""


def keep(early: Iterable[tuple[bytes, Incoming[Changed]]]) -> None:
    """Let these wait, each with the digest of the message that it belongs to. One statement, or none."""
    rows = [
        (one.account.pk, digest, _sent_digest(one), one.journal_id, one.position, one.received_at)
        for digest, one in early
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])


def _sent_digest(one: Incoming[Changed]) -> bytes | None:
    """What a letter of ours would be found by: only reactions are to those."""
    if one.item.what != "reaction":
        return None
    return receipts.provider_digest(account_id=one.account.pk, provider_id=one.item.provider_id)


def take(messages: Iterable[tuple[int, bytes]]) -> list[Incoming[Changed]]:
    """What waited for these messages (account id, digest), in the order in which it came; it waits no more.

    One statement, or none.
    """
    wanted = sorted(set(messages))
    if not wanted:
        return []
    return _read_again(_TAKE, [[account for account, _d in wanted], [digest for _a, digest in wanted]])


def take_known() -> list[Incoming[Changed]]:
    """What waits for messages that are in the register: another worker had them in hand when it was read, or the
    relay had not stored the id of our letter yet."""
    return _read_again(_TAKE_KNOWN, [])


def forget(*, now: datetime) -> int:
    """Let go of what waited in vain; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM intake_early WHERE received_at < %s", [now - KEPT])
        return cursor.rowcount


def _read_again(statement: str, values: Sequence[Any]) -> list[Incoming[Changed]]:
    """The changes at the places that the statement returns. Those whose data key was destroyed since are left out."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        places = [(journal_id, position) for _at, journal_id, position in sorted(cursor.fetchall())]
    if not places:
        return []
    found = Journal.objects.filter(pk__in={journal_id for journal_id, _position in places})
    rows = [
        Row(
            id=row.pk,
            credential=row.credential_id,
            channel=BY_KIND[row.credential.channel],
            key=row.key_id,
            received_at=row.received_at,
            sealed_body=bytes(row.sealed_body),
        )
        for row in found.exclude(key__sealed_key=b"").select_related("credential")
    ]
    items = read_bodies(rows, open_bodies(rows)).incoming
    by_place: dict[tuple[int, int], Any] = {
        (one.journal_id, one.position): one for one in items if isinstance(one.item, Changed)
    }
    return [by_place[place] for place in places if place in by_place]
