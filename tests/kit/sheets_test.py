"""Tables leave the house without formulas, and telephone numbers arrive as they were."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from rabta.kit import sheets
from tests.figures import Figure

UNSEEN = r"[\x00\u202a-\u202e\u2066-\u2069]"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
texts = st.text(max_size=60) | st.builds(
    lambda head, rest: head + rest, st.sampled_from([*RISKY, " =", "\u00a0@", "＝"]), st.text(max_size=30)
)


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("number", ["+923001234567", "+92 300 1234567", "-3.5", "+7", "03001234567", "15"])
def test_numbers_stay_as_they_are(number: str) -> None:
    assert sheets.guarded(number) == number


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "=cmd|'/c calc'!A0", "+92*3", "+923001234567-1",
     "-2+3+cmd|' /C calc'!A0", "＝1+1", "+923001234567\n=1"],
)  # fmt: skip
def test_formulas_become_text(formula: str) -> None:
    assert sheets.guarded(formula) == "'" + formula


@given(texts)
@example("+" + "\u0663" * 9)  # digits of another script are none to a spreadsheet
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    ((cell,),) = read_back(sheets.csv_text([[text or "x"]])) or [[""]]
    bare = cell.lstrip(" \u00a0\ufeff")
    assert not bare.startswith(RISKY) or bare.replace(" ", "").lstrip("+-").replace(".", "").isdigit()
    assert cell.replace("'", "") in (re.sub(UNSEEN, "", text).replace("'", ""), "x")


@given(st.lists(texts | st.text("ab1;=+-@\t\r\n \"',", max_size=12), min_size=1, max_size=4))
@example(["y;=z"])
@example(['y"\n =z', ';"=1'])
def test_neither_does_one_where_semicolons_stand_between_cells(cells: list[str]) -> None:
    """Quotes are no help there: they count at the beginning of a cell only, and ours begin elsewhere."""
    first, *others = re.split("[;\t\r\n]", sheets.csv_text([["x", *cells]]))
    assert first.startswith("x")
    begun = [other for other in others if other.lstrip(' "\u00a0\ufeff').startswith(("=", "+", "-", "@"))]
    assert begun == []


def test_no_cell_turns_the_direction_of_what_follows() -> None:
    turned = "Gulbahar \u202e4302-MQQ\u2066"
    assert sheets.csv_text([[turned]]) == "Gulbahar 4302-MQQ\r\n"
    book = load_workbook(io.BytesIO(sheets.xlsx_bytes([[turned]], title="Cases")))
    assert book.active["A1"].value == "Gulbahar 4302-MQQ"


@pytest.mark.security
def test_every_cell_of_a_sheet_is_text(figure: Figure) -> None:
    tried = 0

    @given(st.lists(texts, min_size=1, max_size=8))
    def every(row: list[str]) -> None:
        nonlocal tried
        tried += len(row)
        book = load_workbook(io.BytesIO(sheets.xlsx_bytes([row], title="Cases")))
        for cell in book.active[1]:
            assert cell.data_type in ("s", "inlineStr", "n") and cell.data_type != "f"
            assert cell.value is None or isinstance(cell.value, str)

    every()
    figure("cells of exports that became formulas", f"0 of {tried}", "0")
    assert tried > 100


def test_figures_and_times_keep_their_kind() -> None:
    at = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
    book = load_workbook(io.BytesIO(sheets.xlsx_bytes([["a", 3, 2.5, None, at]], title="a/b:c")))
    assert [cell.value for cell in book.active[1]] == ["a", 3, 2.5, None, at.replace(tzinfo=None)]
    assert sheets.csv_text([["a", 3, None, at]]) == "a,3,,2026-03-01T14:00:00+00:00\r\n"
