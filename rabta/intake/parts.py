"""Long messages that come in parts: each waits for the others, over restarts and whichever worker reads it.

Only pointers are kept: the bytes of a part stay sealed in the journal, and are opened again when the last one is
there, or when the rest does not come (`late`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rabta import keys
from rabta.channels.contract import Arrived, Ignored, Read
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.intake.contents import Incoming, Row, open_bodies
from rabta.intake.models import Journal

PATIENCE = timedelta(seconds=60)  # after the newest part; an emergency must not wait for a part that is lost
WAITS = "part of a longer message"
_LOCK = 727_225

KEEP = """
    INSERT INTO intake_part (account_id, digest, number, total, journal_id, position, received_at)
    SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::int[], %s::int[], %s::bigint[], %s::int[], %s::timestamptz[])
    ON CONFLICT DO NOTHING
"""
TAKE_WHOLE = """
    DELETE FROM intake_part WHERE (account_id, digest) IN (
      SELECT account_id, digest FROM intake_part
      WHERE (account_id, digest) IN (SELECT * FROM unnest(%s::bigint[], %s::bytea[]))
      GROUP BY account_id, digest HAVING count(*) = max(total))
    RETURNING account_id, digest, number, journal_id, position, received_at
"""
TAKE_LATE = """
    DELETE FROM intake_part WHERE (account_id, digest) IN (
      SELECT account_id, digest FROM intake_part GROUP BY account_id, digest HAVING max(received_at) < %s LIMIT 1)
    RETURNING account_id, digest, number, journal_id, position, received_at
"""
Group = tuple[int, bytes]
Place = tuple[int, int]  # journal row and position in it


def gather(items: Sequence[Incoming[Read]]) -> list[Incoming[Read]]:
    """The same items, each part replaced: the last one by the whole message, every other one by an `Ignored`.

    Two workers with parts of one message wait for each other, so that one of them sees all.
    """
    groups = {_place(one): _group(one) for one in items if _is_part(one)}
    if not groups:
        return list(items)
    parts = [one for one in items if _is_part(one)]
    _lock(groups.values())
    _keep(parts, groups)
    wanted = sorted(set(groups.values()))
    whole = _take(TAKE_WHOLE, [[g[0] for g in wanted], [g[1] for g in wanted]])
    last = {group: place for place, group in groups.items() if group in whole}
    at_hand = {_place(one): one for one in parts}
    found = []
    for one in items:
        place = _place(one)
        group = groups.get(place)
        if group is None:
            found.append(one)
        elif last.get(group) == place:
            found.append(_joined(one, whole[group], at_hand))
        else:
            item = Ignored(account=one.item.account, key=one.item.key, reason=WAITS)
            found.append(replace(one, item=item))
    return found


def late(now: datetime) -> Incoming[Arrived] | None:
    """One message whose missing parts do not come any more, as it is; its parts are let go. None when none waits.

    Call it within a transaction that carries its effects.
    """
    taken = _take(TAKE_LATE, [now - PATIENCE])
    for (account, _digest), rows in taken.items():
        first = Incoming(
            account=Account.objects.select_related("unit").get(pk=account),
            item=Ignored(account="", key="", reason=WAITS),
            journal_id=rows[-1][1],
            position=rows[-1][2],
            received_at=rows[-1][3],
        )
        return _joined(first, rows, {})
    return None


def _is_part(one: Incoming[Read]) -> bool:
    return (
        isinstance(one.item, Arrived)
        and one.item.part is not None
        and BY_KIND[one.account.channel].join is not None
    )


def _place(one: Incoming[Read]) -> Place:
    return one.journal_id, one.position


def _group(one: Incoming[Any]) -> Group:
    sender = one.item.sender
    return one.account.pk, keys.digest("part", f"{sender.scheme}:{sender.handle}:{one.item.part.group}")


def _lock(groups: Iterable[Group]) -> None:
    """Held until the transaction ends; in one order everywhere."""
    numbers = sorted({int.from_bytes(digest[:4], signed=True) for _account, digest in groups})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, n) FROM unnest(%s::int[]) AS n", [_LOCK, numbers])


def _keep(parts: Sequence[Incoming[Any]], groups: dict[Place, Group]) -> None:
    rows = [
        (*groups[_place(one)], one.item.part.number, one.item.part.total, *_place(one), one.received_at)
        for one in parts
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(column) for column in zip(*rows, strict=True)])


def _take(statement: str, values: list[Any]) -> dict[Group, list[tuple[int, int, int, datetime]]]:
    """Let go of the parts that the statement chooses; (number, journal row, position, time) of each by group."""
    found: dict[Group, list[tuple[int, int, int, datetime]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for account, digest, *rest in sorted(
            cursor.fetchall(), key=lambda row: (row[0], bytes(row[1]), row[2])
        ):
            found.setdefault((account, bytes(digest)), []).append(tuple(rest))
    return found


def _joined(
    one: Incoming[Any], rows: Sequence[tuple[int, int, int, datetime]], at_hand: dict[Place, Incoming[Read]]
) -> Incoming[Any]:
    """The message of these parts; it was received when its first part was."""
    channel = BY_KIND[one.account.channel]
    assert channel.join is not None
    missing = {journal for _number, journal, position, _at in rows if (journal, position) not in at_hand}
    opened = _read_again(missing, one.account.channel)
    parts = [
        at_hand[journal, position].item if (journal, position) in at_hand else opened[journal][position]
        for _number, journal, position, _at in rows
    ]
    item = channel.join([part for part in parts if isinstance(part, Arrived)])
    return replace(one, item=item, received_at=min(row[3] for row in rows))


def _read_again(journal_ids: set[int], channel: str) -> dict[int, list[Read]]:
    rows = [
        Row(
            id=row.pk,
            credential=row.credential_id,
            channel=BY_KIND[channel],
            key=row.key_id,
            received_at=row.received_at,
            sealed_body=bytes(row.sealed_body),
        )
        for row in Journal.objects.filter(pk__in=journal_ids)
    ]
    bodies = open_bodies(rows)
    return {row.id: BY_KIND[channel].read(bodies[row.id] or b"") for row in rows}
