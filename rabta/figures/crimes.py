"""The force's register of crimes (FIRs): read from a table, and held against what people reported before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta import bulk
from rabta.figures.counting import Period
from rabta.figures.models import Crime
from rabta.force.models import Officer, Unit
from rabta.force.register import reading
from rabta.force.register.reading import Problem, Row
from rabta.force.register.tables import Column, Table
from rabta.rules.repeats import Incident

TABLE = Table(
    name="crimes",
    label=gettext_lazy("Register of crimes"),
    help=gettext_lazy("One line for each FIR: number, station, day, kind, and where. No names."),
    columns=(
        Column(name="number", needed=True, longest=40, example="112/26"),
        Column(name="station", needed=True, longest=40, example="PSH-GLB"),
        Column(name="date", needed=True, longest=20, example="2026-03-01"),
        Column(name="hour", longest=2, example="22"),
        Column(name="kind", needed=True, longest=40, example="theft"),
        Column(name="place", longest=200, example="Gulbahar No. 2"),
        Column(name="lat", longest=20, example="34.0075"),
        Column(name="lng", longest=20, example="71.5785"),
    ),
)
MOST = 20_000  # crimes laid on a map at once


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a table would bring, and what is wrong with it, by line."""

    crimes: list[Crime] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def check(data: bytes, *, units: Iterable[Unit], kinds: Collection[str], by: Officer, now: datetime) -> Read:
    """Read the table; writes nothing. Stations must be among `units`, kinds among our categories, `kinds`."""
    found = Read()
    rows, notes = reading.rows(TABLE, data, found.problems)
    by_code = {unit.code.lower(): unit for unit in units}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        before = len(found.problems)
        unit = by_code.get(row["station"].lower())
        day, lat, lng, hour = _day(row), _number(row, "lat", 90), _number(row, "lng", 180), _hour(row)
        _judge(found.problems, row, unit=unit, day=day, today=now.date(), point=(lat, lng), hour=hour)
        if row["kind"] not in kinds:
            words = _("The kind “%(kind)s” is not known. Known are: %(known)s.")
            _wrong(found.problems, row, words % {"kind": row["kind"], "known": ", ".join(sorted(kinds))})
        if unit is None or day is None or len(found.problems) > before:
            continue
        if (unit.pk, row["number"]) in seen:
            _wrong(found.problems, row, _("This number of this station is in the table twice."))
            continue
        seen.add((unit.pk, row["number"]))
        facts = {"imported_at": now, "imported_by": by, "place": row["place"], "lat": lat, "lng": lng}
        found.crimes.append(
            bulk.new(
                Crime,
                unit=unit,
                number=row["number"],
                happened_on=day,
                category=row["kind"],
                hour=hour if row["hour"] else None,
                **facts,
            )
        )
    found.notes.extend(notes)
    return found


def save(found: Read) -> int:
    """Add the crimes that are not there yet; says how many. What is there stays as it was."""
    return len(bulk.insert_missing(found.crimes, unique=["unit_id", "number"]))


def crimes(unit: Unit, *, period: Period) -> list[Crime]:
    """The crimes of a unit and all below it, of these days, the newest first."""
    below = Unit.objects.filter(path__contains=[unit.pk]).values("pk")
    rows = Crime.objects.filter(unit__in=below, happened_on__gte=period.since, happened_on__lt=period.until)
    return list(rows.select_related("unit").defer("unit__area").order_by("-happened_on", "-id")[:MOST])


def incident(crime: Crime) -> Incident | None:
    """A crime with its place; None without one."""
    lat, lng = crime.lat, crime.lng
    if lat is None or lng is None:
        return None
    return Incident(
        id=crime.pk, category=crime.category, lat=lat, lng=lng, day=crime.happened_on, hour=crime.hour
    )


def _judge(
    problems: list[Problem],
    row: Row,
    *,
    unit: Unit | None,
    day: date | None,
    today: date,
    point: tuple[float | None, float | None],
    hour: int | None,
) -> None:
    if unit is None:
        _wrong(problems, row, _("There is no station “%(code)s” among yours.") % {"code": row["station"]})
    if day is None:
        _wrong(problems, row, _("Write the day as 2026-03-01."))
    elif day > today:
        _wrong(problems, row, _("This day has not come yet."))
    if hour is None:
        _wrong(problems, row, _("The hour is from 0 to 23."))
    if (row["lat"] or row["lng"]) and None in point:
        _wrong(
            problems, row, _("The point is wrong: give lat and lng as degrees, such as 34.0075 and 71.5785.")
        )


def _wrong(problems: list[Problem], row: Row, text: str) -> None:
    if len(problems) < reading.MOST_PROBLEMS:
        problems.append(Problem(table=TABLE.name, line=row.line, text=text))


def _day(row: Row) -> date | None:
    try:
        return reading.day(row["date"])
    except ValueError:
        return None


def _hour(row: Row) -> int | None:
    """0 where none is given; None for what is no hour."""
    text = row["hour"] or "0"
    return int(text) if text.isascii() and text.isdigit() and int(text) < 24 else None


def _number(row: Row, name: str, most: float) -> float | None:
    try:
        number = float(row[name])
    except ValueError:
        return None
    return number if -most <= number <= most else None
