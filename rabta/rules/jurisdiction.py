"""Which unit must act: from the category and the place to lead, information and support, with the reason.

Pure: units come in as facts, the decision goes out. Verified against `tests/rules/tables/routing_cases.csv`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Why = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What routing knows of a unit."""

    id: int
    name: str
    level: str  # force, range, district, circle, station, cell, desk
    path: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A line of the routing table: who leads, who is informed, who supports, and whether it may go by itself."""

    category: str
    lead: str  # station | cell:<kind> | desk
    inform: str  # circle | none
    support: str  # cell:<kind> | none
    automatic: bool


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """A place recognised in the text: its name, and the stations in whose area a place of that name lies."""

    name: str
    stations: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that routing looks at."""

    category: str  # "" when nobody and nothing has decided it
    withheld: Why = field(default_factory=dict)  # the reason, when a person must decide first
    secret: bool = False  # a possible accusation or a tip: no unit is even suggested
    received_by: tuple[int, ...] = ()  # path of the unit whose account was written to
    pinned: tuple[int, ...] | None = (
        None  # stations that hold the point; () outside all; None when there is no point
    )
    chosen_on_map: bool = False  # the point was set by the desk
    confirmed: bool = False  # the sender was asked which of several places, and chose this point
    named: tuple[NamedPlace, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Route:
    """The decision. `waiting` says why no order goes out by itself; a lead may be suggested all the same."""

    lead: int | None = None
    inform: int | None = None
    support: int | None = None
    why: Why = field(default_factory=dict)
    waiting: Why = field(default_factory=dict)

    @property
    def orders(self) -> bool:
        """Whether the order may go out without a person."""
        return self.lead is not None and not self.waiting


def decide(
    situation: Situation,
    *,
    matters: Mapping[str, Matter],
    units: Mapping[int, Unit],
    cells: Mapping[str, int],
) -> Route:
    """Lead, information and support for a matter at a place, or why it waits at the desk."""
    matter = matters.get(situation.category)
    if situation.withheld and (situation.secret or matter is None):
        return Route(waiting=situation.withheld)
    if matter is None:
        return Route(waiting={"code": "no_category"})
    if matter.lead == "desk":
        return Route(waiting=situation.withheld or {"code": "desk_answers"})
    station, lead, why, problem = _lead(situation, matter, units, cells)
    waiting = situation.withheld or problem
    if not waiting and not matter.automatic:
        waiting = {"code": "restricted", "category": situation.category}
    support = cells.get(matter.support.removeprefix("cell:")) if matter.support != "none" else None
    return Route(
        lead=lead,
        inform=circle_of(station, units) if station is not None and _informs(matter, lead) else None,
        support=support if support != lead else None,
        why=why,
        waiting=waiting,
    )


def _informs(matter: Matter, lead: int | None) -> bool:
    return matter.inform == "circle" and lead is not None


def _lead(
    situation: Situation, matter: Matter, units: Mapping[int, Unit], cells: Mapping[str, int]
) -> tuple[int | None, int | None, Why, Why]:
    """(station of the place, lead, why, what is wrong)."""
    station, why, problem = station_of(situation, units=units)
    if not matter.lead.startswith("cell:"):
        return station, station, why, problem
    cell = cells.get(matter.lead.removeprefix("cell:"))
    if cell is None:
        return station, None, {}, {"code": "nobody"}
    return station, cell, {"code": "cell", "category": situation.category, "unit": units[cell].name}, {}


def station_of(situation: Situation, *, units: Mapping[int, Unit]) -> tuple[int | None, Why, Why]:
    """(station, why, what is wrong): a point decides before names; names decide when they agree on one station."""
    if situation.pinned is not None:
        if not situation.pinned:
            return None, {}, {"code": "outside"}
        station = situation.pinned[0]
        code = "confirmed_place" if situation.confirmed else "pin"
        code = "chosen_place" if situation.chosen_on_map else code
        return station, {"code": code, "unit": units[station].name}, {}
    if not situation.named:
        return None, {}, {"code": "no_place"}
    common = set.intersection(*(set(place.stations) for place in situation.named))
    if len(common) > 1:
        common = _near(common, situation.received_by, units) or common
    if len(common) == 1:
        station = common.pop()
        sure = min(situation.named, key=lambda place: len(place.stations))
        return station, {"code": "place", "place": sure.name, "unit": units[station].name}, {}
    return None, {}, _undecided(situation.named, units)


def _near(stations: set[int], receiver: tuple[int, ...], units: Mapping[int, Unit]) -> set[int]:
    """Of several places of one name, those below the unit whose own number was written to."""
    return {s for s in stations if receiver and units[s].path[: len(receiver)] == receiver}


def _undecided(named: Sequence[NamedPlace], units: Mapping[int, Unit]) -> Why:
    unclear = [place for place in named if len(place.stations) > 1]
    if len(unclear) == len(named):
        place = min(unclear, key=lambda p: len(p.stations))
        where = " · ".join(sorted(units[s].name for s in place.stations))
        return {"code": "ambiguous_place", "place": place.name, "units": where}
    return {"code": "two_places", "places": ", ".join(place.name for place in named)}


def circle_of(unit: int, units: Mapping[int, Unit]) -> int | None:
    """The circle that a unit is, or the nearest one above it; None for what belongs to none."""
    path = reversed(units[unit].path)
    return next((u for u in path if u in units and units[u].level == "circle"), None)
