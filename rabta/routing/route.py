"""From a case to the posts that must act: the rule of `rabta.rules.jurisdiction`, fed with the force of today."""

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from rabta.cases.models import Case, Withheld
from rabta.force.directory import Addressee, Directory
from rabta.rules import jurisdiction
from rabta.rules.jurisdiction import Matter, Situation

SHIPPED = Path(__file__).parent / "data" / "matters.csv"


@cache
def matters() -> dict[str, Matter]:
    """The routing table; RABTA_HOME/tables/matters.csv takes its place where it exists."""
    own = Path(settings.HOME) / "tables" / "matters.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            row["category"]: Matter(
                category=row["category"],
                lead=row["lead"],
                inform=row["inform"],
                support=row["support"],
                automatic=row["automatic"] == "yes",
            )
            for row in csv.DictReader(file)
        }


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who should act on a case today, in posts. `waiting` says why nothing goes out by itself."""

    lead: Addressee | None = None
    inform: Addressee | None = None
    support: Addressee | None = None
    lead_unit: int | None = None
    why: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)


def route(case: Case, *, texts: str, directory: Directory) -> Route:
    """Decide for a case, given all that its sender wrote in it. Reads nothing from the database."""
    decision = jurisdiction.decide(
        _situation(case, texts, directory),
        matters=matters(),
        units=directory.units,
        cells=directory.cells,
    )
    lead = directory.addressee(decision.lead) if decision.lead else None
    inform = directory.addressee(decision.inform) if decision.inform else None
    support = directory.addressee(decision.support) if decision.support else None
    waiting = decision.waiting or ({} if lead else {"code": "nobody"})
    taken = {lead.post.pk if lead else None}
    return Route(
        lead=lead,
        inform=inform if inform and inform.post.pk not in taken else None,
        support=support if support and support.post.pk not in taken else None,
        lead_unit=decision.lead,
        why=decision.why,
        waiting=waiting,
    )


def _situation(case: Case, texts: str, directory: Directory) -> Situation:
    pinned = None
    if case.lat is not None and case.lng is not None and case.place_source not in ("text", "citizen"):
        pinned = directory.stations_at(lat=case.lat, lng=case.lng)
        if case.place_source == "confirmed":  # on a border the station that was chosen, which the place names
            pinned = tuple(sorted(pinned, key=lambda s: not case.place.endswith(directory.units[s].name)))
    return Situation(
        category=case.category,
        withheld=case.withheld_why if case.withheld else {},
        secret=case.withheld in (Withheld.ACCUSATION, Withheld.TIP),
        received_by=directory.path(case.account.unit_id),
        pinned=pinned,
        chosen_on_map=case.place_source == "operator",
        confirmed=case.place_source == "confirmed",
        named=places_named(case, texts=texts, directory=directory),
    )


def places_named(case: Case, *, texts: str, directory: Directory) -> tuple[jurisdiction.NamedPlace, ...]:
    """The places named: where the sender was asked for the place, that answer; else all that the words name."""
    asked = directory.places_in(case.place) if case.place_source == "citizen" else ()
    return asked or directory.places_in(f"{texts} {case.place}" if case.place else texts)


def named_station(case: Case, *, texts: str, directory: Directory) -> tuple[str, int] | None:
    """The place that the words name and the station in whose area it lies, where they agree on one; else None."""
    station, why, _problem = jurisdiction.station_of(
        _situation(case, texts, directory), units=directory.units
    )
    return (why["place"], station) if station is not None and why["code"] == "place" else None
