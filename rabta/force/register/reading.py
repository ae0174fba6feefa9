"""From the bytes of a CSV file to rows with their line numbers. What spreadsheets make of CSV is understood."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rabta.force.register.tables import Table

MOST_ROWS = 50_000
MOST_PROBLEMS = 200  # then nobody reads on


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

    text = _decoded(data)
    if text is None:
        wrong(0, _("This is no CSV file in UTF-8. Save it as “CSV UTF-8” and choose it again."))
        return [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _rows(table, reader, wrong)
    except csv.Error as error:
        wrong(
            reader.line_num,
            _("The line can't be read (%(error)s). Look for a lone quotation mark.") % {"error": error},
        )
        return [], []


def _rows(table: Table, reader, wrong) -> tuple[list[Row], list[Problem]]:  # type: ignore[no-untyped-def]
    head = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in table.needed if name not in head]:
        wrong(1, _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
        return [], []
    if double := sorted({name for name in head if name and head.count(name) > 1}):
        wrong(1, _("These columns are there twice: %(names)s.") % {"names": ", ".join(double)})
        return [], []
    good = list(_good(table, head, reader, wrong))
    unread = [name for name in head if name and name not in table.known]
    note = _("These columns are not read: %(names)s.") % {"names": ", ".join(unread)}
    return good, [Problem(table=table.name, line=1, text=note)] if unread else []


def _good(table: Table, head: list[str], reader, wrong) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    longest = {column.name: column.longest for column in table.columns}
    for number, cells in enumerate(reader):
        if number >= MOST_ROWS:
            wrong(reader.line_num, _("At most %(number)d rows at once.") % {"number": MOST_ROWS})
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(head):
            wrong(reader.line_num, _("The line has more cells than the first line."))
            continue
        values = {name: " ".join(cell.split()) for name, cell in zip(head, cells, strict=False)}
        empty = [name for name in table.needed if not values.get(name)]
        long = [name for name, value in values.items() if len(value) > longest.get(name, 10**6)]
        if empty:
            wrong(reader.line_num, _("Empty: %(names)s.") % {"names": ", ".join(empty)})
        if long:
            wrong(reader.line_num, _("Too long: %(names)s.") % {"names": ", ".join(long)})
        if not empty and not long:
            yield Row(line=reader.line_num, values=values)


def _decoded(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _delimiter(text: str) -> str:
    """Spreadsheets write commas, semicolons or tabs, by the language of the computer: the first line tells."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)
