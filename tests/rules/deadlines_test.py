"""Working time and pauses: what every limit keeps to, whatever the calendar, the zone and the pauses are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.deadlines import Calendar, Span, after, between

DAY_HOURS = ((540, 1020),)  # 09:00 to 17:00
WEEK = (*(DAY_HOURS,) * 5, (), ())
KARACHI = Calendar(zone="Asia/Karachi", week=WEEK)
BERLIN = Calendar(zone="Europe/Berlin", week=WEEK)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

days = st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 12, 31))
moments = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC)
)
amounts = st.integers(min_value=1, max_value=20_000).map(lambda n: n * MINUTE)
hours = st.lists(st.integers(0, 24 * 60), max_size=6, unique=True).map(
    lambda ends: tuple(zip(*[iter(sorted(ends))] * 2, strict=False))
)
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(
        ["Asia/Karachi", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
    ),
    week=st.tuples(*[hours] * 7).filter(lambda week: sum(b - a for day in week for a, b in day) >= 600),
    holidays=st.frozensets(days, max_size=5),
)
clocks = st.one_of(st.none(), calendars)


@given(moments, amounts, amounts, clocks)
def test_more_time_ends_later(
    start: datetime, one: timedelta, other: timedelta, calendar: Calendar | None
) -> None:
    assert after(start, one, calendar=calendar) < after(start, one + other, calendar=calendar)


@given(moments, amounts, amounts, clocks)
def test_what_begins_later_never_ends_earlier(
    start: datetime, later: timedelta, amount: timedelta, calendar: Calendar | None
) -> None:
    assert after(start, amount, calendar=calendar) <= after(start + later, amount, calendar=calendar)


@given(moments, amounts, clocks)
def test_exactly_the_amount_has_run_when_it_ends(
    start: datetime, amount: timedelta, calendar: Calendar | None
) -> None:
    assert between(start, after(start, amount, calendar=calendar), calendar=calendar) == amount


@given(moments, amounts, amounts, amounts, clocks)
def test_a_pause_shifts_the_end_by_exactly_the_time_that_was_paused(
    start: datetime, amount: timedelta, begins: timedelta, length: timedelta, calendar: Calendar | None
) -> None:
    without = after(start, amount, calendar=calendar)
    pause = Span(since=start + begins, until=start + begins + length)
    paused = between(pause.since, pause.until, calendar=calendar)
    found = after(start, amount, calendar=calendar, pauses=[pause])
    if pause.since >= without or not paused:
        assert found == without  # a pause after the end does not undo it
    else:
        assert between(without, found, calendar=calendar) == paused
        if calendar is None:
            assert found == without + length


@given(moments, amounts, st.lists(st.tuples(amounts, amounts), max_size=4), clocks)
def test_pauses_that_overlap_count_once(
    start: datetime, amount: timedelta, parts: list[tuple[timedelta, timedelta]], calendar: Calendar | None
) -> None:
    pauses = [Span(since=start + begins, until=start + begins + length) for begins, length in parts]
    assert after(start, amount, calendar=calendar, pauses=pauses) == after(
        start, amount, calendar=calendar, pauses=[*reversed(pauses), *pauses]
    )


@given(moments, amounts, calendars, days)
def test_a_holiday_never_shortens_a_limit(
    start: datetime, amount: timedelta, calendar: Calendar, day: date
) -> None:
    with_it = Calendar(zone=calendar.zone, week=calendar.week, holidays=calendar.holidays | {day})
    assert after(start, amount, calendar=with_it) >= after(start, amount, calendar=calendar)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "ends"),
    [
        # Friday 15:00 in Karachi; two hours today and two on Monday
        (KARACHI, "2026-03-06T10:00", 4 * HOUR, "2026-03-09T06:00"),
        # before the office opens, and after it has closed
        (KARACHI, "2026-03-02T01:00", HOUR, "2026-03-02T05:00"),
        (KARACHI, "2026-03-02T15:00", HOUR, "2026-03-03T05:00"),
        # Berlin puts its clocks forward on 29 March 2026: Monday's nine o'clock is an hour earlier for us
        (BERLIN, "2026-03-27T15:00", 2 * HOUR, "2026-03-30T08:00"),
        (BERLIN, "2026-10-23T14:00", 2 * HOUR, "2026-10-26T09:00"),
    ],
)
def test_offices_open_by_the_force_s_own_clock(
    calendar: Calendar, start: str, amount: timedelta, ends: str
) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert after(at, amount, calendar=calendar) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60)])
def test_an_office_that_never_closes_works_an_hour_less_or_more_when_clocks_change(
    day: str, minutes: int
) -> None:
    always = Calendar(zone="Europe/Berlin", week=(((0, 24 * 60),),) * 7)
    start = datetime.fromisoformat(f"{day}T00:00+00:00") - 2 * HOUR
    midnight = after(start, MINUTE, calendar=always) - MINUTE
    assert midnight == start
    first = datetime.fromisoformat(day).replace(tzinfo=UTC)
    local = {
        "2026-03-29": (first - HOUR, first + 22 * HOUR),
        "2026-10-25": (first - 2 * HOUR, first + 23 * HOUR),
    }
    assert between(*local[day], calendar=always) == minutes * MINUTE


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        (DAY_HOURS,) * 6,
        ((((600, 540)),), *WEEK[1:]),
        (((0, 600), (540, 1020)), *WEEK[1:]),
        (((0, 1441),), *WEEK[1:]),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(week: tuple) -> None:
    with pytest.raises(ValueError, match=r"calendar has|Hours follow"):
        Calendar(zone="Asia/Karachi", week=week)


def test_a_limit_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        after(datetime(2026, 3, 2, tzinfo=UTC), timedelta(0))


def test_a_calendar_with_hardly_any_hours_is_refused_in_the_end() -> None:
    seldom = Calendar(zone="Asia/Karachi", week=(((540, 541),), (), (), (), (), (), ()))
    with pytest.raises(ValueError, match="never end"):
        after(datetime(2026, 3, 2, tzinfo=UTC), 30 * DAY, calendar=seldom)
