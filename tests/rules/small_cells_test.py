"""What is printed tells no small count, and none can be worked out of it."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rabta.rules.small_cells import (
    LEAST,
    MERGED,
    Cell,
    Level,
    Printed,
    far_apart,
    kept_back,
    merged,
    printed,
    printed_below,
)
from tests.figures import Figure

TABLES = Path(__file__).parent / "tables" / "small_cells_cases.csv"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"closed": 40, "pending": 12}, {"closed": 40, "pending": 12}),
        ({"closed": 40, "pending": 12, "confidential": 0}, {"closed": 40, "pending": 12, "confidential": 0}),
        ({"closed": 40, "pending": 12, "confidential": 3}, {"closed": 40, MERGED: 15}),
        ({"closed": 40, "false": 3, "confidential": 4}, {"closed": 40, MERGED: 7}),
        ({"closed": 40, "false": 1, "confidential": 1}, {MERGED: 42}),
        ({"confidential": 1}, {MERGED: 1}),
        ({"closed": 5, "confidential": 5}, {"closed": 5, "confidential": 5}),
        ({}, {}),
    ],
)
def test_small_cells_are_merged(cells: dict[str, int], shown: dict[str, int]) -> None:
    assert merged(cells) == shown


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8))
def test_nothing_small_is_shown_and_nothing_is_lost(cells: dict[str, int]) -> None:
    shown = merged(cells)
    assert sum(shown.values()) == sum(cells.values())
    assert all(count == 0 or count >= LEAST for name, count in shown.items() if name != MERGED)
    went = [count for name, count in cells.items() if name not in shown]
    if MERGED in shown and any(shown[name] for name in shown if name != MERGED):
        assert shown[MERGED] >= LEAST and len(went) > 1


def cases() -> list[tuple[str, list[str], list[str]]]:
    """The tables of the file: what was counted and what is printed, row by row."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for line in csv.DictReader(TABLES.read_text(encoding="utf-8").splitlines()):
        counted, told = found.setdefault(line["case"], ([], []))
        if line["counted"]:
            counted.append(line["counted"])
        told.append(line["printed"])
    return [(name, *lines) for name, lines in found.items()]


def read(lines: list[str]) -> tuple[list[str], list[str], dict[Cell, int]]:
    """Rows, columns and counts of lines such as `north: 12 3 0`; columns are a, b, c …"""
    counts, rows = {}, []
    for line in lines:
        row, _, numbers = line.partition(": ")
        rows.append(row)
        counts |= {(row, "abcdefgh"[n]): int(number) for n, number in enumerate(numbers.split())}
    return rows, sorted({column for _row, column in counts}), counts


def drawn(table: Printed) -> list[str]:
    """As it is printed: `·` is kept back, the last number is the total."""
    if not table.total:
        return ["fewer than five"]
    lines = [
        f"{row}: {' '.join(str(table.cells.get((row, column), '·')) for column in table.columns)}"
        f" = {table.row_totals[row]}"
        for row in table.rows
    ]
    return [*lines, f"all: {' '.join(str(table.column_totals[c]) for c in table.columns)} = {table.total}"]


@pytest.mark.parametrize(("counted", "told"), [case[1:] for case in cases()], ids=[c[0] for c in cases()])
def test_tables_are_printed_as_the_file_says(counted: list[str], told: list[str]) -> None:
    rows, columns, counts = read(counted)
    assert drawn(printed(counts, rows=rows, columns=columns)) == [line for line in told if line]


def others(table: Printed, cell: Cell, least: int) -> Iterator[int]:
    """What the cell may hold, from `least` on, for somebody who knows all that is printed: by trying everything."""
    hidden = [(r, c) for r in table.rows for c in table.columns if (r, c) not in table.cells]
    hidden.sort(key=lambda each: each != cell)
    rows, columns = dict(table.row_totals), dict(table.column_totals)
    for (row, column), count in table.cells.items():
        rows[row], columns[column] = rows[row] - count, columns[column] - count

    def fits(n: int) -> bool:
        if n == len(hidden):
            return not any(rows.values()) and not any(columns.values())
        row, column = hidden[n]
        rest = hidden[n + 1 :]
        most = min(rows[row], columns[column])
        alone = not any(r == row for r, _ in rest) or not any(c == column for _, c in rest)
        for value in [most] if alone else range(most, -1, -1):
            rows[row], columns[column] = rows[row] - value, columns[column] - value
            found = fits(n + 1)
            rows[row], columns[column] = rows[row] + value, columns[column] + value
            if found:
                return True
        return False

    for value in range(least, min(rows[cell[0]], columns[cell[1]]) + 1):
        rows[cell[0]], columns[cell[1]] = rows[cell[0]] - value, columns[cell[1]] - value
        if fits(1):
            yield value
        rows[cell[0]], columns[cell[1]] = rows[cell[0]] + value, columns[cell[1]] + value


