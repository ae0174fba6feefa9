"""Figures of a month: how many cases, by unit and kind or state. The table may be printed and given away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.force import directory
from rabta.force.access import Permission
from rabta.rules.small_cells import LEAST, Printed
from rabta.web.figures import periods, queries
from rabta.web.figures.queries import Asked
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row in words. A cell is None where it is kept back."""

    name: str
    cells: Sequence[tuple[str, int | None]]
    total: int


@require_GET
@supervisors
def figures(request: HttpRequest) -> HttpResponse:
    """The page. `?month=2026-03`, `?unit=` a unit, `?by=kind` or `state`."""
    asked = asked_of(request)
    table = queries.figures(asked)
    units = queries.units_of(request.scope, asked.directory)
    facts = {
        "asked": asked,
        "units": units,
        "months": periods.months(today=timezone.localdate()),
        "ways": [("kind", _("Kind")), ("state", _("State"))],
        "table": table,
        "heads": heads(table, asked.by) if table else [],
        "lines": lines(table, asked) if table and table.total else [],
        "told": table.total - table.kept_back if table else 0,
        "least": LEAST,
        "going_on": asked.month == timezone.localdate().replace(day=1),
        "confidential": confidential(request, asked),
        "may_export": request.scope.has(Permission.EXPORT),
    }
    return render(request, "figures/figures.html", facts)


def asked_of(request: HttpRequest) -> Asked:
    """What the address asks for. Raises Http404 for a unit whose figures the officer may not see."""
    now = timezone.now()
    force = directory.current(now=now)
    units = queries.units_of(request.scope, force)
    wanted = request.GET.get("unit", "")
    unit = next((one for one in units if one.public_id == wanted or not wanted), None)
    if unit is None:
        raise Http404
    by = request.GET.get("by", "")
    return Asked(
        scope=request.scope,
        directory=force,
        unit=unit,
        month=periods.chosen(request.GET.get("month", ""), today=timezone.localdate(now)),
        by=by if by in queries.BY else "kind",
    )


def heads(table: Printed, by: str) -> list[str]:
    """The names of the columns."""
    labels = dict(queries.BY[by].choices)
    return [str(labels.get(column) or _("Others")) for column in table.columns]


def lines(table: Printed, asked: Asked) -> list[Line]:
    """The rows, and the last one with the totals."""
    names = heads(table, asked.by)
    found = [
        Line(
            name=queries.row_name(row, asked.unit.pk, asked.directory),
            cells=[
                (head, table.cells.get((row, column)))
                for head, column in zip(names, table.columns, strict=True)
            ],
            total=table.row_totals[row],
        )
        for row in table.rows
    ]
    totals = [table.column_totals[column] for column in table.columns]
    return [
        *found,
        Line(name=_("All together"), cells=list(zip(names, totals, strict=True)), total=table.total),
    ]


def confidential(request: HttpRequest, asked: Asked) -> str:
    """The sentence on confidential inquiries; empty for whoever may know nothing about them."""
    least = queries.confidential(request.scope, asked.month)
    if least is None:
        return ""
    if not least:
        return _("Confidential inquiries of the whole force, which are in no table: fewer than five.")
    text = _("Confidential inquiries of the whole force, which are in no table: %(least)d to %(most)d.")
    return text % {"least": least, "most": least + 4}
