"""How an instruction stands at a level, against a table; how letters are filled; who decides and who is next."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules import relaying as rule
from rabta.rules.relaying import Hop, Light, Step

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TABLE = Path(__file__).parent / "tables/relaying_cases.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def at(minutes: str) -> datetime | None:
    return START + timedelta(minutes=int(minutes)) if minutes else None


@pytest.mark.parametrize("row", ROWS, ids=[row["what"] for row in ROWS])
def test_a_hop_stands_as_the_table_says(row: dict[str, str]) -> None:
    hop = Hop(
        told_at=at(row["told"]),
        due_at=at(row["limit"]),
        received_at=at(row["received"]),
        passed_at=at(row["passed"]),
        alone_at=at(row["alone"]),
        escalated_at=at(row["escalated"]),
        reminded=int(row["reminded"]),
        must_pass=row["must_pass"] == "yes",
    )
    now = at(row["now"])
    assert now is not None
    assert rule.light(hop, now=now) == Light(row["light"])
    assert rule.steps(hop, reminders_wanted=int(row["reminders"]), now=now) == row["steps"].split()


@given(count=st.integers(0, 8), minutes=st.integers(5, 20_000))
def test_reminders_lie_between_being_told_and_the_limit_in_even_steps(count: int, minutes: int) -> None:
    due = START + timedelta(minutes=minutes)
    times = rule.reminders(told_at=START, due_at=due, count=count)
    assert len(times) == count and times == sorted(times)
    assert all(START < one < due for one in times)


@given(lengths=st.lists(st.integers(1, 900), max_size=8))
def test_letters_hold_every_part_once_in_order_and_none_is_too_long(lengths: list[int]) -> None:
    made = rule.letters(lengths, most=900)
    assert [number for letter in made for number in letter] == list(range(len(lengths)))
    assert all(sum(lengths[n] for n in letter) + 2 * (len(letter) - 1) <= 900 for letter in made)


@pytest.mark.parametrize(
    ("units", "path", "sent_it", "judges"),
    [
        ({3}, [1, 2, 3, 4], False, True),  # the circle on its station
        ({1}, [1, 2, 3, 4], False, True),  # headquarters on any
        ({4}, [1, 2, 3, 4], False, False),  # the station on itself
        ({5}, [1, 2, 3, 4], False, False),  # somebody else's
        ({3}, [1, 2, 3, 4], True, False),  # what he sent himself, in another charge
        ({1}, [1], False, True),  # above the highest nobody stands
        (set(), [1, 2], False, False),
    ],
)
def test_a_superior_decides_on_proof(units: set[int], path: list[int], sent_it: bool, judges: bool) -> None:
    assert rule.judges(units=frozenset(units), path=path, sent_it=sent_it) is judges


@pytest.mark.parametrize(
    ("supported_at", "next_is"), [([3], 2), ([2], 1), ([2, 3], 1), ([1], None), ([9], None), ([], None)]
)
def test_good_work_goes_to_the_unit_above_the_highest_that_supports(
    supported_at: list[int], next_is: int | None
) -> None:
    assert rule.next_up([1, 2, 3, 4], supported_at=supported_at) == next_is


@pytest.mark.parametrize(
    ("told", "rejected", "due"),
    [
        (0, None, 1000),
        (0, 500, 1000),
        (1200, None, 1440),  # told after the day: the limit of its hop
        (0, 1100, 1340),  # sent back after the day: the same for another one
        (1200, 1500, 1740),
    ],
)
def test_proof_is_awaited_till_the_day_or_a_limit_from_when_it_was_asked_again(
    told: int, rejected: int | None, due: int
) -> None:
    def when(minutes: int) -> datetime:
        return START + timedelta(minutes=minutes)

    found = rule.proof_due(
        till=when(1000),
        told_at=when(told),
        rejected_at=None if rejected is None else when(rejected),
        limit=timedelta(minutes=240),
    )
    assert found == when(due)


@pytest.mark.parametrize(
    ("days", "now", "reminded", "escalated", "step"),
    [
        (1, 17.9, False, False, None),
        (1, 18, False, False, Step.REMIND),  # the last quarter
        (1, 20, True, False, None),
        (1, 24, False, False, Step.ESCALATE),  # a sweep that slept does not remind any more
        (1, 24, True, False, Step.ESCALATE),
        (1, 30, True, True, None),
        (10, 215, False, False, None),
        (10, 216, False, False, Step.REMIND),  # a day before, of ten
    ],
)
def test_proof_that_does_not_come_is_reminded_of_and_then_told_above(
    days: int, now: float, reminded: bool, escalated: bool, step: Step | None
) -> None:
    found = rule.proof_step(
        since=START,
        due_at=START + timedelta(days=days),
        reminded=reminded,
        escalated=escalated,
        now=START + timedelta(hours=now),
    )
    assert found == step
