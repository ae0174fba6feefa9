"""Figures that may be printed and given away: nothing small is told, and nothing small can be worked out.

Units with few matters, and kinds of which there are few, are put together first (`merged`); so every total is large
enough to be told. Then each small cell is kept back, with as many of its neighbours as are needed so that nobody can
tell from the totals whether it is small (`printed`).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

LEAST = 5  # the smallest count that is told by itself
MERGED = "others"
_TOGETHER = "\0together"
Cell = tuple[str, str]  # row, column
Counts = Mapping[Cell, int]


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A table as it may be printed: `cells` without those that are kept back, and totals, all of which are told.

    `of` says which rows and columns were put together as MERGED. `total` is 0 for a table too small to be told.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int]
    row_totals: Mapping[str, int]
    column_totals: Mapping[str, int]
    total: int
    rows_of: frozenset[str] = frozenset()
    columns_of: frozenset[str] = frozenset()

    @property
    def kept_back(self) -> int:
        """How many matters stand in cells that are kept back: the total less all that is told."""
        return self.total - sum(self.cells.values())


@dataclass(frozen=True, kw_only=True)
class Level:
    """The counts of a unit, by the units below it; `unit` is the row by which the table above tells it."""

    unit: str
    counts: Counts
    rows: Sequence[str]


def merged(cells: Mapping[str, int], *, least: int = LEAST) -> dict[str, int]:
    """The cells of one row that may be shown; the total stays the same.

    Cells from 1 to `least` - 1 go together into `others`. If that is still small, or only one cell went into it (it
    could be told by subtraction from a total that is shown elsewhere), the smallest of the others joins them. A row
    whose total is small becomes `others` altogether. Zeros stay: they say nothing of anybody.
    """
    shown = {name: count for name, count in cells.items() if count >= least or count == 0}
    hidden = [count for name, count in cells.items() if name not in shown]
    for name in sorted((n for n in shown if shown[n]), key=lambda n: (shown[n], n)):
        if not hidden or (sum(hidden) >= least and len(hidden) > 1):
            break
        hidden.append(shown.pop(name))
    return shown | ({MERGED: sum(hidden)} if hidden else {})


def far_apart(numbers: Iterable[int], others: Iterable[int], *, least: int = LEAST) -> bool:
    """Whether no sum of some of these few numbers differs from one of the others by something small."""
    return not any(0 < abs(one - other) < least for one in _sums(numbers) for other in _sums(others))


def _sums(numbers: Iterable[int]) -> set[int]:
    sums = {0}
    for number in numbers:
        sums |= {number + one for one in sums}
    return sums


def printed(
    counts: Counts,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    together: Iterable[str] = (),
    least: int = LEAST,
) -> Printed:
    """The table of `counts` over all `rows` and `columns`, in their order, as it may be printed.

    `together`: columns that a table printed beside this one does not tell apart in the sum of these rows, so that this
    one must not either.
    """
    row_totals = {row: sum(counts.get((row, column), 0) for column in columns) for row in rows}
    if sum(row_totals.values()) < least:
        return Printed(rows=(), columns=tuple(columns), cells={}, row_totals={}, column_totals={}, total=0)
    column_totals = {column: sum(counts.get((row, column), 0) for row in rows) for column in columns}
    shown_rows = merged(row_totals, least=least)
    shown_columns = _merged_with(column_totals, frozenset(together), least)
    table: dict[Cell, int] = {(row, column): 0 for row in shown_rows for column in shown_columns}
    for row in rows:
        for column in columns:
            to = (row if row in shown_rows else MERGED, column if column in shown_columns else MERGED)
            table[to] = table.get(to, 0) + counts.get((row, column), 0)
    hidden = kept_back(table, least=least)
    return Printed(
        rows=_in_order(rows, shown_rows),
        columns=_in_order(columns, shown_columns),
        cells={cell: count for cell, count in table.items() if cell not in hidden},
        row_totals=shown_rows,
        column_totals=shown_columns,
        total=sum(row_totals.values()),
        rows_of=frozenset(rows) - frozenset(shown_rows),
        columns_of=frozenset(columns) - frozenset(shown_columns),
    )


def printed_below(levels: Sequence[Level], *, columns: Sequence[str]) -> Printed | None:
    """The table of the last of these units, of which each lies below the one before.

    What a table above keeps back of a unit its own does not tell either; None where one puts it together with others.
    """
    together: frozenset[str] = frozenset()
    for level, below in pairwise(levels):
        table = printed(level.counts, rows=level.rows, columns=columns, together=together)
        if below.unit not in table.rows:
            return None
        together = table.columns_of | {c for c in table.columns if (below.unit, c) not in table.cells}
    return printed(levels[-1].counts, rows=levels[-1].rows, columns=columns, together=together)


def _merged_with(totals: Mapping[str, int], together: frozenset[str], least: int) -> dict[str, int]:
    """The columns put together: those of `together` in any case, and what is too small with them."""
    known = together & frozenset(totals)
    if not known:
        return merged(totals, least=least)
    joined = {name: count for name, count in totals.items() if name not in known}
    found = merged(joined | {_TOGETHER: sum(totals[name] for name in known)}, least=least)
    return found | {MERGED: found.get(MERGED, 0) + found.pop(_TOGETHER, 0)}


def _in_order(names: Sequence[str], shown: Mapping[str, int]) -> tuple[str, ...]:
    return (*(name for name in names if name in shown), *([MERGED] if MERGED in shown else []))


def kept_back(table: Counts, *, least: int = LEAST) -> frozenset[Cell]:
    """Cells that are not told although all totals are.

    For each cell from 1 to `least` - 1 there stays another table with the same totals and the same told cells in
    which this cell holds `least`: what it gains, its row and its column lose in cells that are not told either. Rows
    and columns must have totals of 0, or of `least` and more.
    """
    hidden = {cell for cell, count in table.items() if 0 < count < least}
    for cell in sorted(hidden):
        left = {other: count for other, count in table.items() if other != cell}
        for _one in range(least - table[cell]):
            way = _cheapest(left, hidden, cell)
            for n, other in enumerate(way):
                left[other] += 1 if n % 2 else -1
            hidden.update(way)
    return frozenset(hidden)


def _cheapest(left: Mapping[Cell, int], hidden: Set[Cell], cell: Cell) -> tuple[Cell, ...]:
    """Cells by which one more fits into `cell`: the first gives one, the next takes it, and so on, the last gives.

    It leads from the row of the cell to its column, over cells that are kept back already where it can, else over those
    with the smallest counts. (Dijkstra; there is a way as long as row and column have totals that are large enough.)
    """
    rows, columns = {row for row, _column in left}, {column for _row, column in left}
    reached: set[tuple[bool, str]] = set()
    waiting: list[tuple[int, bool, str, tuple[Cell, ...]]] = [(0, False, cell[0], ())]
    while waiting:
        cost, is_column, name, way = heappop(waiting)
        if is_column and name == cell[1]:
            return way
        if (is_column, name) in reached:
            continue
        reached.add((is_column, name))
        for other in ((row, name) for row in rows) if is_column else ((name, column) for column in columns):
            if other != cell and (is_column or left[other]):
                price = 0 if other in hidden else left[other] + 1
                to = other[0] if is_column else other[1]
                heappush(waiting, (cost + price, not is_column, to, (*way, other)))
    raise ValueError("a row or a column has a total that is too small to be told")
