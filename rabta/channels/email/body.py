"""What lies in the journal: one message as it came from the server, and what reading it depends on.

`{"account": id of ours, "at": seconds, "own": addresses of ours in this mailbox, "servers": whose word on senders
counts, "cut": only the beginning was taken, "raw": the message, each byte a letter (latin-1)}`
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from rabta.channels.shapes import Json, Misshapen, load, named


@dataclass(frozen=True, kw_only=True)
class Body:
    """A body of the journal, taken apart."""

    account: str
    raw: bytes
    at: float
    own: frozenset[str]
    servers: frozenset[str]
    cut: bool


def body_of(
    raw: bytes, *, account: str, at: float, own: Sequence[str], servers: Sequence[str], cut: bool = False
) -> bytes:
    """The body for a message that came."""
    facts = {"account": account, "at": at, "own": list(own), "servers": list(servers), "cut": cut}
    return orjson.dumps(facts | {"raw": raw.decode("latin-1")})


def account_of(raw: bytes) -> str:
    """The account that a body names; "" when it names none or has no shape."""
    try:
        return named(load(raw).get("account"))
    except ValueError:
        return ""


def opened(body: Json) -> Body:
    """Raises Misshapen when there is no message in it."""
    raw = body.get("raw")
    if not isinstance(raw, str):
        raise Misshapen("no message")
    try:
        data = raw.encode("latin-1")
    except UnicodeEncodeError:
        raise Misshapen("no message") from None
    given = body.get("at")
    at = float(given) if isinstance(given, int | float) and not isinstance(given, bool) else 0.0
    return Body(
        account=named(body.get("account")),
        raw=data,
        at=at if 0 <= at < 1e11 else 0.0,
        own=_words(body.get("own")),
        servers=_words(body.get("servers")),
        cut=body.get("cut") is True,
    )


def _words(value: object) -> frozenset[str]:
    return (
        frozenset(one.casefold() for one in value if isinstance(one, str))
        if isinstance(value, list)
        else frozenset()
    )
