"""When a letter is tried again: pauses grow, the provider's wish counts, and there is an end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.resending import EMERGENCY, USUAL, Patience, next_try
from rabta.rules.window import closes_at, is_open

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def pause(
    patience: Patience, attempts: int, *, chance: float = 1.0, after: timedelta | None = None
) -> timedelta | None:
    again = next_try(patience=patience, attempts=attempts, queued_at=NOW, now=NOW, chance=chance, after=after)
    return None if again is None else again - NOW


def test_pauses_grow_and_an_emergency_waits_less() -> None:
    usual = [pause(USUAL, n) for n in range(1, 12)]
    assert usual == sorted(usual)
    assert usual[0] == timedelta(seconds=4)
    assert all(pause(EMERGENCY, n) < pause(USUAL, n) for n in range(1, 12))
    assert pause(EMERGENCY, 1) == timedelta(seconds=0.5)
    assert max(pause(EMERGENCY, n) for n in range(1, 60)) == timedelta(seconds=30)


@given(attempts=st.integers(1, 11), chance=st.floats(0, 1))
def test_chance_spreads_over_half_of_the_pause(attempts: int, chance: float) -> None:
    full, spread = pause(USUAL, attempts), pause(USUAL, attempts, chance=chance)
    assert full / 2 - timedelta(microseconds=1) <= spread <= full


def test_the_providers_wish_is_a_minimum() -> None:
    assert pause(EMERGENCY, 1, after=timedelta(seconds=90)) == timedelta(seconds=90)
    assert pause(USUAL, 5, after=timedelta(seconds=1)) > timedelta(seconds=60)


def test_there_is_an_end() -> None:
    assert pause(USUAL, 12) is None
    assert next_try(patience=USUAL, attempts=1, queued_at=NOW - DAY, now=NOW, chance=0.5) is None


@pytest.mark.parametrize(
    ("wrote", "free"),
    [
        (None, False),
        (timedelta(0), True),
        (timedelta(hours=23, minutes=56), True),
        (timedelta(hours=23, minutes=57), False),
        (timedelta(hours=25), False),
    ],
)
def test_free_text_ends_some_minutes_before_the_provider_says_so(wrote: timedelta | None, free: bool) -> None:
    last = None if wrote is None else NOW - wrote
    assert is_open(last_in_at=last, window=DAY, now=NOW) is free
    end = closes_at(last_in_at=last, window=DAY)
    assert (end is not None and end > NOW) is free


def test_a_channel_without_a_window_is_always_open() -> None:
    assert is_open(last_in_at=None, window=None, now=NOW)
