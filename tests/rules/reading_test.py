"""Who reads which of the languages that something was written in, against a table."""

import csv
from pathlib import Path

import pytest

from rabta.rules import reading

TABLE = Path(__file__).parent / "tables/reading_cases.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def written(row: dict[str, str]) -> dict[str, str]:
    return {one if one != "all" else reading.ALL: one for one in row["written"].split()}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['reader']}: {row['written']}" for row in ROWS])
def test_everybody_reads_what_he_can_read_best(row: dict[str, str]) -> None:
    assert reading.read_by(row["reader"], written(row)) == row["reads"]
    assert reading.for_all(written(row)).get(row["reader"], reading.for_all(written(row))[""]) == row["reads"]


def test_what_is_empty_is_not_read_and_nothing_stays_nothing() -> None:
    assert reading.read_by("ps", {"ps": "", "ur": "u", "": "a"}) == "u"
    assert reading.for_all({}) == {}
