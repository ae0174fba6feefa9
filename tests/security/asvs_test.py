"""docs/asvs.csv says what is met and by which test: each test exists, and what is not met says so."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.figures import Figure

ROOT = Path(__file__).parents[2]
ROWS = list(csv.DictReader((ROOT / "docs/asvs.csv").read_text(encoding="utf-8").splitlines()))
STATES = ("met", "partly", "not met", "not judged", "not applicable")


def number(row: dict[str, str]) -> tuple[int, ...]:
    return tuple(map(int, row["requirement"].split(".")))


def test_each_requirement_stands_once_in_order_with_a_level_and_a_state() -> None:
    assert [number(row) for row in ROWS] == sorted({number(row) for row in ROWS})
    assert all(row["level"] in "123" and row["status"] in STATES and row["in short"] for row in ROWS)
    assert {number(row)[0] for row in ROWS} == set(range(1, 18))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_what_shows_it_exists(row: dict[str, str]) -> None:
    path, _, name = row["shown by"].partition("::")
    if row["status"].startswith("not "):
        assert not path and (row["note"] or row["status"] != "not applicable")
        return
    assert (ROOT / path).exists(), path
    if name:
        assert re.search(
            rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE
        ), name


@pytest.mark.security
def test_it_is_counted(figure: Figure) -> None:
    counts = Counter(row["status"] for row in ROWS)
    figure(
        "ASVS requirements: met, partly, not met, not judged",
        f"{counts['met']}, {counts['partly']}, {counts['not met']}, {counts['not judged']}",
    )
    assert counts["met"] > counts["partly"] > counts["not met"]
