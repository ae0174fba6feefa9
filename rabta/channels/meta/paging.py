"""Asking the Graph API page by page, with care for the allowance: hooks are the rule, asking fills their gaps."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.meta import graph
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import Json, optional, text_of

USED_UP = 75  # per cent of an hour's allowance: the rest is for sending
_USAGE = ("X-App-Usage", "X-Business-Use-Case-Usage", "X-Page-Usage")


class Pages:
    """Lists of one account, asked for one page after the other."""

    def __init__(self, session: Session, account: AccountFacts) -> None:
        self._session, self._account = session, account

    async def of(
        self, path: Sequence[str], params: Mapping[str, str], *, most: int
    ) -> AsyncIterator[list[Json]]:
        """At most `most` pages of the list. Raises Trouble, BUSY when the allowance is nearly used up."""
        url, given = graph.address(self._account, *path), dict(params)
        for _ in range(most):
            body, headers = await GRAPH.ask(self._session, url, self._account, **given)
            yield listed(body)
            after = text_of(optional(optional(body, "paging"), "cursors"), "after", longest=2000)
            if not after or not optional(body, "paging").get("next"):
                return
            if usage(headers) >= USED_UP:
                raise Trouble(
                    TroubleCode.BUSY, f"{usage(headers)} per cent of the allowance used", retry=True
                )
            given["after"] = after


def listed(holder: Json) -> list[Json]:
    """The objects under `data`."""
    data = holder.get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def usage(headers: Mapping[str, str]) -> int:
    """How many per cent of the allowance are used up: the highest figure that the answer names, 0 if it names none."""
    found = 0
    for name in _USAGE:
        try:
            found = max(found, _highest(orjson.loads(headers.get(name, "null"))))
        except (orjson.JSONDecodeError, RecursionError):
            continue
    return found


def _highest(node: Any) -> int:
    if isinstance(node, dict):
        own = [node.get(name) for name in ("call_count", "total_time", "total_cputime")]
        figures = [int(one) for one in own if isinstance(one, int | float) and not isinstance(one, bool)]
        return max([*figures, *map(_highest, node.values())], default=0)
    return max(map(_highest, node), default=0) if isinstance(node, list) else 0


def seconds(value: object) -> int | None:
    """`2026-11-21T09:00:00+0000` as seconds since 1970; None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return int(at.timestamp()) if at and at.tzinfo else None


def milliseconds(value: object) -> int | None:
    """The same in milliseconds, as messages have it."""
    at = seconds(value)
    return None if at is None else at * 1000
