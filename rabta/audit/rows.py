"""The two kinds of rows that the chain holds, and what of each is hashed.

A row is hashed in two parts. Its frame (ids, times, who, what) goes in as it is; its content goes in as a hash under a
salt of the row's own. When content is erased, the salt is destroyed with it: the chain still holds, and nobody can try
texts against the hash.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from rabta.audit.models import Link

HASH = hashlib.sha256
START = bytes(32)  # what stands before the first link
BARE = "{}"  # the content that is left after an erasure


@dataclass(frozen=True)
class Table:
    """Where rows come from: `frame` are the columns of the frame, each as text; `content` is one text."""

    source: int
    name: str
    frame: str
    content: str


_MICROSECONDS = "(extract(epoch from r.at) * 1000000)::bigint::text"
RECORD = Table(
    Link.Source.RECORD,
    "audit_record",
    f"r.id::text, {_MICROSECONDS}, r.actor_officer::text, r.actor_post::text, r.system_reason, r.act, r.subject,"
    " r.subject_ids::text, r.case_id::text, r.tx::text",
    "r.detail::text",
)
EVENT = Table(
    Link.Source.EVENT,
    "cases_event",
    f"r.id::text, {_MICROSECONDS}, r.officer_id::text, r.post_id::text, r.system_reason, r.what, r.case_id::text,"
    " r.tx::text",
    "r.data::text",
)
TABLES = (RECORD, EVENT)


def content_hash(content: str, *, salt: bytes) -> bytes:
    """The hash of a content under its salt."""
    return hmac.digest(salt, content.encode(), "sha256")


def row_hash(frame: Sequence[Any], content: bytes) -> bytes:
    """The hash of a row: its frame, and the hash of its content."""
    return HASH(orjson.dumps(list(frame)) + content).digest()


def chained(before: bytes, *, position: int, source: int, row: int, row_hash: bytes) -> bytes:
    """The hash of the chain up to and with this link."""
    return HASH(before + b"%d %d %d " % (position, source, row) + row_hash).digest()


def signed_words(*, number: int, last: int, chain: bytes, at: datetime, read: tuple[int, ...]) -> bytes:
    """What the signature of a block covers."""
    words = (number, last, chain.hex(), at.astimezone(UTC).isoformat(timespec="microseconds"), *read)
    return b"rabta record 1\n" + "\n".join(map(str, words)).encode()
