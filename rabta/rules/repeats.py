"""Places where the same kind of thing happens again, and crimes that reports of the same kind and place went before.

Kinds, places and times only: nothing here knows a person, and nothing is a score.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, floor, hypot, radians

METRES, DAYS = 500, 30
_METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something that happened or was reported: where, when, of what kind. `id` is the caller's own."""

    id: int
    category: str
    lat: float
    lng: float
    day: date
    hour: int | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A square in which much happened: which one, its middle, how many of each kind, and in which hours."""

    square: tuple[int, int]
    lat: float
    lng: float
    kinds: Mapping[str, int]
    hours: Mapping[int, int]

    @property
    def number(self) -> int:
        return sum(self.kinds.values())


def metres_between(one: Incident, other: Incident) -> float:
    """How far apart, on a plane: near enough within a few kilometres."""
    north = (one.lat - other.lat) * _METRES_PER_DEGREE
    east = (one.lng - other.lng) * _METRES_PER_DEGREE * cos(radians((one.lat + other.lat) / 2))
    return hypot(north, east)


def preceded(
    crimes: Iterable[Incident], reports: Iterable[Incident], *, metres: float = METRES, days: int = DAYS
) -> list[tuple[Incident, list[Incident]]]:
    """The crimes that reports of the same kind went before, within so many metres and days; the nearest in time first.

    One of the same day only where both hours are known and its is earlier: a later one may be the crime itself. (R4)
    """
    near: dict[tuple[str, int, int], list[Incident]] = defaultdict(list)
    for report in reports:
        near[report.category, *_square(report, metres)].append(report)
    found = []
    for crime in crimes:
        before = [
            report
            for square in _around(_square(crime, metres))
            for report in near.get((crime.category, *square), ())
            if _earlier(report, crime)
            and crime.day - report.day <= timedelta(days=days)
            and metres_between(crime, report) <= metres
        ]
        if before:
            found.append((crime, sorted(before, key=_when, reverse=True)))
    return found


def _earlier(report: Incident, crime: Incident) -> bool:
    """Whether it surely came before: on a day before, or in an hour before of the same day."""
    if report.day != crime.day:
        return report.day < crime.day
    return report.hour is not None and crime.hour is not None and report.hour < crime.hour


def _when(one: Incident) -> tuple[date, int]:
    return one.day, -1 if one.hour is None else one.hour


def squares_around(crimes: Iterable[Incident], *, metres: float = METRES) -> set[tuple[str, int, int]]:
    """Kind and square of whatever `preceded` may find for these crimes: their own squares and those beside them."""
    return {(crime.category, *square) for crime in crimes for square in _around(_square(crime, metres))}


def sides(*, metres: float = METRES) -> tuple[float, float]:
    """How high and how wide a square is, in degrees: at least so wide everywhere up to 60 degrees from the equator."""
    side = metres / _METRES_PER_DEGREE
    return side, 2 * side


def middle(square: tuple[int, int], *, metres: float = METRES) -> tuple[float, float]:
    """The point in the middle of a square."""
    high, wide = sides(metres=metres)
    return (square[0] + 0.5) * high, (square[1] + 0.5) * wide


def _square(one: Incident, metres: float) -> tuple[int, int]:
    high, wide = sides(metres=metres)
    return floor(one.lat / high), floor(one.lng / wide)


def _around(square: tuple[int, int]) -> Iterator[tuple[int, int]]:
    row, column = square
    return ((row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1))
