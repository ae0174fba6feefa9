"""The report of a unit: each case in one class, by channel; a table that does not add up is not shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.figures import counting, folding, reports
from rabta.force.access import Permission
from rabta.rules.report_classes import DoesNotAddUp, Flag, Report, ReportClass, Row
from rabta.rules.small_cells import LEAST, MERGED, Printed, printed
from rabta.web.figures import words
from rabta.web.figures.chosen import Chosen, chosen
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)
Cell = tuple[str, int, str]  # what it counts, how many, and the way to the cases
Cells = Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A report that adds up, or the reason why there is none."""

    report: Report | None
    error: str = ""


def told_of(asked: Chosen) -> Told:
    """The report of the unit and months that are asked for."""
    folding.step()
    try:
        report = reports.of_unit(
            asked.unit.pk, period=asked.span.period, scope=asked.scope, directory=asked.directory
        )
    except DoesNotAddUp as reason:
        return Told(report=None, error=str(reason))
    return Told(report=report)


@require_GET
@supervisors
def report(request: HttpRequest) -> HttpResponse:
    """The page. `?unit=`, `?from=2020-04&to=2020-12`."""
    asked = chosen(request, page="figures_report")
    told = told_of(asked)
    opens = asked.sums([asked.unit.pk], ("all", "channel", "class", "flag"))[asked.unit.pk]
    facts = asked.facts | {
        "error": told.error,
        "heads": [words.class_name(one) for one in ReportClass],
        "lines": [_line(row, asked, opens) for row in (*told.report.rows, told.report.sum)]
        if told.report
        else [],
        "flags": _flags(told.report.sum, asked, opens) if told.report else [],
        "total": told.report.sum.total if told.report else 0,
        "may_export": request.scope.has(Permission.EXPORT) and asked.may_be_given_away,
    }
    return render(request, "figures/report.html", facts, status=500 if told.error else 200)


def _line(row: Row, asked: Chosen, opens: dict[str, Counter[str]]) -> tuple[str, Cells, Cell]:
    """Name, cells (head, number, link), and the total as one more."""
    cells = [
        (
            words.class_name(one),
            row.classes[one],
            _link(asked, opens, "class", f"{row.name}|{one}", row.classes[one]),
        )
        for one in ReportClass
    ]
    link = _link(asked, opens, "channel" if row.name else "all", row.name, row.total)
    return words.channel_name(row.name) if row.name else _("All together"), cells, (_("All"), row.total, link)


def _link(asked: Chosen, opens: dict[str, Counter[str]], what: str, value: str, number: int) -> str:
    """The way to the cases; none where confidential inquiries are among them, which open no list."""
    if counting.counted(opens[what], value) != number:
        return ""
    return words.opens(asked.unit, asked.span.period, what, value)


def _flags(row: Row, asked: Chosen, opens: dict[str, Counter[str]]) -> list[tuple[str, list[Cell]]]:
    """By class: what is printed "of which"; nothing of what is nought."""
    found = []
    for one in ReportClass:
        told = [(flag, row.of_which[one, flag]) for flag in Flag if row.of_which[one, flag]]
        flags = [
            (words.flag_name(flag), number, _link(asked, opens, "flag", f"|{one}|{flag}", number))
            for flag, number in told
        ]
        if flags:
            found.append((words.class_name(one), flags))
    return found


def to_give_away(report: Report) -> tuple[list[list[str | int]], Printed]:
    """The rows of a file: nothing small is told, and nothing small can be worked out."""
    names = [row.name for row in report.rows]
    counts = {(row.name, str(one)): row.classes[one] for row in report.rows for one in ReportClass}
    table = printed(counts, rows=names, columns=[str(one) for one in ReportClass])
    heads = [_("Others") if one == MERGED else words.class_name(one) for one in table.columns]
    lines: list[list[str | int]] = [[_("Channel"), *heads, _("All")], *lines_of(table)]
    return lines + _of_which(report.sum, table), table


def lines_of(table: Printed) -> list[list[str | int]]:
    """The lines of a table by channel as it may be printed, the last one with the totals; none of one too small."""
    lines: list[list[str | int]] = []
    for name in table.rows:
        cells = [table.cells.get((name, one), "·") for one in table.columns]
        shown = _("Others") if name == MERGED else words.channel_name(name)
        lines.append([shown, *cells, table.row_totals[name]])
    if table.total:
        lines.append([_("All together"), *(table.column_totals[one] for one in table.columns), table.total])
    return lines


def _of_which(row: Row, table: Printed) -> list[list[str | int]]:
    lines: list[list[str | int]] = []
    for one in ReportClass:
        for flag in Flag:
            number = row.of_which[one, flag]
            if one in table.columns and number >= LEAST and row.classes[one] - number not in range(1, LEAST):
                name = f"{words.class_name(one)}: {_('of which')} {words.flag_name(flag)}"
                lines.append([name, *([""] * len(table.columns)), number])
    return lines
