"""Which units may see a case. The answer is stored with the case and enforced by the database."""

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[int, ...]  # unit ids from the force down to the unit itself


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The units that a case touches, each with its path from the force down."""

    desk: Path  # the unit whose desk handles the case
    withheld: bool  # a possible accusation, a tip or a restricted matter that nobody has released yet
    accusation: bool
    accused: Path = ()  # empty: nobody knows yet which unit is accused
    tasked: tuple[Path, ...] = ()  # lead, support and informed units


def units_that_see(facts: Facts) -> frozenset[int]:
    """The ids of the units whose officers may see the case.

    An ordinary case is seen by the desk, by the tasked units, and by everybody above them. A withheld one is seen by
    its desk's chain and by whoever was tasked by hand. An accusation is seen by the desk that handles it and those
    above it, and by the tasked units themselves; never by the accused unit or by units between it and that desk. As
    long as the accused is unknown, nobody but the desk sees it.
    """
    if not facts.accusation:
        return frozenset(facts.desk).union(*facts.tasked)
    if not facts.accused:
        return frozenset(facts.desk[-1:])
    outside = (path[-1] for path in facts.tasked if not within(path, facts.accused))
    return frozenset(facts.desk).union(outside)


def within(path: Path, unit: Path) -> bool:
    """Whether `path` is the unit itself or lies below it."""
    return bool(unit) and path[: len(unit)] == unit


def desk_for_accusation(*, receiving: Path, accused: Path, desks: Iterable[Path]) -> Path:
    """The desk that gets a possible accusation: the nearest one above the accused unit that is not itself accused.

    With the accused unknown it is the highest desk: the receiving one may be the accused's own.
    """
    by_height = sorted(set(desks), key=len)
    if not accused:
        return by_height[0]
    above = [desk for desk in by_height if within(accused, desk) and desk != accused]
    return above[-1] if above else by_height[0]
