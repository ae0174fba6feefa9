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

# The last requirement of level 1 or 2 in each section of ASVS 5.0.0, from the published text; those of level 3 follow.
# Chapters 10 (OAuth) and 17 (WebRTC) have one line each.
LAST = """
1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4 5.1.1 5.2.3
5.3.2 5.4.3 6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 8.2.3 8.3.1 8.4.1 9.1.3
9.2.4 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4 13.1.1 13.2.5 13.3.2 13.4.5 14.1.2 14.2.4 14.3.3
15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3
"""


def number(row: dict[str, str]) -> tuple[int, ...]:
    return tuple(map(int, row["requirement"].split(".")))


def test_each_requirement_stands_once_in_order_with_a_level_and_a_state() -> None:
    assert [number(row) for row in ROWS] == sorted({number(row) for row in ROWS})
    assert all(row["level"] in "123" and row["status"] in STATES and row["in short"] for row in ROWS)
    assert {number(row)[0] for row in ROWS} == set(range(1, 18))


def test_every_requirement_of_levels_1_and_2_is_listed() -> None:
    wanted = set()
    for last in LAST.split():
        section, _, most = last.rpartition(".")
        wanted |= {f"{section}.{n}" for n in range(1, int(most) + 1)}
    listed = {row["requirement"] for row in ROWS if row["level"] in "12"}
    assert wanted - listed == set()
    assert {one.split(".")[0] for one in listed - wanted} == {"10", "17"}


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
