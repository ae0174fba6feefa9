"""`rabta audit verify`: computes the whole chain anew from the rows, and names the first place that does not fit.

Reads in pieces, so that a record of any length is checked in little memory. What it proves: no row that was sealed has
been changed, removed, added between or put in another order since its block was signed. That the newest part was not
cut off, or all of it written anew by whoever holds the key, only a head kept elsewhere tells (`rabta.audit.heads`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rabta.audit import rows
from rabta.audit.erasing import ERASED
from rabta.audit.heads import Head
from rabta.audit.models import Link
from rabta.audit.rows import TABLES, Table

PIECE = 5000
Database = psycopg.Connection[Any]
PublicKeys = Mapping[str, Ed25519PublicKey]

_LINKS = """
    SELECT position, source, row, salt, content, row_hash, chain FROM audit_link
    WHERE position >= %s ORDER BY position, source, row LIMIT %s
"""
_ROWS = "SELECT r.id, ARRAY[{frame}], {content} FROM {name} r WHERE r.id = ANY(%s)"
_BLOCKS = """
    SELECT number, last, chain, at, key, signature, record_tx, record_id, event_tx, event_id FROM audit_block
    WHERE last >= %s AND last < %s ORDER BY last, number
"""
_ERASED = """
    SELECT subject, (jsonb_array_elements_text(subject_ids))::bigint FROM audit_record WHERE act = %s
"""
# Rows that were added behind the sealer's back: it has passed their place, and never saw them.
_FOREIGN = """
    SELECT r.id FROM {name} r
    WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.source = {source} AND l.row = r.id)
      AND r.tx <= %s::text::xid8 AND %s < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    ORDER BY r.id LIMIT 1
"""
_WAITING = """
    SELECT count(*) FROM {name} r
    WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.source = {source} AND l.row = r.id)
