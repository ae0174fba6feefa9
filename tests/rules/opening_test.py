"""Who takes part in opening what is sealed: four different people, and an approver outside the chain of command."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.opening import (
    Party,
    Seat,
    expires_at,
    in_one_chain,
    why_not_approve,
    why_not_ask,
    why_not_open,
)
from tests.rules.table import rows

UNITS = {
    "HQ": (1,), "Desk": (1, 2), "CTD": (1, 3), "Peshawar": (1, 4), "City": (1, 4, 5), "Kotwali": (1, 4, 5, 6),
    "Mardan": (1, 7), "Rural": (1, 7, 8),
}  # fmt: skip
COMMANDS = {"chief", "sp", "co", "sho", "cell head", "desk head"}


def party(words: str) -> Party:
    """`sp Peshawar`: an officer by his role and unit."""
    role, _, unit = words.rpartition(" ")
    return Party(officer=crc32(words.encode()), seats=(Seat(UNITS[unit], role in COMMANDS),))


def refused(asks: Party, approves: Party, opens: Party, accused: set[int]) -> str:
    return (
        why_not_ask(asks=asks, accused=accused)
        or why_not_approve(asks=asks, approves=approves, accused=accused)
        or why_not_open(asks=asks, approves=approves.officer, opens=opens, accused=accused)
    )


@pytest.mark.parametrize("row", rows("opening_cases"), ids=lambda row: row["sentence"])
def test_an_officer_would_say_the_same(row: dict[str, str]) -> None:
    asks, approves, opens = (party(row[part]) for part in ("asks", "approves", "opens"))
    accused = {party(row["accused"]).officer} if row["accused"] else set()
    assert refused(asks, approves, opens, accused) == row["refused"]


paths = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple)
people = st.builds(
    Party,
    officer=st.integers(1, 6),
    seats=st.lists(st.builds(Seat, path=paths, commands=st.booleans()), max_size=3).map(tuple),
)


@given(people, people, people, st.sets(st.integers(1, 6)))
def test_whoever_is_let_through_is_four_different_people(
    asks: Party, approves: Party, opens: Party, accused: set[int]
) -> None:
    if refused(asks, approves, opens, accused) == "":
        three = {asks.officer, approves.officer, opens.officer}
        assert len(three) == 3 and not three & accused
        assert not in_one_chain(asks, approves)


@given(people, people)
def test_a_chain_of_command_joins_both_ways(one: Party, other: Party) -> None:
    assert in_one_chain(one, other) == in_one_chain(other, one)


@given(people, paths)
def test_whoever_heads_the_force_is_in_everybody_s_chain(one: Party, path: tuple[int, ...]) -> None:
    head = Party(officer=99, seats=(Seat(path[:1], True),))
    below = Party(officer=one.officer, seats=(Seat(path, False), *one.seats))
    assert in_one_chain(head, below)


def test_a_request_ends_by_itself_and_sooner_when_it_is_urgent() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert expires_at(asked_at=at, urgent=False) == at + timedelta(days=7)
    assert expires_at(asked_at=at, urgent=True) == at + timedelta(hours=12)
