"""The chain of command between who orders and who acts, and how long each post of it may keep an order.

Source: directions go headquarters → range → district → circle → station with a receipt at each hop (Rajasthan, KP), and
an order may also be sent straight.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Path = tuple[int, ...]  # unit ids from the force down to the unit itself
After = Callable[[datetime, timedelta], datetime]  # when an amount of working time has run
ANY = "*"
URGENT = 1  # U0 and U1


@dataclass(frozen=True, kw_only=True)
class HopLimit:
    """How long a post of one level may keep an order that it should pass on, in minutes.

    `minutes` run in working time where `working` says so, `urgent_minutes` always by the clock.
    """

    level: str
    minutes: int
    urgent_minutes: int
    working: bool


def between(start: Path, goal: Path) -> Path:
    """The units that an order meets on its way down from the unit `start` to the unit `goal`, both left out.

    Who stands beside the line (a cell, another district) hands it to the line where the two paths part.
    """
    parted = next((n for n, (a, b) in enumerate(zip(start, goal, strict=False)) if a != b), None)
    first = min(len(start), len(goal)) if parted is None else parted
    return goal[first:-1]


def limit_of(level: str, table: Sequence[HopLimit]) -> HopLimit:
    """The line of the level, else the one for any. Raises LookupError when the table has neither."""
    for wanted in (level, ANY):
        found = next((line for line in table if line.level == wanted), None)
        if found:
            return found
    raise LookupError(f"no limit for the level {level}")


def due(limit: HopLimit, *, urgency: int, now: datetime, after: After | None = None) -> datetime:
    """Until when it must have been passed on. `after` reckons working time; without it the clock counts."""
    if urgency <= URGENT:
        return now + timedelta(minutes=limit.urgent_minutes)
    amount = timedelta(minutes=limit.minutes)
    return after(now, amount) if limit.working and after else now + amount


def first_that_may(hops: Iterable[int], *, hidden: frozenset[int]) -> int | None:
    """The first unit that the case is not kept from: what is withheld from a unit is never passed through it."""
    return next((unit for unit in hops if unit not in hidden), None)