"""


@dataclass
class Broken(Exception):
    """The first place that does not fit: the position in the chain (0: none), and what is wrong there."""

    position: int
    what: str

    def __str__(self) -> str:
        return f"at position {self.position}: {self.what}" if self.position else self.what


@dataclass
class Findings:
    """What was checked. `problem` is None when all of it fits."""

    links: int = 0
    blocks: int = 0
    erased: int = 0
    waiting: int = 0
    heads: int = 0
    problem: Broken | None = None


def verify(database: Database, *, public_keys: PublicKeys, heads: Iterable[Head] = ()) -> Findings:
    """Check everything, against heads that were kept elsewhere too. Never raises for what it finds."""
    with database.transaction():
        database.execute("SELECT set_config('rabta.system', 'checking the record', true)")
        walk = _Walk(database, public_keys, {})
        for head in heads:
            walk.heads.setdefault(head.position, []).append(head)
        try:
            walk.go()
        except Broken as problem:
            walk.findings.problem = problem
    return walk.findings


@dataclass
class _Walk:
    """One pass from the first link to the last."""

    database: Database
    public_keys: PublicKeys
    heads: dict[int, list[Head]]
    findings: Findings = field(default_factory=Findings)
    chain: bytes = rows.START
    block: int = 0  # the last good one
    signed: int = 0  # its last position
    read: tuple[int, ...] = (0, 0, 0, 0)
    erased: set[tuple[str, int]] = field(default_factory=set)

    def go(self) -> None:
        self.erased = set(self.database.execute(_ERASED, [ERASED]).fetchall())
        self._heads_before_all()
        for links in self._pieces():
            self._blocks_and_links(links)
        self._end()

    def _pieces(self) -> Iterator[list[tuple[Any, ...]]]:
        start = 0
        while links := self.database.execute(_LINKS, [start, PIECE]).fetchall():
            yield links
            start = links[-1][0] + 1

    def _blocks_and_links(self, links: list[tuple[Any, ...]]) -> None:
        blocks = iter(self.database.execute(_BLOCKS, [links[0][0], links[-1][0] + 1]).fetchall())
        due = next(blocks, None)
        found = self._rows_of(links)
        for link in links:
            self._link(link, found)
            while due is not None and due[1] == link[0]:
                self._block(due)
                due = next(blocks, None)
            for head in self.heads.pop(link[0], ()):
                self._head(head)
        if due is not None:
            raise Broken(due[1], f"block {due[0]} ends where there is no link")

    def _rows_of(self, links: list[tuple[Any, ...]]) -> dict[tuple[int, int], tuple[list[Any], str]]:
        found = {}
        for table in TABLES:
            ids = [link[2] for link in links if link[1] == table.source]
            query = _ROWS.format(frame=table.frame, content=table.content, name=table.name)
            for row, frame, content in self.database.execute(query, [ids]):
                found[table.source, row] = (frame, content)
        return found

    def _link(self, link: tuple[Any, ...], found: dict[tuple[int, int], tuple[list[Any], str]]) -> None:
        position, source, row, salt, content, row_hash, chain = link
        if position != self.findings.links + 1:
            raise Broken(self.findings.links + 1, f"the next link has position {position}")
        if source not in Link.Source.values:
            raise Broken(position, f"the link names an unknown table ({source})")
        self._row(position, (source, row), found.get((source, row)), salt, bytes(content), bytes(row_hash))
        self.chain = rows.chained(
            self.chain, position=position, source=source, row=row, row_hash=bytes(row_hash)
        )
        if self.chain != bytes(chain):
            raise Broken(position, "the hash of the chain does not fit")
        self.findings.links = position

    def _row(
        self,
        position: int,
        key: tuple[int, int],
        row: tuple[list[Any], str] | None,
        salt: bytes | None,
        content: bytes,
        row_hash: bytes,
    ) -> None:
        name = f"row {key[1]} of {Link.Source(key[0]).label}"
        erased = (Link.Source(key[0]).label, key[1]) in self.erased
        self.findings.erased += erased
        if row is None:
            if not erased:
                raise Broken(position, f"{name} is gone")
            return
        frame, text = row
        if salt is None:
            if not erased or text != rows.BARE:
                raise Broken(position, f"{name} lost its salt, and no entry says that it was erased")
        elif rows.content_hash(text, salt=bytes(salt)) != content and not (erased and text == rows.BARE):
            raise Broken(position, f"the content of {name} was changed")
        if rows.row_hash(frame, content) != row_hash:
            raise Broken(position, f"{name} was changed")

    def _block(self, block: tuple[Any, ...]) -> None:
        number, last, chain, at, key, signature, *read = block
        if number != self.block + 1:
            raise Broken(last, f"block {number} follows block {self.block}")
        if last <= self.signed or bytes(chain) != self.chain:
            raise Broken(last, f"block {number} does not fit the chain")
        self._signature(number=number, last=last, at=at, key=key, signature=signature, read=tuple(read))
        self.block, self.signed, self.read = number, last, tuple(read)
        self.findings.blocks += 1

    def _signature(
        self, *, number: int, last: int, at: datetime, key: str, signature: bytes, read: tuple[int, ...]
    ) -> None:
        words = rows.signed_words(number=number, last=last, chain=self.chain, at=at, read=read)
        public = self.public_keys.get(key)
        if public is None:
            raise Broken(last, f"block {number} is signed by an unknown key ({key})")
        try:
            public.verify(bytes(signature), words)
        except InvalidSignature:
            raise Broken(last, f"the signature of block {number} does not fit") from None

    def _heads_before_all(self) -> None:
        for head in self.heads.pop(0, ()):
            self._head(head)

    def _head(self, head: Head) -> None:
        if head.chain != self.chain:
            raise Broken(
                head.position, f"the head of {head.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC says something else"
            )
        self.findings.heads += 1

    def _end(self) -> None:
        if self.findings.links != self.signed:
            raise Broken(self.signed + 1, "what follows is not signed")
        beyond = self.database.execute(
            "SELECT number, last FROM audit_block WHERE last > %s OR last < 1 ORDER BY number LIMIT 1",
            [self.signed],
        ).fetchone()
        if beyond:
            raise Broken(
                self.signed + 1, f"the chain ends here, but block {beyond[0]} reaches to {beyond[1]}"
            )
        if self.heads:
            first = min(self.heads)
            raise Broken(
                self.signed + 1, f"the chain ends here, but a head reaches to {first}: it was cut off"
            )
        for table, tx in zip(TABLES, self.read[::2], strict=True):
            self._foreign(table, tx)

    def _foreign(self, table: Table, tx: int) -> None:
        words = {"name": table.name, "source": table.source}
        row = self.database.execute(_FOREIGN.format(**words), [str(tx), tx]).fetchone()
        if row is not None:
            raise Broken(0, f"row {row[0]} of {table.name} was added behind the chain")
        waiting = self.database.execute(_WAITING.format(**words)).fetchone()
        assert waiting is not None
        self.findings.waiting += waiting[0]
