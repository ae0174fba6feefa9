"""Who is asked about a place: the nearest first, so many at most, and nobody who does not want to be."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rabta.kit.distance import Place, metres


@dataclass(frozen=True)
class Neighbour:
    """Somebody who could be asked, and where he is at home (or the middle of his unit)."""

    key: int
    at: Place | None


def nearest(
    people: Iterable[Neighbour], *, to: Place | None, most: int, not_these: Collection[int] = ()
) -> list[int]:
    """The keys of whom to ask. Without a place, or for people without one, the order in which they came stands."""
    free = [one for one in people if one.key not in not_these]
    if to is not None:
        free.sort(key=lambda one: metres(one.at, to) if one.at else float("inf"))
    return [one.key for one in free[: max(0, most)]]
