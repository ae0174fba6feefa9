"""Whoever owns the database server changes the record in a thousand ways; each is found, and its place is named.

The hand that tampers is the superuser's, with all triggers off. Half of the time it covers its traces: it computes
the hashes anew from its change on. Sometimes it even holds the key and signs anew; then a head kept elsewhere tells.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rabta import keys
from rabta.audit import heads, rows
from rabta.audit.rows import TABLES
from tests.audit import stage
from tests.audit.stage import Database
from tests.figures import Figure, measured

TRIES = measured(whole=1000, part=100)
ENTRIES = 30  # and as many events
EVENT_COLUMNS = {
    "case_id": "case_id + 1",
    "at": "at + interval '1 second'",
    "what": "what || 'x'",
    "officer_id": "officer_id + 1",
    "system_reason": "system_reason || 'x'",
    "data": """data || '{"y": 1}'""",
    "tx": "(tx::text::bigint + 1)::text::xid8",
    "post_id": "4",
}
RECORD_COLUMNS = {
    "at": "at - interval '1 microsecond'",
    "actor_officer": "NULL",
    "actor_post": "3",
    "act": "act || ' '",
    "subject": "'file'",
    "subject_ids": "'[8]'",
    "detail": "'{}'",
    "case_id": "case_id + 1",
    "system_reason": "'nobody'",
}
LINK_COLUMNS = ("content", "row_hash", "chain", "salt")
BLOCK_COLUMNS = {"chain": "sha256(chain)", "last": "last + 1", "at": "at + interval '1 day'", "key": "'0000'",
                 "signature": "sha512(signature)", "number": "number + 100", "event_id": "event_id + 1"}  # fmt: skip


@pytest.fixture(scope="module")
def sealed(django_db_setup: None) -> Iterator[Database]:
    """A record of sixty rows in about ten blocks."""
    with stage.database(f"tamper_{os.getpid()}") as inside:
        stage.write(inside, count=ENTRIES)
        stage.seal(inside, limit=7)
        yield inside


def edit_row(database: Database, chance: random.Random) -> None:
    """One field of one row."""
    table, columns = chance.choice([("cases_event", EVENT_COLUMNS), ("audit_record", RECORD_COLUMNS)])
    column = chance.choice(list(columns))
    done = database.execute(
        f"UPDATE {table} SET {column} = {columns[column]} WHERE id = %s", [chance.randint(1, ENTRIES)]
    )
    assert done.rowcount == 1


def delete_row(database: Database, chance: random.Random) -> None:
    table = chance.choice(TABLES).name
    database.execute(f"DELETE FROM {table} WHERE id = %s", [chance.randint(1, ENTRIES)])


def truncate_rows(database: Database, chance: random.Random) -> None:
    """The newest rows; their links stay."""
    table = chance.choice(TABLES).name
    database.execute(f"DELETE FROM {table} WHERE id > %s", [chance.randint(0, ENTRIES - 1)])


def swap_rows(database: Database, chance: random.Random) -> None:
    """Two rows change their ids."""
    table = chance.choice(TABLES).name
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        database.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [new, old])


def insert_row(database: Database, chance: random.Random) -> None:
    """A row among those that were sealed long ago: with a transaction of then."""
    table = chance.choice(TABLES).name
    columns = (
        "at, act, subject, subject_ids, detail, system_reason" if table == "audit_record" else
        "at, what, case_id, data, system_reason"
    )  # fmt: skip
    database.execute(
        f"INSERT INTO {table} ({columns}, tx) SELECT {columns}, tx FROM {table} WHERE id = %s",
        [chance.randint(1, ENTRIES)],
    )


def edit_link(database: Database, chance: random.Random) -> None:
    column = chance.choice(LINK_COLUMNS)
    database.execute(
        f"UPDATE audit_link SET {column} = sha256({column}) WHERE position = %s",
        [chance.randint(1, 2 * ENTRIES)],
    )


def delete_link(database: Database, chance: random.Random) -> None:
    database.execute("DELETE FROM audit_link WHERE position = %s", [chance.randint(1, 2 * ENTRIES)])


def swap_links(database: Database, chance: random.Random) -> None:
    """Two entries change places."""
    one, other = chance.sample(range(1, 2 * ENTRIES + 1), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        database.execute("UPDATE audit_link SET position = %s WHERE position = %s", [new, old])


def insert_link(database: Database, chance: random.Random) -> None:
    """An entry for a row that does not exist, after the end or with the number of another."""
    position = 2 * ENTRIES + chance.randint(1, 3)
    database.execute(
        "INSERT INTO audit_link SELECT %s, source, row + 1000, salt, content, row_hash, chain FROM audit_link"
        " WHERE position = %s",
        [position, chance.randint(1, 2 * ENTRIES)],
    )


def truncate_links(database: Database, chance: random.Random) -> None:
    """The end of the chain, with its blocks or without."""
    last = chance.randint(0, 2 * ENTRIES - 1)
    database.execute("DELETE FROM audit_link WHERE position > %s", [last])
    if chance.random() < 0.5:
        database.execute("DELETE FROM audit_block WHERE last > %s", [last])


def edit_block(database: Database, chance: random.Random) -> None:
    column = chance.choice(list(BLOCK_COLUMNS))
    numbers = [row[0] for row in database.execute("SELECT number FROM audit_block").fetchall()]
    database.execute(
        f"UPDATE audit_block SET {column} = {BLOCK_COLUMNS[column]} WHERE number = %s",
        [chance.choice(numbers)],
    )


def delete_block(database: Database, chance: random.Random) -> None:
    numbers = [row[0] for row in database.execute("SELECT number FROM audit_block").fetchall()]
    database.execute("DELETE FROM audit_block WHERE number = %s", [chance.choice(numbers)])


def cut_off(database: Database, chance: random.Random) -> None:
    """Everything that came last is gone, neatly: rows, links and blocks. Only a head elsewhere knows."""
    blocks = database.execute("SELECT number, last FROM audit_block ORDER BY number").fetchall()
    number, last = chance.choice(blocks[:-1])
    for table in TABLES:
        database.execute(
            f"DELETE FROM {table.name} WHERE id IN"
            " (SELECT row FROM audit_link WHERE source = %s AND position > %s)",
            [table.source, last],
        )
    database.execute("DELETE FROM audit_link WHERE position > %s", [last])
    database.execute("DELETE FROM audit_block WHERE number > %s", [number])


Tamper = Callable[[Database, random.Random], None]
WAYS: tuple[Tamper, ...] = (
    edit_row, delete_row, truncate_rows, swap_rows, insert_row, edit_link, delete_link, swap_links, insert_link,
    truncate_links, edit_block, delete_block, cut_off,
)  # fmt: skip
WITHOUT_TRACE = (edit_row, delete_row, swap_rows, delete_link, swap_links, edit_link)


def cover(database: Database, *, key: bool) -> None:
    """Number the links anew, and compute every hash from what the rows say now; with the key, sign anew too."""
    database.execute(
        "DELETE FROM audit_link l WHERE NOT EXISTS (SELECT 1 FROM audit_record r WHERE l.source = 0 AND r.id = l.row)"
        " AND NOT EXISTS (SELECT 1 FROM cases_event e WHERE l.source = 1 AND e.id = l.row)"
    )
    old = database.execute("SELECT position, source, row FROM audit_link ORDER BY position").fetchall()
    chain, chains = rows.START, [rows.START]
    for position, (before, source, row) in enumerate(old, 1):
        table = TABLES[source]
        query = f"SELECT ARRAY[{table.frame}], {table.content} FROM {table.name} r WHERE id = %s"
        ((frame, text),) = database.execute(query, [row]).fetchall()
        content = rows.content_hash(text, salt=b"new")
        whole = rows.row_hash(frame, content)
        chain = rows.chained(chain, position=position, source=source, row=row, row_hash=whole)
        chains.append(chain)
        database.execute(
            "UPDATE audit_link SET position = %s, salt = 'new', content = %s, row_hash = %s, chain = %s"
            " WHERE position = %s",
            [position, content, whole, chain, before],
        )
    blocks = database.execute(
        "SELECT number, last, at, record_tx, record_id, event_tx, event_id FROM audit_block ORDER BY number"
    ).fetchall()
    signing, _ = keys.signer("sealer")
    for number, last, at, *read in blocks:
        last = min(last, len(old))
        words = rows.signed_words(number=number, last=last, chain=chains[last], at=at, read=tuple(read))
        database.execute(
            "UPDATE audit_block SET last = %s, chain = %s WHERE number = %s", [last, chains[last], number]
        )
        if key:
            database.execute(
                "UPDATE audit_block SET signature = %s WHERE number = %s", [signing.sign(words), number]
            )


@contextmanager
def undone(database: Database) -> Iterator[None]:
    """What is done inside is taken back."""
    with database.transaction(force_rollback=True):
        yield


@pytest.mark.security
def test_a_thousand_ways_to_tamper_are_all_found(sealed: Database, figure: Figure) -> None:
    kept = heads.newest(sealed)
    assert kept is not None and stage.verify(sealed, heads=[kept]).problem is None
    chance, tried, missed = random.Random(20260301), Counter[str](), []
    for n in range(TRIES):
        way = WAYS[n % len(WAYS)]
        covers = way in WITHOUT_TRACE and chance.random() < 0.5
        signs = covers and chance.random() < 0.5
        name = f"{way.__name__}{', traces covered' * covers}{', signed anew' * signs}"
        with undone(sealed):
            before = state(sealed)
            way(sealed, chance)
            if covers:
                cover(sealed, key=signs)
            assert state(sealed) != before, f"{name} changed nothing"
            # Only what was cut off or signed anew needs a head; all else is found in the database alone.
            needs_head = signs or way in (cut_off, truncate_links)
            if stage.verify(sealed, heads=[kept] if needs_head else []).problem is None:
                missed.append(name)
        tried[name] += 1
    found = tried.total() - len(missed)
    figure("ways of tampering with the record that were found", f"{found} of {TRIES}", f"{TRIES} of {TRIES}")
    assert not missed and tried.total() == TRIES and len(tried) > len(WAYS)
    assert stage.verify(sealed, heads=[kept]).problem is None


def state(database: Database) -> list[tuple[object, ...]]:
    """All rows, as texts."""
    return [
        database.execute(f"SELECT array_agg(t::text ORDER BY t::text) FROM {name} t").fetchone() or ()
        for name in ("audit_record", "cases_event", "audit_link", "audit_block")
    ]


def test_the_place_is_named(sealed: Database) -> None:
    with undone(sealed):
        sealed.execute("UPDATE cases_event SET what = 'closed!' WHERE id = 11")
        ((position,),) = sealed.execute(
            "SELECT position FROM audit_link WHERE source = 1 AND row = 11"
        ).fetchall()
        problem = stage.verify(sealed).problem
        assert problem is not None and problem.position == position
        assert str(problem) == f"at position {position}: row 11 of cases_event was changed"


def test_with_triggers_on_the_owner_of_the_tables_changes_nothing(sealed: Database) -> None:
    sealed.execute("SET session_replication_role = origin")
    sealed.execute("SET ROLE rabta_migrate")
    try:
        for words in (
            "UPDATE audit_record SET act = 'x'", "DELETE FROM audit_link", "UPDATE audit_link SET row = 1",
            "UPDATE audit_block SET number = 1", "DELETE FROM cases_event",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                sealed.execute(words)
        with undone(sealed):
            sealed.execute("UPDATE audit_link SET salt = NULL WHERE position = 1")  # an erasure may
    finally:
        sealed.execute("RESET ROLE")
        sealed.execute("SET session_replication_role = replica")
    assert stage.verify(sealed).problem is None
