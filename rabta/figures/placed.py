"""Cases with a place: what the page of places counts, and the very cases behind each of its figures.

PostgreSQL counts, for twenty thousand rows in Python took as long as finding them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Floor

from rabta.cases.models import Case
from rabta.figures.counting import Period
from rabta.figures.models import Fact
from rabta.force.access import Scope
from rabta.force.directory import Directory
from rabta.rules import repeats
from rabta.rules.repeats import Incident, Place

MOST = 20_000  # incidents laid on a map at once
MOST_PLACES, LEAST = 30, 3  # a place repeats from so many on
# What is counted, and the parts of its values, with `|` between them; an empty category is any.
PARTS = {
    "placed": ("category",),
    "placed_hour": ("hour", "category"),
    "placed_square": ("row", "column", "category"),
}
HOURS = 4  # together in one figure
# `told` ends with all of a day, and that day is left out where it is too much: but for the newest, if it alone is. Its
# cases are looked up one by one: joined, PostgreSQL reads and sorts them all (4 s where it takes 0.1 s).
_LAID = """
    WITH given AS (SELECT %s::date AS since, %s::date AS earliest, %s::text AS kind, %s::float8 AS high,
      %s::float8 AS wide, %s::int AS most),
    near AS (SELECT * FROM unnest(%s::text[], %s::int[], %s::int[]) AS n(category, up, along)),
    told AS MATERIALIZED (SELECT c.*, f.day, f.hour FROM figures_fact f CROSS JOIN LATERAL ({case} OFFSET 0) c
      WHERE f.day >= %s AND f.day < %s AND (%s OR f.unit_id = ANY (%s::bigint[]))
      ORDER BY f.day DESC FETCH FIRST %s ROWS WITH TIES),
    span AS (SELECT CASE WHEN count(*) > most THEN least(min(day) + 1, max(day)) ELSE earliest END AS since
      FROM given LEFT JOIN told ON true GROUP BY most, earliest),
    kept AS MATERIALIZED (SELECT told.*, floor(lat / high)::int AS up, floor(lng / wide)::int AS along
      FROM given, span, told WHERE told.day >= span.since),
    wanted AS (SELECT kept.*, day >= since AS shown FROM kept, given WHERE kind IN ('', category)),
    cells AS MATERIALIZED (SELECT up, along, category, hour, count(*) AS n, sum(lat) AS lat, sum(lng) AS lng
      FROM wanted WHERE shown GROUP BY 1, 2, 3, 4),
    places AS (SELECT up, along FROM cells GROUP BY 1, 2 HAVING sum(n) >= %s
      ORDER BY sum(n) DESC, sum(lat) / sum(n), sum(lng) / sum(n) LIMIT %s)
    SELECT 'since', since, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM span
    UNION ALL SELECT DISTINCT 'kind', NULL::date, category, NULL::int, NULL::int, NULL::int, NULL::bigint, NULL::float8,
      NULL::float8 FROM kept
    UNION ALL SELECT 'day', day, NULL, hour / %s, NULL, NULL, count(*), NULL, NULL FROM wanted WHERE shown GROUP BY 2, 4
    UNION ALL SELECT 'place', NULL, category, hour, up, along, sum(n)::bigint, sum(lat), sum(lng)
      FROM cells JOIN places USING (up, along)
      GROUP BY GROUPING SETS ((up, along, category), (up, along, hour))
    UNION ALL SELECT 'near', day, category, hour, NULL, NULL, id, lat, lng
      FROM wanted JOIN near USING (category, up, along)
"""
# In the same way: of fourteen cases in a square all others were read in their order, twice.
_BEHIND = """
    WITH told AS MATERIALIZED (SELECT f.case_id, f.day FROM figures_fact f CROSS JOIN LATERAL ({case} OFFSET 0) c
      WHERE f.day >= %s AND f.day < %s AND (%s OR f.unit_id = ANY (%s::bigint[])) AND f.hour >= %s AND f.hour < %s)
    SELECT (SELECT count(*) FROM told), ARRAY(SELECT case_id FROM told
      WHERE %s OR (day, case_id) < (%s::date, %s::bigint) ORDER BY day DESC, case_id DESC LIMIT %s)
