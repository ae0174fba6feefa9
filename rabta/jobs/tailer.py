"""Reads the events of cases in the order of their commits, and tells the web processes which cases changed.

One tailer at a time, by an advisory lock. Verbs only insert: a NOTIFY in their transactions would make every commit
wait for the one before. An event is read once no transaction of this database that began before its own is still open
(`SETTLED`), so that none is passed over; several go into one notification.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any

import psycopg
from django.db import connections

from rabta.audit.settled import SETTLED
from rabta.kit.changes import CHANNEL, REFRESH, Change, pack

PAUSE_SECONDS = 0.05
TAKE_OVER_SECONDS = 2.0
BATCH = 500
LOCK = 727_222_002
log = logging.getLogger(__name__)

_START = f"SELECT {SETTLED}::text, 0::bigint"
_NEXT = f"""
    SELECT e.tx::text, e.id, c.public_id, c.visible_to, c.hidden_from,
           ARRAY(SELECT o.post_id FROM cases_order o WHERE o.case_id = c.id) AS posts
    FROM cases_event e JOIN cases_case c ON c.id = e.case_id
    WHERE (e.tx, e.id) > (%s::xid8, %s) AND e.tx < {SETTLED}
    ORDER BY e.tx, e.id LIMIT %s
"""  # noqa: S608 - no value comes in here


@dataclass(frozen=True)
class Position:
    """The last event that was told: its transaction and its id."""

    tx: str
    id: int


def run(stop: Flag) -> None:
    """Tail until `stop`; raises psycopg.Error when the database goes away (call it again then)."""
    with psycopg.connect(**connection_settings(), autocommit=True) as database:
        while not stop.is_set():
            if _one("SELECT pg_try_advisory_lock(%s)", database, LOCK)[0]:
                _tail(database, stop)
            stop.wait(TAKE_OVER_SECONDS)


def _tail(database: psycopg.Connection[Any], stop: Flag) -> None:
    """From now on. Nobody knows what was missed before, so all pages load their lists anew."""
    position = Position(*_one(_START, database))
    tell(database, [REFRESH])
    log.info("tailer: reading events")
    while not stop.is_set():
        position, count = step(database, after=position)
        if count < BATCH:
            stop.wait(PAUSE_SECONDS)


def step(database: psycopg.Connection[Any], *, after: Position, limit: int = BATCH) -> tuple[Position, int]:
    """Tell the next events after a position; returns the new position and how many events that were."""
    with database.transaction():
        database.execute("SELECT set_config('rabta.system', 'live', true)")
        rows = database.execute(_NEXT, [after.tx, after.id, limit]).fetchall()
    if not rows:
        return after, 0
    tell(database, pack(changes(rows)))
    return Position(rows[-1][0], rows[-1][1]), len(rows)


def changes(rows: Iterable[tuple[str, int, str, list[int], list[int], list[int]]]) -> list[Change]:
    """One change for each case, whatever the number of its events."""
    found = {
        case: Change(case=case, units=frozenset(units), hidden=frozenset(hidden), posts=frozenset(posts))
        for _, _, case, units, hidden, posts in rows
    }
    return list(found.values())


def tell(database: psycopg.Connection[Any], texts: list[str]) -> None:
    """Send the texts to every web process, in one transaction."""
    database.execute("SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text", [CHANNEL, texts])


def connection_settings() -> dict[str, Any]:
    """Django's settings for a connection of one's own, without what is Django's own in them."""
    known = connections["default"].get_connection_params()
    return {name: value for name, value in known.items() if name not in ("cursor_factory", "context")}


def _one(query: str, database: psycopg.Connection[Any], *values: Any) -> tuple[Any, ...]:
    row = database.execute(query, values).fetchone()
    assert row is not None
    return tuple(row)
