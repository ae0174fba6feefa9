"""Who of a desk gets the next case, and when a shift is on: pure rules over facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, kw_only=True)
class Hand:
    """An operator who may be given cases, and how many open ones he has."""

    officer: int
    load: int


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a shift is on, in the force's time. `days`: those on which it begins, Monday is 0."""

    starts: time
    ends: time
    days: frozenset[int]

    def begun(self, at: datetime) -> datetime | None:
        """When the shift that is on at a (local) moment began; None while it is off. The end belongs to the next."""
        for day in (at.date(), at.date() - timedelta(days=1)):
            start = datetime.combine(day, self.starts, tzinfo=at.tzinfo)
            over_midnight = timedelta(days=int(self.ends <= self.starts))
            end = datetime.combine(day, self.ends, tzinfo=at.tzinfo) + over_midnight
            if day.weekday() in self.days and start <= at < end:
                return start
        return None


def share(
    cases: Iterable[int], hands: Sequence[Hand], *, by_load: bool, at_most: int, last: int
) -> list[tuple[int, int]]:
    """(case, officer) for as many cases as can be given, in their order.

    In turn: the officers one after the other, by their number, beginning after `last`. By load: whoever has fewest.
    Nobody gets more than `at_most` open cases.
    """
    loads = {hand.officer: hand.load for hand in hands}
    given: list[tuple[int, int]] = []
    for case in cases:
        free = [officer for officer, load in sorted(loads.items()) if load < at_most]
        if not free:
            break
        if by_load:
            officer = min(free, key=lambda one: (loads[one], one))
        else:
            officer = next((one for one in free if one > last), free[0])
        loads[officer] += 1
        last = officer
        given.append((case, officer))
    return given
