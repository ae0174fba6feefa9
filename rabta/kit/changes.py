"""How one process tells another which cases changed: the words that both must agree on."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

CHANNEL = "rabta_live"
REVOKED = "rabta_revoked"
REFRESH = "refresh"  # instead of changes: some may have been missed


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something happened to a case. `units` may see it; `posts` hold orders on it."""

    case: str
    units: frozenset[int]
    posts: frozenset[int] = frozenset()


def pack(changes: Iterable[Change], *, largest: int = 7900) -> list[str]:
    """The changes as texts of at most `largest` bytes, which is what PostgreSQL carries in one notification."""
    texts: list[str] = []
    batch: list[str] = []
    size = 2
    for change in changes:
        item = json.dumps([change.case, sorted(change.units), sorted(change.posts)], separators=(",", ":"))
        if batch and size + len(item) + 1 > largest:
            texts.append(f"[{','.join(batch)}]")
            batch, size = [], 2
        batch.append(item)
        size += len(item) + 1
    return [*texts, f"[{','.join(batch)}]"] if batch else texts


def unpack(text: str) -> list[Change]:
    """What `pack` packed."""
    return [
        Change(case=case, units=frozenset(units), posts=frozenset(posts))
        for case, units, posts in _load(text)
    ]


def _load(text: str) -> list[tuple[str, list[int], list[int]]]:
    loaded: list[tuple[str, list[int], list[int]]] = json.loads(text)
    return loaded
