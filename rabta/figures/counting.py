"""Reading figures: sums by unit and what is counted, by day, and the very cases behind a figure.

A figure counts what its reader may see, and nothing else. What everybody sees who sees the unit is added up
beforehand or counted from the facts; the rest (accusations) is counted for the reader alone. Confidential inquiries
have no facts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from rabta.force.access import Scope
from rabta.force.directory import Directory
from rabta.rules.report_classes import ReportClass

Sums = dict[int, dict[str, Counter[str]]]  # by unit, by what is counted, by value


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first day to the day before `until`, in the force's zone. Sums by month want whole months."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.until - timedelta(days=1)


# What is counted, and the columns of the facts behind it; a value of several has `|` between them, empty: any.
COLUMNS: dict[str, tuple[str, ...]] = {
    "all": (),
    "day": ("report_class",),
    "class": ("channel", "report_class"),
    "flag": ("channel", "report_class", "flag"),
    "channel": ("channel",),
    "kind": ("kind",),
    "category": ("category",),
    "state": ("state",),
    "outcome": ("outcome",),
    "officer": ("officer_id",),
    "opinion": ("satisfaction",),
    "reply": ("reply",),
    "contact": ("contact",),
    "closing": ("closing",),
}
ANY = "*"  # all that have a value, whatever it is
_NUMBERS = frozenset({"officer_id", "satisfaction", "reply", "contact", "closing"})
_MINE = """EXISTS (SELECT 1 FROM cases_case c WHERE c.id = f.case_id
  AND c.visible_to && %(sees)s::bigint[] AND NOT c.hidden_from && %(own)s::bigint[])"""
_DAYS = "f.day >= %(since)s AND f.day < %(until)s"
_PARTS = f"""
    SELECT t.unit_id AS unit, t.what, {{day}} AS day, t.value, sum(t.n) AS n FROM figures_tally t
    WHERE t.unit_id = ANY(%(units)s::bigint[]) AND t.what = ANY(%(what)s) AND t.day >= %(since)s AND t.day < %(until)s
    GROUP BY 1, 2, 3, 4
  UNION ALL
    SELECT d.subject, t.what, {{day}}, t.value, count(*)
    FROM unnest(%(of)s::bigint[], %(at)s::bigint[]) AS d(subject, unit) JOIN
    figures_fact f ON f.unit_id = d.unit AND {_DAYS} AND f.plain, LATERAL rabta_figures_of(f) AS t
    WHERE t.what = ANY(%(what)s) GROUP BY 1, 2, 3, 4
  UNION ALL
    SELECT s.unit, t.what, {{day}}, t.value, count(*) FROM figures_fact f
    JOIN unnest(%(units)s::bigint[]) AS s(unit) ON s.unit = ANY(f.path), LATERAL rabta_figures_of(f) AS t
    WHERE NOT f.plain AND {_DAYS} AND t.what = ANY(%(what)s) AND {_MINE} GROUP BY 1, 2, 3, 4
"""  # noqa: S608 (pieces of our own)
_SUMS = (
    f"SELECT unit, what, value, sum(n)::int FROM ({_PARTS.format(day='NULL::date')}) AS p GROUP BY 1, 2, 3"  # noqa: S608
)
_BY_DAY = f"SELECT day, value, sum(n)::int FROM ({_PARTS.format(day='t.day')}) AS p GROUP BY 1, 2"  # noqa: S608
_CASES = f"""
    SELECT f.case_id FROM figures_fact f WHERE %(unit)s = ANY(f.path) AND f.unit_id = ANY(%(below)s::bigint[])
    AND {_DAYS} AND (f.plain OR {_MINE}) {{narrowed}} AND f.case_id < %(before)s ORDER BY f.case_id DESC LIMIT %(most)s
