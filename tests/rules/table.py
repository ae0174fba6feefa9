"""Reads the tables beside this file. One row is one test; its id is its line in the file and what it is about."""

import csv
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "tables"
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of `tables/<name>.csv`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def each(name: str, *, by: str) -> Any:
    """Parametrise a test over the rows of a table; `by` is the column that names them."""
    numbered = enumerate(rows(name), start=2)
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=f"{line}: {row[by]}") for line, row in numbered]
    )
