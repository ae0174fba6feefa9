"""The sealer: links the rows of the record in the order of their commits, and signs the end of the chain.

Verbs only insert. One sealer at a time (`LOCK`) comes after them, about each second: it takes rows whose transaction is
older than every one of this database that still runs (`SETTLED`), so that none is passed over, adds a link for each,
and signs a block.
"""

import os
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

import psycopg

from rabta import keys
from rabta.audit import rows
from rabta.audit.rows import EVENT, RECORD, Table
from rabta.audit.settled import SETTLED

LOCK = 727_222_003
BATCH = 5000
_LAST_BLOCK = """
    SELECT number, last, chain, record_tx, record_id, event_tx, event_id
    FROM audit_block ORDER BY number DESC LIMIT 1
"""
_TIP = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# A row that can be seen and whose transaction has not begun yet was brought here by a restore. Transactions then count
# anew, so each row is asked for its link: its place alone does not tell whether it was sealed. (One by one: a join
# makes the planner read all links while it thinks that there are few.)
_NEXT = """
    SELECT r.tx::text::bigint, {source}, r.id, ARRAY[{frame}], {content} FROM {name} r
    WHERE (r.tx, r.id) > (%s::text::xid8, %s)
      AND (r.tx < {settled} OR r.tx >= pg_snapshot_xmax(pg_current_snapshot()))
      AND (SELECT l.position FROM audit_link l WHERE l.source = {source} AND l.row = r.id LIMIT 1) IS NULL
    ORDER BY r.tx, r.id LIMIT %s
"""
_ADD_LINKS = (
    "COPY audit_link (position, source, row, salt, content, row_hash, chain) FROM STDIN (FORMAT BINARY)"
)
_TYPES = ("int8", "int2", "int8", "bytea", "bytea", "bytea", "bytea")
_ADD_BLOCK = """
    INSERT INTO audit_block
      (number, last, chain, at, key, signature, record_tx, record_id, event_tx, event_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
Database = psycopg.Connection[Any]
Found = tuple[int, int, int, list[Any], str]  # transaction, source, id, frame, content
NOTHING = (0, 0, rows.START, 0, 0, 0, 0)


def step(database: Database, *, now: datetime, limit: int = BATCH) -> int:
    """Link and sign what waits, at most `limit` rows; returns how many. In one transaction, seen at one moment."""
    with database.transaction():
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        database.execute("SELECT set_config('rabta.system', 'sealing the record', true)")
        number, last, chain, *read = database.execute(_LAST_BLOCK).fetchone() or NOTHING
        ((tip,),) = database.execute(_TIP).fetchall()
        if max(read[0], read[2]) >= tip:
            read = [0, 0, 0, 0]
        found = _next(database, read, limit)
        if not found:
            return 0
        chain = _link(database, found, last=last, chain=bytes(chain))
        for tx, source, row, *_ in found:
            if tx < tip:
                at = 0 if source == RECORD.source else 2
                read[at : at + 2] = [tx, row]
        _sign(database, number=number + 1, last=last + len(found), chain=chain, now=now, read=tuple(read))
    return len(found)


def _next(database: Database, read: list[int], limit: int) -> list[Found]:
    """The oldest rows of both tables that have no link yet, in the order of their transactions."""
    records = _rows(database, RECORD, after=read[:2], limit=limit)
    events = _rows(database, EVENT, after=read[2:], limit=limit)
    return list(islice(merge(records, events, key=lambda row: row[:3]), limit))


def _rows(database: Database, table: Table, *, after: list[int], limit: int) -> list[Found]:
    query = _NEXT.format(
        source=table.source, name=table.name, frame=table.frame, content=table.content, settled=SETTLED
    )
    return database.execute(query, [str(after[0]), after[1], limit]).fetchall()


def _link(database: Database, found: list[Found], *, last: int, chain: bytes) -> bytes:
    """Add a link for each row; returns the hash of the chain at its new end."""
    with database.cursor().copy(_ADD_LINKS) as copy:
        copy.set_types(_TYPES)
        for position, (_, source, row, frame, text) in enumerate(found, last + 1):
            salt = os.urandom(16)
            content = rows.content_hash(text, salt=salt)
            row_hash = rows.row_hash(frame, content)
            chain = rows.chained(chain, position=position, source=source, row=row, row_hash=row_hash)
            copy.write_row((position, source, row, salt, content, row_hash, chain))
    return chain


def _sign(
    database: Database, *, number: int, last: int, chain: bytes, now: datetime, read: tuple[int, ...]
) -> None:
    key, name = keys.signer("sealer")
    words = rows.signed_words(number=number, last=last, chain=chain, at=now, read=read)
    database.execute(_ADD_BLOCK, [number, last, chain, now, name, key.sign(words), *read])