"""  # noqa: S608 (pieces of our own)
LAST = 2**62


def sums(
    units: Iterable[int], *, what: Sequence[str], period: Period, scope: Scope, directory: Directory
) -> Sums:
    """What is counted of each unit and of all below it. One query, however many units."""
    units = list(units)
    found: Sums = {unit: {one: Counter() for one in what} for unit in units}
    for unit, one, value, number in _asked(_SUMS, units, what, period, scope, directory):
        if number:
            found[unit][one][value] += number
    return found


def by_day(
    unit: int, *, period: Period, scope: Scope, directory: Directory, only: str = ""
) -> Counter[tuple[date, str]]:
    """How many cases came in on which day, by their class now; perhaps `only` those of one class. One query."""
    query = (
        _BY_DAY.replace("t.what = ANY", f"t.value = '{ReportClass(only)}' AND t.what = ANY")
        if only
        else _BY_DAY
    )
    if only:
        query = query.replace("f.day >=", f"f.report_class = '{ReportClass(only)}' AND f.day >=")
    rows = _asked(query, [unit], ["day"], period, scope, directory)
    return Counter({(day, value): number for day, value, number in rows if number})


def cases(
    unit: int,
    *,
    what: str,
    value: str,
    period: Period,
    scope: Scope,
    directory: Directory,
    without: Iterable[int] = (),
    before: int = LAST,
    most: int = 50,
) -> list[int]:
    """Ids of the cases behind a figure, the newest first, `most` at most; none of the units `without`. One query.

    Raises KeyError for what is not counted, ValueError for a value that does not fit it.
    """
    narrowed, given = _narrowed(COLUMNS[what], value)
    query = _CASES.format(narrowed=narrowed)
    left_out = set(without)
    below = [
        one.pk for one in directory.all_units.values() if unit in one.path and not left_out & set(one.path)
    ]
    facts = _reader(scope) | {"unit": unit, "below": below, "before": before, "most": most}
    facts |= {**_days(period), **given}
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return [row[0] for row in cursor.fetchall()]


def counted(found: Counter[str], value: str) -> int:
    """The figure of a value; where parts of it are empty, of all values that fit the others."""
    if value == ANY:
        return found.total()
    wanted = value.split("|")
    if len(wanted) == 1:
        return found[value]
    return sum(
        number
        for told, number in found.items()
        if all(not want or want == part for want, part in zip(wanted, told.split("|"), strict=True))
    )


def _narrowed(columns: Sequence[str], value: str) -> tuple[str, dict[str, Any]]:
    parts = value.split("|") if columns else []
    if len(parts) != len(columns):
        raise ValueError(f"{value!r} has not {len(columns)} parts")
    said, given = "", {}
    for column, part in zip(columns, parts, strict=True):
        if not part and len(parts) > 1:
            continue
        if part == ANY:
            said += f" AND f.{column} IS NOT NULL"
            continue
        said += f" AND %({column})s = ANY(f.flags)" if column == "flag" else f" AND f.{column} = %({column})s"
        given[column] = int(part) if column in _NUMBERS else part
    open_only = " AND f.state <> 'closed'" if columns == ("officer_id",) else ""
    return said + open_only, given


def _asked(
    query: str, units: Sequence[int], what: Sequence[str], period: Period, scope: Scope, directory: Directory
) -> list[Any]:
    """With units just below a unit, and with itself, cases are counted one by one (`rabta_fold_figures`)."""
    below = [
        (unit.parent_id, unit.pk) for unit in directory.all_units.values() if unit.parent_id in set(units)
    ]
    direct = [
        pair
        for pair in [*below, *((unit, unit) for unit in units)]
        if directory.all_units[pair[0]].parent_id is not None
    ]
    of, at = [pair[0] for pair in direct], [pair[1] for pair in direct]
    facts = _reader(scope) | {"units": list(units), "what": list(what), "of": of, "at": at, **_days(period)}
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return cursor.fetchall()


def _reader(scope: Scope) -> dict[str, Any]:
    return {"sees": sorted(scope.sees_as), "own": sorted(scope.shut_out_as)}


def _days(period: Period) -> dict[str, Any]:
    return {"since": period.since, "until": period.until}
