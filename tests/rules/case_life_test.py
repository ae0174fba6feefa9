"""The life of a case against tables that a police officer can check."""

import csv
from pathlib import Path

import pytest

from rabta.cases.kinds import Outcome, State
from rabta.rules import case_life
from rabta.rules.case_life import Act, Impossible, after


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _rows("case_life.csv"), ids=lambda row: row["act"])
def test_an_act_leads_where_the_table_says(row: dict[str, str]) -> None:
    for state in case_life.STATES:
        if row[state] == "-":
            with pytest.raises(Impossible):
                after(state=state, act=Act(row["act"]))
        else:
            assert after(state=state, act=Act(row["act"])) == row[state]


def test_the_table_names_every_act_and_every_state() -> None:
    rows = _rows("case_life.csv")
    assert [row["act"] for row in rows] == [act.value for act in Act]
    assert set(case_life.STATES) == set(State.values)
    assert all(set(case_life.STATES) <= row.keys() for row in rows)


@pytest.mark.parametrize("row", _rows("outcomes.csv"), ids=lambda row: row["outcome"])
def test_an_outcome_asks_for_what_the_table_says(row: dict[str, str]) -> None:
    outcome, who = row["outcome"], row["who gives it"]
    assert (outcome in case_life.REPORTED) == ("report" in who)
    assert (outcome in case_life.BY_DESK) == ("desk" in who)
    assert (outcome in case_life.NEED_APPROVAL) == (row["second officer"] == "yes")
    assert (outcome in case_life.NEED_EVIDENCE) == (row["evidence where asked"] == "yes")
    assert (outcome in case_life.NEED_FIR) == (row["FIR written down"] == "yes")


def test_every_outcome_is_in_the_table() -> None:
    assert {row["outcome"] for row in _rows("outcomes.csv")} == set(Outcome.values)