counted = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13]), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


@pytest.mark.security
def test_no_cell_that_is_kept_back_can_be_worked_out(figure: Figure) -> None:
    tried = exposed = 0

    @given(counted)
    @example([[20, 3], [0, 6]])  # blocks: a column with one cell in each row
    @example([[5, 1], [1, 5]])
    @example([[1, 1], [1, 1], [1, 5]])
    def every(numbers: list[list[int]]) -> None:
        nonlocal tried, exposed
        counts = {(f"r{n}", "abcd"[m]): count for n, row in enumerate(numbers) for m, count in enumerate(row)}
        rows, columns = [f"r{n}" for n in range(len(numbers))], list("abcd"[: len(numbers[0])])
        table = printed(counts, rows=rows, columns=columns)
        for cell in ((r, c) for r in table.rows for c in table.columns if (r, c) not in table.cells):
            tried += 1
            exposed += len(list(islice(others(table, cell, 0), 2))) < 2 or not any(others(table, cell, LEAST))

    every()
    figure("small cells that can be worked out of a printed table", f"{exposed} of {tried}", "0")
    assert not exposed and tried > 100


@given(counted)
def test_all_that_is_printed_adds_up_and_nothing_of_it_is_small(numbers: list[list[int]]) -> None:
    counts = {(f"r{n}", "abcd"[m]): count for n, row in enumerate(numbers) for m, count in enumerate(row)}
    table = printed(
        counts, rows=[f"r{n}" for n in range(len(numbers))], columns=list("abcd"[: len(numbers[0])])
    )
    whole = sum(counts.values())
    assert table.total == (whole if whole >= LEAST else 0)
    assert sum(table.row_totals.values()) == sum(table.column_totals.values()) == table.total
    told = [*table.cells.values(), *table.row_totals.values(), *table.column_totals.values()]
    assert all(count == 0 or count >= LEAST for count in told)
    assert table.kept_back == 0 or table.kept_back >= LEAST


def test_columns_that_the_table_above_does_not_tell_apart_stay_together() -> None:
    counts = {("s1", "a"): 30, ("s1", "b"): 9, ("s2", "b"): 7, ("s2", "c"): 8}
    table = printed(counts, rows=["s1", "s2"], columns=["a", "b", "c"], together=["b", "c"])
    assert (table.columns, dict(table.column_totals)) == (("a", MERGED), {"a": 30, MERGED: 24})
    assert table.columns_of == {"b", "c"}


def test_what_a_table_keeps_back_of_a_unit_its_own_does_not_tell_either() -> None:
    counts = {("south", "theft"): 20, ("south", "fraud"): 3, ("north", "theft"): 20, ("north", "fraud"): 9}
    top = Level(unit="force", counts=counts, rows=["south", "north"])
    own = {("town", "theft"): 12, ("town", "fraud"): 0, ("south", "theft"): 8, ("south", "fraud"): 3}
    south = Level(unit="south", counts=own, rows=["town", "south"])
    above = printed_below([top], columns=["theft", "fraud"])
    below = printed_below([top, south], columns=["theft", "fraud"])
    assert above and ("south", "fraud") not in above.cells
    assert below and "fraud" not in below.columns
    few = {("south", "theft"): 2, ("east", "theft"): 20, ("north", "theft"): 30}
    merging = Level(unit="force", counts=few, rows=["south", "east", "north"])
    assert printed_below([merging, south], columns=["theft", "fraud"]) is None


def test_a_table_whose_totals_are_small_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        kept_back({("r", "a"): 1, ("r", "b"): 1, ("s", "a"): 9, ("s", "b"): 9})


@pytest.mark.parametrize(
    ("numbers", "others", "apart"),
    [
        ([10, 11], [21], True),
        ([19], [21], False),
        ([12, 9], [10], False),
        ([5, 7], [0], True),
        ([], [3], False),
    ],
)
def test_sums_that_differ_by_something_small_tell_it(
    numbers: list[int], others: list[int], apart: bool
) -> None:
    assert far_apart(numbers, others) == apart
