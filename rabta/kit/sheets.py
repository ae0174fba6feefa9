"""Tables that leave the house as CSV or XLSX, so that no cell becomes a formula on the reader's machine.

A spreadsheet takes text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, and a formula
can send data away or start programs. Whoever writes a message to us chooses such text. In CSV it gets an apostrophe in
front, as OWASP advises, and so does what would begin a cell where a program expects semicolons between cells. Figures
and telephone numbers (`+92 300 1234567`, `-3.5`) are no formulas and stay as they are. In XLSX every text is stored as
text, which needs no guard.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

Cell = str | int | float | bool | datetime | None
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TELEPHONE = re.compile(r"\+[1-9][0-9]{6,14}|\+[1-9][0-9 ]{6,20}|[+-][0-9]+(\.[0-9]+)?")
# Where a program expects semicolons or tabs between cells, what follows one (or a new line) in a text begins a cell.
_WITHIN = re.compile(r"([;\t\r\n][\s\ufeff\"]*)(?=[=+\-@＝＋－＠])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not possible in XML, and of no use in a table


# NUL, and signs that turn the direction of all that follows, so that a cell reads as something else.
_UNSEEN = re.compile(r"[\x00\u202a-\u202e\u2066-\u2069]")


def guarded(text: str) -> str:
    """The text as a CSV cell may hold it."""
    text = _UNSEEN.sub("", text)
    if text.lstrip(" \u00a0\ufeff").startswith(RISKY) and not _TELEPHONE.fullmatch(text):
        return "'" + text
    return text


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """All rows as CSV (comma, quotes where needed, CRLF), each cell guarded. To be written as `utf-8-sig`."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return target.getvalue()


def xlsx_bytes(rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """All rows as one sheet: texts as texts whatever they begin with, figures as figures, times in UTC."""
    from openpyxl import Workbook  # with numpy below it, which no process is to load at its start
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _storable(value))
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl would take "=…" for a formula
            cells.append(cell)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return _WITHIN.sub(r"\1'", guarded(cell))
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds")
    return "" if cell is None else str(cell)


def _storable(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None)
    return _CONTROL.sub("", _UNSEEN.sub("", cell))[:32_767] if isinstance(cell, str) else cell
