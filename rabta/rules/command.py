"""Whom a commander's public post orders: the unit that it names, else the one that leads the case.

Source: the SSP orders action by reposting or quoting a post (Prayagraj, 2020); naming another unit orders that one.

1. Only units below a post of command are ordered by it. The commander's own unit and those above him are addressed in
   such posts, not ordered.
2. A name that fits several units means the one that another word of the post names; else nobody can tell.
3. Of units named, those that lie above another one named say only where that is.
4. Whatever stays open (several units, none, one outside the command) is asked by the desk.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

Path = tuple[int, ...]


class Open(StrEnum):
    """Why a post orders nobody."""

    SEVERAL = "several"
    NOBODY = "nobody"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Command:
    """The unit that is ordered, or why there is none."""

    unit: int | None = None
    why_not: Open | None = None


def command(
    *,
    commanded: Set[int],
    above: Set[int],
    named: Sequence[Set[int]],
    lead: int | None,
    paths: Mapping[int, Path],
) -> Command:
    """`commanded`: the units below the commander's posts; `above`: his own and those above. `named`: for each name in
    the post the units that it fits. `lead`: who leads the case, or would."""
    names = [set(units) - above for units in named]
    names = [units for units in names if units]
    if not names:
        if lead is None:
            return Command(why_not=Open.NOBODY)
        return Command(unit=lead) if lead in commanded else Command(why_not=Open.OUTSIDE)
    reach = [units & commanded for units in names]
    if not all(reach):
        return Command(why_not=Open.OUTSIDE)
    certain = {unit for units in reach if len(units) == 1 for unit in units}
    if any(not units & certain for units in reach):
        return Command(why_not=Open.SEVERAL)
    lowest = {unit for unit in certain if not any(unit in paths[other][:-1] for other in certain)}
    return Command(unit=lowest.pop()) if len(lowest) == 1 else Command(why_not=Open.SEVERAL)
