"""A table as a file to be saved: CSV, XLSX or PDF, never shown in the browser, never kept by it."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from rabta.kit import sheets
from rabta.kit.sheets import Cell

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PRINTED = FORMATS | {"pdf": "application/pdf"}  # tables of figures, which somebody reads as they are


def answer(rows: Iterable[Sequence[Cell]], *, name: str, form: str) -> HttpResponse:
    """The file. `name` is made of our own letters only: nothing that somebody wrote stands in a header."""
    # CSV with the mark by which spreadsheets know UTF-8.
    csv = form == "csv"
    body = sheets.csv_text(rows).encode("utf-8-sig") if csv else sheets.xlsx_bytes(rows, title=name)
    return saved(body, name=name, form=form)


def saved(body: bytes, *, name: str, form: str) -> HttpResponse:
    """A file of one of the PRINTED forms."""
    return _saved(body, name=f"{name}.{form}", mime=PRINTED[form])


def zipped(body: bytes, *, name: str) -> HttpResponse:
    """Several files in one."""
    return _saved(body, name=f"{name}.zip", mime="application/zip")


def _saved(body: bytes, *, name: str, mime: str) -> HttpResponse:
    response = HttpResponse(body, content_type=mime)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