"""


@dataclass(frozen=True, kw_only=True)
class Laid:
    """What the page of places counts: all from the day `since` on, of which the days before the period are not shown.

    `days` and `hours` (by the first of HOURS) count what is shown, `places` are the squares where most of it lies;
    `near` is what lies around some crimes, of the days before, too.
    """

    since: date
    kinds: Sequence[str]
    days: Counter[date]
    hours: Counter[int]
    places: Sequence[Place]
    near: Sequence[Incident]


def behind(
    unit: int,
    *,
    what: str,
    value: str,
    period: Period,
    after: int | None,
    most: int,
    scope: Scope,
    directory: Directory,
) -> tuple[int, list[int]]:
    """How many cases of a unit a figure counts, and ids of those that came last first, `most` at most.

    `after` is the last case of the page before. One query; with `after` two. Raises ValueError for a value that does
    not fit the figure.
    """
    parts = value.split("|")
    if len(parts) != len(PARTS[what]):
        raise ValueError(f"{value!r} has not {len(PARTS[what])} parts")
    *numbers, category = parts
    case = _with_place(scope).filter(pk=RawSQL("f.case_id", []))
    case = case.filter(category=category) if category else case
    hour, hours = 0, 24
    if what == "placed_hour":
        hour, hours = int(numbers[0]), HOURS
    elif what == "placed_square":
        case = _in_square(case, *map(int, numbers))
    query, values = case.values("id").query.sql_with_params()
    below, whole = _below(unit, directory)
    told = [*values, period.since, period.until, whole, below, hour, hour + hours]
    day = Fact.objects.filter(pk=after).values_list("day", flat=True).first() if after else None
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND.format(case=query), [*told, day is None, day, after, most])
        number, ids = cursor.fetchone()
    return number, ids


def _with_place(scope: Scope) -> QuerySet[Case]:
    rows = Case.objects.filter(scope.visible(), lat__isnull=False, lng__isnull=False, named_officers=[])
    return rows.exclude(category="")


def _below(unit: int, directory: Directory) -> tuple[list[int], bool]:
    """The unit and those below it, and whether these are all: then days are read backwards until it is enough."""
    below = [one.pk for one in directory.all_units.values() if unit in one.path]
    return below, len(below) == len(directory.all_units)


def laid(
    unit: int, *, period: Period, kind: str, crimes: Iterable[Incident], scope: Scope, directory: Directory
) -> Laid:
    """What people reported with a place, in these days and some before; perhaps of one kind. One query.

    Beyond MOST the oldest are left out, by whole days: what is counted of a day is all of that day.
    """
    found = defaultdict(list)
    for what, *facts in _asked(unit, period, kind, crimes, scope, directory):
        found[what].append(facts)
    days: Counter[date] = Counter()
    hours: Counter[int] = Counter()
    for day, _kind, part, _up, _along, number, *_point in found["day"]:
        days[day] += number
        hours[part * HOURS] += number
    return Laid(
        since=found["since"][0][0],
        kinds=sorted(facts[1] for facts in found["kind"]),
        days=days,
        hours=hours,
        places=_places(found["place"]),
        near=[
            Incident(id=id, category=category, lat=lat, lng=lng, day=day, hour=hour)
            for day, category, hour, _up, _along, id, lat, lng in found["near"]
        ],
    )


def _asked(
    unit: int, period: Period, kind: str, crimes: Iterable[Incident], scope: Scope, directory: Directory
) -> list[Any]:
    """Rows of what, day, kind, hour (or part of the day), square, number (or id), and point (or sum of points)."""
    earliest = period.since - timedelta(days=repeats.DAYS)
    case = _with_place(scope).filter(pk=RawSQL("f.case_id", [])).values("id", "category", "lat", "lng")
    query, values = case.query.sql_with_params()
    around = sorted(repeats.squares_around(crimes))
    near = [[one[part] for one in around] for part in range(3)]
    below, whole = _below(unit, directory)
    given: list[Any] = [period.since, earliest, kind, *repeats.sides(), MOST, *near]
    told: list[Any] = [*values, earliest, period.until, whole, below, MOST + 1]
    with connection.cursor() as cursor:
        cursor.execute(_LAID.format(case=query), [*given, *told, LEAST, MOST_PLACES, HOURS])
        return cursor.fetchall()


def _places(cells: Iterable[list[Any]]) -> list[Place]:
    """The squares, the most first: each cell of one is a kind, or an hour."""
    squares: dict[tuple[int, int], list[list[Any]]] = defaultdict(list)
    for cell in cells:
        squares[cell[3], cell[4]].append(cell)
    places = [_place(square, found) for square, found in squares.items()]
    return sorted(places, key=lambda place: (-place.number, place.lat, place.lng))


def _place(square: tuple[int, int], cells: Sequence[list[Any]]) -> Place:
    kinds: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    lat = lng = 0.0
    for _day, kind, hour, _up, _along, number, lats, lngs in cells:
        if kind is None:
            hours[hour] = number
        else:
            kinds[kind], lat, lng = number, lat + lats, lng + lngs
    total = kinds.total()
    return Place(square=square, lat=lat / total, lng=lng / total, kinds=kinds, hours=hours)


def _in_square(rows: QuerySet[Case], row: int, column: int) -> QuerySet[Case]:
    """By the very same sum as `laid`, so that a point at the edge is where it was counted."""
    high, wide = repeats.sides()
    return rows.annotate(row=Floor(F("lat") / high), column=Floor(F("lng") / wide)).filter(
        row=row, column=column
    )
