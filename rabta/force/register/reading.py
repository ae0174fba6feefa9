"""From the bytes of a CSV or XLSX file to rows with their line numbers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.utils.translation import gettext as _

from rabta.files import spreadsheets
from rabta.files.spreadsheets import Line, Unreadable
from rabta.force.register.tables import Table
from rabta.kit import scripts

Wrong = Callable[[int, str], None]
MOST_ROWS = 50_000
MOST_PROBLEMS = 200  # then nobody reads on
TITLE_LINES = 10  # titles and merged cells may stand above the names of the columns
SHEET_DAY_ZERO = date(1899, 12, 30)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A mistake, for the person who filled the table in. Line 0 is the file as a whole."""

    table: str
    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row by column names; missing and empty cells are empty texts."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


def rows(table: Table, data: bytes, problems: list[Problem]) -> tuple[list[Row], list[Problem]]:
    """The good rows of a table, and notes on columns that are not read; what is wrong is added to `problems`."""

    def wrong(line: int, text: str) -> None:
        problems.append(Problem(table=table.name, line=line, text=text))

    if not data.strip():
        wrong(0, _("The file is empty."))
        return [], []
    lines = spreadsheets.lines(data)
    try:
        return _rows(table, lines, wrong, hint=_hint() if spreadsheets.is_workbook(data) else "")
    except Unreadable as trouble:
        wrong(trouble.line, str(trouble))
        return [], []


def _hint() -> str:
    """Why a cell of a workbook that looks filled is empty to us."""
    return _("A merged cell counts in its first line only, and a formula only with its stored result.")


def _rows(table: Table, lines: Iterator[Line], wrong: Wrong, hint: str) -> tuple[list[Row], list[Problem]]:
    head = _head(table, lines)
    if missing := [name for name in table.needed if name not in head]:
        wrong(1, _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
        return [], []
    if double := sorted({name for name in head if name and head.count(name) > 1}):
        wrong(1, _("These columns are there twice: %(names)s.") % {"names": ", ".join(double)})
        return [], []
    good = list(_good(table, head, lines, wrong, hint))
    unread = [name for name in head if name and name not in table.known]
    note = _("These columns are not read: %(names)s.") % {"names": ", ".join(unread)}
    return good, [Problem(table=table.name, line=1, text=note)] if unread else []


def _head(table: Table, lines: Iterator[Line]) -> list[str]:
    """The names of the columns: the first line, or the one with all that is needed under a title and merged cells."""
    first: list[str] | None = None
    for _line, cells in islice(lines, TITLE_LINES):
        head = [cell.strip().lower() for cell in cells]
        if set(table.needed) <= set(head):
            return head
        first = head if first is None else first
    return first or []


def day(text: str) -> date:
    """The day as people and spreadsheets write it: 2026-01-31 (also with a time), 31/01/2026, 31.1.2026, or a
    spreadsheet's number of days. Raises ValueError.
    """
    text = scripts.normalise(text.strip())
    if text.isdecimal() and len(text) == 5:
        return SHEET_DAY_ZERO + timedelta(days=int(text))
    turned = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text)
    if turned:
        return date(int(turned[3]), int(turned[2]), int(turned[1]))
    return date.fromisoformat(text.partition(" ")[0])


def stream(table: Table, data: bytes, wrong: Wrong, *, most: int) -> Iterator[Row]:
    """The good rows one after the other, for tables of hundreds of thousands; what is wrong goes to `wrong`."""
    if not data.strip():
        wrong(0, _("The file is empty."))
        return
    lines = spreadsheets.lines(data)
    try:
        head = _head(table, lines)
        if missing := [name for name in table.needed if name not in head]:
            wrong(1, _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
            return
        if double := sorted({name for name in head if name and head.count(name) > 1}):
            wrong(1, _("These columns are there twice: %(names)s.") % {"names": ", ".join(double)})
            return
        hint = _hint() if spreadsheets.is_workbook(data) else ""
        yield from _good(table, head, lines, wrong, hint, most=most)
    except Unreadable as trouble:
        wrong(trouble.line, str(trouble))


def _good(
    table: Table, head: list[str], lines: Iterator[Line], wrong: Wrong, hint: str, *, most: int = MOST_ROWS
) -> Iterator[Row]:
    longest = {column.name: column.longest for column in table.columns}
    filled = ((line, cells) for line, cells in lines if any(cell.strip() for cell in cells))
    for number, (line, cells) in enumerate(filled):
        if number >= most:
            wrong(line, _("At most %(number)d rows at once.") % {"number": most})
            return
        while len(cells) > len(head) and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > len(head):
            wrong(line, _("The line has more cells than the first line."))
            continue
        values = {name: " ".join(cell.split()) for name, cell in zip(head, cells, strict=False)}
        empty = [name for name in table.needed if not values.get(name)]
        long = [name for name, value in values.items() if len(value) > longest.get(name, 10**6)]
        if empty:
            wrong(line, " ".join([_("Empty: %(names)s.") % {"names": ", ".join(empty)}, hint]).strip())
            hint = ""  # said once
        if long:
            wrong(line, _("Too long: %(names)s.") % {"names": ", ".join(long)})
        if not empty and not long:
            yield Row(line=line, values=values)
