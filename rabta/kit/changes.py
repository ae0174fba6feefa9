"""How one process tells another which cases changed: the words that both must agree on."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

CHANNEL = "rabta_live"
REVOKED = "rabta_revoked"
PRESENCE = "rabta_presence"  # who is at a case changed, and nothing else
REFRESH = "refresh"  # instead of changes: some may have been missed


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something happened to a case. `units` may see it, `hidden` must not; `posts` hold orders on it."""

    case: str
    units: frozenset[int]
    hidden: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()


def pack(changes: Iterable[Change], *, largest: int = 7900) -> list[str]:
    """The changes as texts of at most `largest` bytes, which is what PostgreSQL carries in one notification.

    Of a case that is hidden from so many that it fits in none nobody hears: pages find it by looking themselves.
    """
    texts: list[str] = []
    batch: list[str] = []
    size = 2
    for change in changes:
        sets = (sorted(numbers) for numbers in (change.units, change.hidden, change.posts))
        item = json.dumps([change.case, *sets], separators=(",", ":"))
        if len(item) + 2 > largest:
            item = json.dumps([change.case, [], [], []], separators=(",", ":"))
        if batch and size + len(item) + 1 > largest:
            texts.append(f"[{','.join(batch)}]")
            batch, size = [], 2
        batch.append(item)
        size += len(item) + 1
    return [*texts, f"[{','.join(batch)}]"] if batch else texts


def unpack(text: str) -> list[Change]:
    """What `pack` packed."""
    return [
        Change(case=case, units=frozenset(units), hidden=frozenset(hidden), posts=frozenset(posts))
        for case, units, hidden, posts in _load(text)
    ]


def _load(text: str) -> list[tuple[str, list[int], list[int], list[int]]]:
    loaded: list[tuple[str, list[int], list[int], list[int]]] = json.loads(text)
    return loaded
