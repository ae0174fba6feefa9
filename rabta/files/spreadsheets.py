"""The cells of a table that somebody chose: CSV as spreadsheets write it, or the first sheet of an XLSX file."""

import contextlib
import csv
import io
from collections.abc import Iterator
from datetime import datetime, time

from django.utils.translation import gettext as _

from rabta.files.archives import Archive, ArchiveRefused, Broken, TooMuch, is_archive

LARGEST = 200 * 1024 * 1024  # of all that comes out of an XLSX file
MOST_COLUMNS = 200
MOST_LINES = 1_048_576  # of a sheet; a file may claim more

Line = tuple[int, list[str]]  # the number that people see beside it, and the cells


class Unreadable(Exception):
    """The table can't be read; the text says why and what to do, `line` where (0: the file as a whole)."""

    def __init__(self, text: str, *, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


def lines(data: bytes) -> Iterator[Line]:
    """All lines of the table, the first one too. Raises Unreadable."""
    if is_workbook(data):
        yield from _of_sheet(data)
    else:
        yield from _of_text(data)


def is_workbook(data: bytes) -> bool:
    """Whether these are the bytes of a workbook (XLSX), not of CSV."""
    return is_archive(io.BytesIO(data))


def _of_text(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        words = _("The line can't be read (%(error)s). Look for a lone quotation mark.") % {"error": error}
        raise Unreadable(words, line=reader.line_num) from None


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Unreadable(
            _("This is no table in XLSX or in CSV with UTF-8. Save it as “CSV UTF-8” and choose it again.")
        )
    return text


def _delimiter(text: str) -> str:
    """Spreadsheets write commas, semicolons or tabs, by the language of the computer: the first line tells."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _of_sheet(data: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook  # with numpy below it, which no process is to load at its start

    _weigh(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for number, row in enumerate(rows, start=1):
            if number > MOST_LINES:
                raise ValueError
            if row.count(None) == len(row):  # quickly: there may be a million of them
                yield number, []
                continue
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells
    except Exception as error:  # noqa: BLE001 - whatever a broken workbook makes the library raise
        words = _("The workbook can't be read (%(error)s). Save it again as XLSX or as “CSV UTF-8”.")
        raise Unreadable(words % {"error": type(error).__name__}) from None


def _weigh(data: bytes) -> None:
    """Refuse what would grow without a limit, before it is given to a library."""
    try:
        archive = Archive(io.BytesIO(data), total=LARGEST)
        with contextlib.closing(archive):
            if archive.twice:  # what stands twice would be weighed once
                raise Broken
            for name in archive.names:
                for _piece in archive.read(name, limit=LARGEST // 2):
                    pass
    except (ArchiveRefused, Broken):
        raise Unreadable(_("The workbook is damaged. Save the sheet as “CSV UTF-8”.")) from None
    except TooMuch:
        raise Unreadable(_("The workbook is too large. Save the sheet as “CSV UTF-8”.")) from None


def _text(cell: object) -> str:
    """What somebody reads in the cell: a day as 2026-01-31, a number without a needless point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
