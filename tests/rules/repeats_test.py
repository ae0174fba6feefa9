"""Crimes that reports went before, held against the plain definition."""

from dataclasses import replace
from datetime import date, timedelta
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.repeats import Incident, metres_between, preceded, sides, squares_around

DAY = date(2026, 3, 10)
points = st.builds(
    lambda id, category, north, east, day, hour: Incident(
        id=id,
        category=category,
        lat=34 + north / 1000,
        lng=71 + east / 1000,
        day=DAY + timedelta(days=day),
        hour=hour,
    ),
    st.integers(1, 10**6),
    st.sampled_from(["theft", "fraud"]),
    st.integers(-12, 12),
    st.integers(-12, 12),
    st.integers(-40, 5),
    st.none() | st.integers(0, 23),
)


@given(st.lists(points, max_size=15), st.lists(points, max_size=15))
def test_it_is_the_plain_definition(crimes: list[Incident], reports: list[Incident]) -> None:
    expected = {
        (n, report)
        for n, crime in enumerate(crimes)
        for report in reports
        if report.category == crime.category
        and 0 <= (crime.day - report.day).days <= 30
        and (crime.day > report.day or (None not in (one := (report.hour, crime.hour)) and one[0] < one[1]))
        and metres_between(crime, report) <= 500
    }
    found = preceded(crimes, reports)
    told = {(n, report) for crime, before in found for report in before
            for n, one in enumerate(crimes) if one is crime}  # fmt: skip
    assert {(crimes[n], report) for n, report in told} == {(crimes[n], report) for n, report in expected}


@pytest.mark.parametrize(
    ("reported", "happened", "before"),
    [(2, 3, True), (3, 3, False), (10, 3, False), (None, 3, False), (2, None, False), (None, None, False)],
)
def test_a_report_of_the_same_day_came_before_only_when_its_hour_did(
    reported: int | None, happened: int | None, before: bool
) -> None:
    crime, report = (
        Incident(id=n, category="theft", lat=34, lng=71, day=DAY, hour=hour)
        for n, hour in enumerate((happened, reported))
    )
    assert bool(preceded([crime], [report])) is before
    day_before = replace(report, day=DAY - timedelta(days=1))
    assert [found for _crime, found in preceded([crime], [day_before])] == [[day_before]]


@given(st.lists(points, max_size=15), st.lists(points, max_size=15))
def test_nothing_is_missed_when_only_the_squares_around_are_asked(
    crimes: list[Incident], reports: list[Incident]
) -> None:
    squares = squares_around(crimes)
    near = [one for one in reports if _own_square(one) in squares]
    assert preceded(crimes, near) == preceded(crimes, reports)


def _own_square(one: Incident) -> tuple[str, int, int]:
    high, wide = sides()
    return one.category, floor(one.lat / high), floor(one.lng / wide)
