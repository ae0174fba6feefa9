"""Tables that people choose: CSV in the ways of spreadsheets, XLSX, and what is neither."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from rabta.files import spreadsheets
from rabta.files.spreadsheets import Unreadable
from rabta.kit import sheets


@pytest.mark.parametrize(
    "text",
    [
        "code,name\nA,تھانہ\n",
        "code;name\r\nA;تھانہ\r\n",
        "code\tname\nA\tتھانہ",
        '\ufeffcode,name\n"A",تھانہ\n',
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert list(spreadsheets.lines(text.encode())) == [(1, ["code", "name"]), (2, ["A", "تھانہ"])]


def test_a_sheet_is_read_as_it_looks() -> None:
    book = Workbook()
    book.active.append(["number", "day", "moment", "text", None])
    book.active.append([])
    book.active.append([3001234567, date(2026, 1, 31), datetime(2026, 1, 31, 14, 5), "थाना", 2.5, None])
    book.create_sheet("another").append(["not read"])
    target = io.BytesIO()
    book.save(target)
    assert list(spreadsheets.lines(target.getvalue())) == [
        (1, ["number", "day", "moment", "text"]),
        (2, []),
        (3, ["3001234567", "2026-01-31", "2026-01-31 14:05", "थाना", "2.5"]),
    ]


def test_what_we_export_comes_in_again() -> None:
    rows = [["reference", "words"], ["PSH-7K3M-92QF", "=1+1"]]
    data = sheets.xlsx_bytes(rows, title="Cases")
    assert [cells for _line, cells in spreadsheets.lines(data)] == rows


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "said", "line"),
    [
        (b"\xff\xfe\x00", "no table", 0),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no table", 0),
        ("number,text\n1,Café".encode("latin-1"), "CSV UTF-8", 0),
        (b"a,b\0", "no table", 0),
        (b'a,b\n"x', "quotation", 2),
        (zipped(("letter.txt", b"hello")), "can't be read", 0),
        (zipped(("xl/workbook.xml", b"<!DOCTYPE x [")), "can't be read", 0),
        (zipped(("a/sheet1.xml", b"1"), ("b/sheet1.xml", b"2")), "damaged", 0),
        (sheets.xlsx_bytes([["a"]], title="x")[:-40], "damaged", 0),
    ],
)
def test_what_is_no_table_is_said_with_its_line(data: bytes, said: str, line: int) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        list(spreadsheets.lines(data))
    assert refused.value.line == line


def test_a_workbook_that_grows_without_end_is_refused_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreadsheets, "LARGEST", 100_000)
    with pytest.raises(Unreadable, match="too large"):
        list(spreadsheets.lines(zipped(("xl/worksheets/sheet1.xml", b"0" * 1_000_000))))


def claiming(last: int) -> bytes:
    """A sheet with one line at the top, and an empty one that says where it stands."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx_bytes([["a"]], title="x"))) as book,
        zipfile.ZipFile(target, "w") as made,
    ):
        for name in book.namelist():
            row = f'<row r="{last}"><c r="A{last}"/></row></sheetData>'.encode()
            made.writestr(name, book.read(name).replace(b"</sheetData>", row))
    return target.getvalue()


def test_lines_that_a_sheet_only_claims_are_passed_over_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(spreadsheets.lines(claiming(3_000)))
    assert len(found) == 3_000 and [cells for _line, cells in found if cells] == [["a"]]
    monkeypatch.setattr(spreadsheets, "MOST_LINES", 2_999)
    with pytest.raises(Unreadable, match="can't be read"):
        list(spreadsheets.lines(claiming(3_000)))
