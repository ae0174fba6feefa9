"""Who gets the next case, and when a shift is on."""

from datetime import datetime, time

import pytest

from rabta.rules.sharing import Hand, Hours, share

THREE = [Hand(officer=1, load=2), Hand(officer=2, load=0), Hand(officer=3, load=1)]


@pytest.mark.parametrize(
    ("by_load", "last", "at_most", "officers"),
    [
        (False, 0, 10, [1, 2, 3, 1]),
        (False, 2, 10, [3, 1, 2, 3]),
        (False, 9, 10, [1, 2, 3, 1]),
        (False, 0, 2, [2, 3, 2]),
        (True, 0, 10, [2, 2, 3, 1]),
        (True, 0, 1, [2]),
        (True, 0, 0, []),
    ],
)
def test_cases_are_shared_out(by_load, last, at_most, officers):
    given = share([10, 11, 12, 13], THREE, by_load=by_load, at_most=at_most, last=last)
    assert given == list(zip([10, 11, 12, 13], officers, strict=False))


def test_nobody_there_gives_nothing():
    assert share([1], [], by_load=True, at_most=5, last=0) == []


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 11, 23, 21, 59), False),
        (datetime(2026, 11, 23, 22, 0), True),  # a Monday
        (datetime(2026, 11, 24, 5, 59), True),
        (datetime(2026, 11, 24, 6, 0), False),
        (datetime(2026, 11, 24, 23, 0), False),  # not on Tuesdays
    ],
)
def test_a_night_shift_goes_over_midnight(at, on):
    night = Hours(starts=time(22), ends=time(6), days=frozenset({0}))
    assert (night.begun(at) is not None) is on
