"""A record to seal and to tamper with: entries and events in a database of the test's own."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from rabta import embedded, keys
from rabta.audit import checking, sealing
from rabta.audit.settled import SETTLED
from rabta.commands.database import create_database
from tests.conftest import HOME
from tests.ground_server import TEMPLATE

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Database = psycopg.Connection[Any]


@contextmanager
def database(name: str) -> Iterator[Database]:
    """A clone of the migrated template, as superuser with triggers off: whoever owns the server can do this."""
    with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        create_database(admin, name, template=TEMPLATE)
        with psycopg.connect(embedded.dsn(HOME, database=name), autocommit=True) as inside:
            inside.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
            yield inside
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def empty(database: Database) -> None:
    """Begin anew."""
    tables = "audit_record, cases_event, audit_link, audit_block, audit_head, audit_verification"
    database.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def write(database: Database, *, count: int, seed: int = 1) -> None:
    """`count` entries and as many events, in transactions of one to five rows."""
    chance = random.Random(seed)
    left = count
    while left > 0:
        some = min(left, chance.randint(1, 5))
        with database.transaction():
            for n in range(some):
                at = NOW + timedelta(seconds=count - left + n)
                add_record(database, at=at, chance=chance)
                add_event(database, at=at, chance=chance)
        left -= some


def add_record(database: Database, *, at: datetime, chance: random.Random) -> None:
    database.execute(
        "INSERT INTO audit_record (at, actor_officer, system_reason, act, subject, subject_ids, detail, case_id)"
        " VALUES (%s, %s, '', %s, 'case', %s::jsonb, %s::jsonb, %s)",
        [at, chance.randint(1, 9), chance.choice(["looked", "original", "signed_in"]), "[7]", '{"a": 1}', 7],
    )


def add_event(database: Database, *, at: datetime, chance: random.Random) -> None:
    database.execute(
        "INSERT INTO cases_event (case_id, at, what, officer_id, system_reason, data)"
        " VALUES (%s, %s, %s, %s, '', %s::jsonb)",
        [
            chance.randint(1, 5),
            at,
            chance.choice(["opened", "closed"]),
            3,
            f'{{"n": {chance.randint(1, 99)}}}',
        ],
    )


_WAITING = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE tx >= {SETTLED} AND tx < pg_snapshot_xmax(pg_current_snapshot())"
    for table in ("audit_record", "cases_event")
)


def settle(database: Database) -> None:
    """Wait for older transactions: one that just ends in another test's database still counts as ours."""
    until = time.monotonic() + 30
    while database.execute(_WAITING).fetchone():
        assert time.monotonic() < until, "an older transaction stayed open for thirty seconds"
        time.sleep(0.005)


def seal(database: Database, *, limit: int = sealing.BATCH, now: datetime = NOW) -> int:
    """Seal all that waits, in blocks of at most `limit`; returns how many rows.

    A step that finds nothing may have met the end of another test's transaction: the second such step is the last.
    """
    total, found_nothing = 0, 0
    while found_nothing < 2:
        settle(database)
        count = sealing.step(database, now=now, limit=limit)
        found_nothing += count == 0
        total += count
    return total


def verify(database: Database, **more: Any) -> checking.Findings:
    """What the checker finds."""
    return checking.verify(database, public_keys=keys.verifiers("sealer"), **more)
