"""Reading figures: sums by unit and what is counted, by day, and the very cases behind a figure.

A figure counts what its reader may see, and nothing else. What everybody sees who sees the unit is added up
beforehand; what a station has by itself is counted from the facts. The rest (accusations) is added up for each unit
that sees it, and made right for the reader (`rabta_guarded_figures`). Confidential inquiries have no facts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import connection

from rabta.figures.models import Fact
from rabta.force.access import Scope
from rabta.force.directory import Directory
from rabta.rules.report_classes import ReportClass

_Key = TypeVar("_Key")
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
_ONLY = {"officer": "f.state <> 'closed'", "outcome": "f.outcome <> ''"}  # whose value is counted at all
_SUMMED = frozenset({"all", "class"})  # for every unit, what is in it alone too (`rabta_levels`)
_DAYS = "f.day >= %(since)s AND f.day < %(until)s"
_ADDED_UP = """
    SELECT t.unit_id, t.what, {day}, t.value, sum(t.n)::int FROM figures_tally t
    WHERE t.unit_id = ANY(%(units)s::bigint[]) AND t.what = ANY(%(what)s)
      AND t.day >= %(since)s AND t.day < %(until)s {only}
    GROUP BY 1, 2, 3, 4
  UNION ALL
    SELECT t.unit_id, t.what, {day}, t.value, sum(t.n)::int
    FROM rabta_guarded_figures(%(units)s::bigint[], %(what)s, %(since)s, %(until)s) AS t
    WHERE true {only} GROUP BY 1, 2, 3, 4
"""
_ITSELF = f"""
    WITH f AS MATERIALIZED (
      SELECT f.unit_id, f.day, f.channel, f.kind, f.category, f.state, f.outcome, f.report_class, f.flags, f.officer_id,
        f.reply, f.contact, f.closing, f.satisfaction
      FROM figures_fact f WHERE f.unit_id = ANY(%(itself)s::bigint[]) AND {_DAYS} AND f.plain {{only}}
    )
"""  # noqa: S608 (pieces of our own)
_CASES = f"""
    SELECT f.case_id FROM figures_fact f WHERE f.unit_id = ANY(%(below)s::bigint[]) AND {_DAYS} {{narrowed}}
    AND (f.plain OR f.seen_by && %(sees)s::bigint[] AND NOT f.hidden_from && %(own)s::bigint[])
    ORDER BY f.day DESC, f.case_id DESC LIMIT %(most)s
"""  # noqa: S608 (pieces of our own)
_BEHIND = " AND (f.day, f.case_id) < (%(day)s, %(after)s)"


def sums(
    units: Iterable[int], *, what: Sequence[str], period: Period, scope: Scope, directory: Directory
) -> Sums:
    """What is counted of each unit and of all below it. One query, however many units."""
    units = list(units)
    found: Sums = {unit: {one: Counter() for one in what} for unit in units}
    for unit, one, _day, value, number in _asked(units, what, period, scope, directory):
        found[unit][one][value] += number
    return {unit: {one: _some(by_what[one]) for one in what} for unit, by_what in found.items()}


def by_day(
    unit: int, *, period: Period, scope: Scope, directory: Directory, only: str = ""
) -> Counter[tuple[date, str]]:
    """How many cases came in on which day, by their class now; perhaps `only` those of one class. One query."""
    found: Counter[tuple[date, str]] = Counter()
    for _unit, _what, day, value, number in _asked(
        [unit], ["day"], period, scope, directory, days=True, only=only and ReportClass(only)
    ):
        found[day, value] += number
    return _some(found)


def cases(
    unit: int,
    *,
    what: str,
    value: str,
    period: Period,
    scope: Scope,
    directory: Directory,
    without: Iterable[int] = (),
    after: int | None = None,
    most: int = 50,
) -> list[int]:
    """Ids of the cases behind a figure, those that came last first, `most` at most; none of the units `without`.

    `after` is the last case of the page before. One query; with `after` two. Raises KeyError for what is not counted,
    ValueError for a value that does not fit it.
    """
    narrowed, facts = _narrowed(what, value)
    left_out = set(without)
    facts["below"] = [
        one.pk for one in directory.all_units.values() if unit in one.path and not left_out & set(one.path)
    ]
    facts |= _days(period) | {"sees": sorted(scope.sees_as), "own": sorted(scope.shut_out_as), "most": most}
    day = after and Fact.objects.filter(pk=after).values_list("day", flat=True).first()
    if day:
        narrowed += _BEHIND
        facts |= {"day": day, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_CASES.format(narrowed=narrowed), facts)
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


def _narrowed(what: str, value: str) -> tuple[str, dict[str, Any]]:
    columns = COLUMNS[what]
    parts = value.split("|") if columns else []
    if len(parts) != len(columns):
        raise ValueError(f"{value!r} has not {len(columns)} parts")
    said, given = f" AND {_ONLY[what]}" if what in _ONLY else "", {}
    for column, part in zip(columns, parts, strict=True):
        if not part and len(parts) > 1:
            continue
        if part == ANY:
            said += f" AND f.{column} IS NOT NULL"
            continue
        said += f" AND %({column})s = ANY(f.flags)" if column == "flag" else f" AND f.{column} = %({column})s"
        given[column] = int(part) if column in _NUMBERS else part
    return said, given


def _asked(
    units: Sequence[int],
    what: Sequence[str],
    period: Period,
    scope: Scope,
    directory: Directory,
    *,
    days: bool = False,
    only: str = "",
) -> list[Any]:
    """Rows of unit, what, day (None but for `days`), value and number; a value may stand in several."""
    query = _ADDED_UP.format(
        day="t.day" if days else "NULL::date", only="AND t.value = %(only)s" if only else ""
    )
    itself = [unit for unit in units if directory.all_units[unit].parent_id is not None]
    fine = [one for one in what if one not in _SUMMED]
    if itself and fine:
        facts = _ITSELF.format(only="AND f.report_class = %(only)s" if only else "")
        query = " UNION ALL ".join([facts + query, *(_counted(one, days=days) for one in fine)])
    asked = {"units": units, "itself": itself, "what": list(what), "only": only, **_days(period)}
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return cursor.fetchall()


def _counted(what: str, *, days: bool) -> str:
    """The cases that count with a unit itself, from their facts: the same as `rabta_figures_of` makes of each."""
    columns = [column if column == "flag" else f"f.{column}" for column in COLUMNS[what]]
    told = [f"{column} IS NOT NULL" for column in columns] + [_ONLY.get(what, "true")]
    return f"""
    SELECT f.unit_id, '{what}', {"f.day" if days else "NULL::date"}, {" || '|' || ".join(columns)}::text, count(*)::int
    FROM f {"CROSS JOIN unnest(f.flags) AS flag" if "flag" in columns else ""}
    WHERE {" AND ".join(told)} GROUP BY 1, 3, 4
    """  # noqa: S608 (pieces of our own)


def _some(found: Counter[_Key]) -> Counter[_Key]:
    """Without what adds up to nothing. What is below nothing stays: it must be seen not to add up."""
    return Counter({key: number for key, number in found.items() if number})


def _days(period: Period) -> dict[str, Any]:
    return {"since": period.since, "until": period.until}
