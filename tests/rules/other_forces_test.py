"""What goes to another force by machine, and how long it is tried."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from rabta.rules.other_forces import Facts, pause_after, what_goes

NAMES = ("accusation", "confidential", "protected", "careful")
TABLE = (Path(__file__).parent / "tables/other_forces.csv").read_text(encoding="utf-8").splitlines()
ROWS = list(csv.DictReader(TABLE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_what_goes(row: dict[str, str]) -> None:
    assert what_goes(Facts(**{name: row[name] == "yes" for name in NAMES})) == row["goes"]


def test_nothing_goes_of_what_accuses_or_is_confidential_whatever_else_it_is() -> None:
    for n in range(16):
        facts = Facts(**{name: bool(n >> place & 1) for place, name in enumerate(NAMES)})
        assert (what_goes(facts) == "nothing") == (facts.accusation or facts.confidential)
        assert not (what_goes(facts) == "all" and (facts.protected or facts.careful))


def test_pauses_grow_survive_a_night_and_end() -> None:
    pauses = [pause for tries in range(1, 100) if (pause := pause_after(tries))]
    assert pauses == sorted(pauses)
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=2)
    assert pause_after(0) is None
