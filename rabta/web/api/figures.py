"""Figures: what the pages tell, with the rights of the officer; each figure can be opened as the cases it counts."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field, StringConstraints

from rabta.cases.looking import looked
from rabta.figures import folding
from rabta.figures.counting import Period
from rabta.force.access import Permission
from rabta.rules.report_classes import DoesNotAddUp, Flag, ReportClass, Row
from rabta.web.api import shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import PROBLEMS
from rabta.web.api.shapes import Problem
from rabta.web.figures import behind, overview, queries, views
from rabta.web.figures import report as reports
from rabta.web.figures.chosen import Chosen, chosen

Month = Annotated[str, StringConstraints(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")]
ANSWERS: Any = {**PROBLEMS, 500: Problem}  # 500: the figures do not add up, so they are not told

router = Router(tags=["figures"])


class Months(Schema):
    """A unit that the officer supervises (else his highest), and whole months as 2026-03 (else this one)."""

    unit: shapes.PublicId | None = None
    since: Month = Field("", alias="from")
    last: Month = Field("", alias="to")


class About(Schema):
    """Of which unit, from which day to which (the last one is in it), and when it was read."""

    unit: str
    since: date
    last: date
    read_at: datetime
    total: int


class Value(Schema):
    """`what` is counted, of which `value` (parts with `|` between them), and how many cases."""

    what: str
    value: str
    number: int


class Figures(About):
    """All figures of the overview. `class` is exclusive and adds up to `total`; `flag` is only "of which"."""

    figures: list[Value]


class Line(Schema):
    """A line of the report. `channel` is empty for the sum; `classes` add up to `total`, `of_which` to nothing."""

    channel: str
    classes: dict[str, int]
    of_which: dict[str, int]
    total: int


class ReportShown(About):
    """Each case in exactly one class, `pending` as 0 too. `of_which` has class and flag, with `|` between them."""

    lines: list[Line]


class TableLine(Schema):
    """A cell is null where it is kept back, so that nobody can be recognised."""

    name: str
    cells: list[int | None]
    total: int


class Table(Schema):
    """The table that may be given away; `told` is false where the table above puts the unit together with others."""

    unit: str
    month: date
    told: bool
    heads: list[str]
    lines: list[TableLine]


class Behind(Schema):
    """A figure by `what` and `value`, on days from `since` on and before `until`: whole months but for `day`.

    Without days this month.
    """

    unit: shapes.PublicId | None = None
    what: shapes.Code = "all"
    value: Annotated[str, StringConstraints(max_length=100, pattern=r"^[-*|0-9A-Za-z_.]*$")] = ""
    since: date | None = None
    until: date | None = None
    after: shapes.PublicId | None = None


class Opened(Schema):
    """The cases that the figure counts, the newest first; `next` is the `after` of the next page."""

    number: int
    items: list[shapes.CaseRow]
    next: str


@router.get("", response={200: Figures, **ANSWERS})
@needs(Permission.SUPERVISE)
def get_figures(request: HttpRequest, months: Query[Months]) -> dict[str, Any]:
    """What the overview shows: of what this officer may see, and nothing else."""
    asked = _asked(request, months)
    folding.step()
    found = asked.sums([asked.unit.pk], overview.WHAT)[asked.unit.pk]
    try:
        overview.check(found)
    except DoesNotAddUp as why:
        raise _wrong() from why
    values = [
        {"what": what, "value": value, "number": number}
        for what in overview.WHAT
        for value, number in sorted(found[what].items())
    ]
    return _about(asked, found["all"][""]) | {"figures": values}


@router.get("/report", response={200: ReportShown, **ANSWERS})
@needs(Permission.SUPERVISE)
def get_report(request: HttpRequest, months: Query[Months]) -> dict[str, Any]:
    """The report by channel and class, as the page has it."""
    asked = _asked(request, months)
    told = reports.told_of(asked).report
    if told is None:
        raise _wrong()
    return _about(asked, told.sum.total) | {"lines": [_line(row) for row in (*told.rows, told.sum)]}


@router.get("/table", response={200: Table, **PROBLEMS})
@needs(Permission.SUPERVISE)
def get_table(
    request: HttpRequest, unit: shapes.PublicId | None = None, month: Month = "", by: shapes.Code = "kind"
) -> dict[str, Any]:
    """The table of a month that may be printed and given away; `by` is `kind` or `state`. Nothing small is told."""
    asked = views.asked_of(request)
    if by not in queries.BY or (month and f"{asked.month:%Y-%m}" != month):
        raise Http404
    table = queries.figures(asked)
    return {
        "unit": asked.unit.public_id,
        "month": asked.month,
        "told": table is not None,
        "heads": views.heads(table, asked.by) if table else [],
        "lines": [
            {"name": line.name, "cells": [number for _head, number in line.cells], "total": line.total}
            for line in (views.lines(table, asked) if table and table.total else [])
        ],
    }


@router.get("/cases", response={200: Opened, **PROBLEMS})
@needs(Permission.SUPERVISE)
def list_behind(request: HttpRequest, figure: Query[Behind]) -> dict[str, Any]:
    """The cases behind a figure: exactly those that it counts."""
    asked = chosen(request, page="figures_cases")
    usual = asked.span.period
    period = Period(since=figure.since or usual.since, until=figure.until or usual.until)
    found = behind.found(asked, what=figure.what, value=figure.value, period=period, after=figure.after or "")
    looked(found.cases, by=request.scope, where="api figures", now=timezone.now())
    return {"number": found.number, "items": found.cases, "next": found.next}


def _asked(request: HttpRequest, months: Months) -> Chosen:
    """Raises Http404 for a unit or a month whose figures are not told."""
    asked = chosen(request)
    told = {f"{asked.span.since:%Y-%m}", f"{asked.span.last:%Y-%m}"}
    if not {month for month in (months.since, months.last) if month} <= told:
        raise Http404
    return asked


def _about(asked: Chosen, total: int) -> dict[str, Any]:
    return {
        "unit": asked.unit.public_id,
        "since": asked.span.since,
        "last": asked.span.end,
        "read_at": timezone.now(),
        "total": total,
    }


def _line(row: Row) -> dict[str, Any]:
    flags = {f"{one}|{flag}": row.of_which[one, flag] for one in ReportClass for flag in Flag}
    return {
        "channel": row.name,
        "classes": {str(one): row.classes[one] for one in ReportClass},
        "of_which": {name: number for name, number in flags.items() if number},
        "total": row.total,
    }


def _wrong() -> HttpError:
    return HttpError(
        500,
        _(
            "These figures do not add up, so they are not shown. Tell the administrator before you use any of them."
        ),
    )
