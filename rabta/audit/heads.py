"""Heads: signed ends of the chain, as small texts that leave the host.

A head that somebody else keeps (on another machine, in a mailbox, printed in a file) proves later that the chain up to
its position was not rewritten and not cut off. `rabta audit verify --head FILE` compares.
"""

import base64
import os
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from rabta.audit.rows import signed_words

TITLE = "rabta record head 1"
_NEWEST = """
    SELECT number, last, chain, at, key, signature, record_tx, record_id, event_tx, event_id
    FROM audit_block ORDER BY number DESC LIMIT 1
"""
_TOLD = "INSERT INTO audit_head (at, block, position, went_to, trouble) VALUES (%s, %s, %s, %s, %s)"
PATIENCE = 10.0
Database = psycopg.Connection[Any]


class NotAHead(Exception):
    """A text is no head; the words say why."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of the chain at a moment, with what is needed to check its signature."""

    position: int
    chain: bytes
    block: int
    at: datetime
    key: str
    signature: bytes
    read: tuple[int, ...]

    @property
    def words(self) -> bytes:
        """What the signature covers."""
        return signed_words(
            number=self.block, last=self.position, chain=self.chain, at=self.at, read=self.read
        )

    def text(self) -> str:
        """The head as lines that a person can read, copy and send on."""
        lines = {
            "position": self.position,
            "chain": self.chain.hex(),
            "block": self.block,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "read": " ".join(map(str, self.read)),
            "key": self.key,
            "signature": base64.b64encode(self.signature).decode(),
        }
        return TITLE + "\n" + "".join(f"{name}: {value}\n" for name, value in lines.items())


def parse(text: str) -> Head:
    """The head that `Head.text` wrote. Raises NotAHead."""
    first, *lines = text.strip().splitlines() or [""]
    if first.strip() != TITLE:
        raise NotAHead(f"The first line is not “{TITLE}”.")
    facts = dict(line.split(": ", 1) for line in lines if ": " in line)
    try:
        return Head(
            position=int(facts["position"]),
            chain=bytes.fromhex(facts["chain"]),
            block=int(facts["block"]),
            at=datetime.fromisoformat(facts["at"]),
            key=facts["key"],
            signature=base64.b64decode(facts["signature"], validate=True),
            read=tuple(map(int, facts["read"].split())),
        )
    except (KeyError, ValueError) as error:
        raise NotAHead(f"A line is missing or damaged: {error}") from None


def newest(database: Database) -> Head | None:
    """The end of the chain as it was last signed; None while nothing is sealed."""
    row = database.execute(_NEWEST).fetchone()
    if row is None:
        return None
    number, last, chain, at, key, signature, *read = row
    return Head(
        position=last,
        chain=bytes(chain),
        block=number,
        at=at,
        key=key,
        signature=bytes(signature),
        read=tuple(read),
    )


def send(database: Database, head: Head, *, folder: Path, address: str, now: datetime) -> None:
    """Write the head into the folder, post it to the address if there is one, and note what became of it."""
    file = folder / f"{head.at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{head.position}.head"
    ways = {str(file): lambda: _write(file, head.text())}
    if address:
        ways[address] = lambda: _post(address, head.text())
    for place, go in ways.items():
        trouble = ""
        try:
            go()
        except OSError as error:
            trouble = f"{type(error).__name__}: {error}"[:200]
        database.execute(_TOLD, [now, head.block, head.position, place[:200], trouble])


def _write(file: Path, text: str) -> None:
    """A new file, on the disk when this returns; never over one that is there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(handle, "w") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: sent on, a head would arrive as a question without it, and count as kept."""

    def redirect_request(self, *_words: Any) -> None:
        return None


_STAYING = urllib.request.build_opener(_Stay)


def _post(address: str, text: str) -> None:
    """POST the text; OSError when it was not taken there. Only https, or http on this machine: see `rabta check`."""
    request = urllib.request.Request(  # noqa: S310 - the address is a setting of the administrator
        address, data=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"}
    )
    with _STAYING.open(request, timeout=PATIENCE):
        pass
