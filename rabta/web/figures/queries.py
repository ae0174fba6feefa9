"""Counting cases by unit and kind or state, from what the reader may see, in a form that may be given away.

A case counts where it is worked on: in the unit that leads, else in that of its desk; a complaint against police so
never with the accused. Confidential inquiries are in no table, also for those who are named in one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rabta.cases.models import Case, Kind, State
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Unit
from rabta.rules.small_cells import MERGED, Level, Printed, printed_below
from rabta.web.figures.periods import bounds

BY = {"kind": Kind, "state": State}
DESK = "desk"  # a level whose units serve the one above them
Found = Counter[tuple[int, str]]  # by unit and kind or state


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be counted."""

    scope: Scope
    directory: Directory
    unit: Unit
    month: date
    by: str


def units_of(scope: Scope, directory: Directory) -> list[Unit]:
    """The units whose figures the officer may see: those that he supervises and, below them, those with units below."""
    over = scope.units_with(Permission.SUPERVISE)
    parents = {unit.parent_id for unit in directory.all_units.values() if unit.level.code != DESK}
    found = (
        u for u in directory.all_units.values() if over & set(u.path) and (u.pk in parents or u.pk in over)
    )
    return sorted(found, key=lambda unit: (len(unit.path), str(unit)))


def figures(asked: Asked) -> Printed | None:
    """The table of the unit. None when a table above it puts the unit together with others. One query.

    The tables above are worked out too (`small_cells.printed_below`).
    """
    found, force = _count(asked), asked.directory
    levels = [
        Level(
            unit=str(here),
            counts=_laid_out(found, here, force),
            rows=list(map(str, rows_of(force.all_units[here], force))),
        )
        for here in highest(asked.scope, asked.unit)
    ]
    return printed_below(levels, columns=[str(kind) for kind in BY[asked.by].values])


def rows_of(unit: Unit, directory: Directory) -> list[int]:
    """The units directly below, by their names, and the unit itself for what no unit below it works on."""
    below = [
        one for one in directory.all_units.values() if one.parent_id == unit.pk and one.level.code != DESK
    ]
    return [*(one.pk for one in sorted(below, key=str)), unit.pk]


def confidential(scope: Scope, month: date) -> int | None:
    """At least how many confidential inquiries there are, in steps of five; None for whoever may not know."""
    if not scope.over_all(Permission.SUPERVISE):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_confidential(%s, %s)", bounds(month))
        (number,) = cursor.fetchone()
    return int(number)


def _count(asked: Asked) -> Found:
    begin, end = bounds(asked.month)
    rows = Case.objects.filter(
        asked.scope.visible(), named_officers=[], opened_at__gte=begin, opened_at__lt=end
    )
    by_unit = rows.annotate(where=Coalesce("lead_unit_id", "desk_unit_id")).order_by()
    counted = by_unit.values_list("where", asked.by).annotate(Count("id"))
    return Counter({(unit, value): count for unit, value, count in counted})


def highest(scope: Scope, unit: Unit) -> Sequence[int]:
    """Ids from the highest unit that the officer supervises down to this one."""
    over, path = scope.units_with(Permission.SUPERVISE), unit.path
    return path[next(n for n, one in enumerate(path) if one in over) :]


def row_name(row: str, unit: int, force: Directory) -> str:
    """The name of a row of a unit's table."""
    if row == MERGED:
        return _("Other units")
    if int(row) == unit:
        return _("%(unit)s itself") % {"unit": force.all_units[unit]}
    return str(force.all_units[int(row)])


def _laid_out(found: Found, unit: int, directory: Directory) -> dict[tuple[str, str], int]:
    """By row and column: a row is the unit's child below which a case is worked on, or the unit itself."""
    table: Counter[tuple[str, str]] = Counter()
    for (where, value), count in found.items():
        path = directory.path(where)
        if unit in path:
            at = path.index(unit)
            table[str(path[at + 1] if len(path) > at + 1 else unit), value] += count
    return dict(table)
