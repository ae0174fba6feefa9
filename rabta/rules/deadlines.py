"""When a time that runs is over: by the clock or in working hours, less the pauses. All moments are UTC.

A working calendar is said in the force's own zone. Minutes are counted as they really pass, so a day on which the
clocks change has an hour more or less of them, and no minute is counted twice.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = tuple[tuple[int, int], ...]  # of one day, in minutes after midnight: ((540, 1020),)
LONGEST = 366 * 20  # days in which a limit must end: a calendar with so few hours is a mistake
FOREVER = datetime.max.replace(tzinfo=UTC)
NONE = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """When a force works: the hours of each weekday (Monday first), and the days on which it does not."""

    zone: str
    week: tuple[Hours, ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("A calendar has seven days, and hours on one of them at least.")
        for hours in self.week:
            ends = [minute for span in hours for minute in span]
            if ends != sorted(set(ends)) or (ends and not 0 <= ends[0] <= ends[-1] <= 24 * 60):
                raise ValueError("Hours follow each other from 0:00 to 24:00 and do not overlap.")

    @property
    def day(self) -> timedelta:
        """How long a usual working day is: what “1 day” means in working time."""
        longest = max(sum(until - since for since, until in hours) for hours in self.week)
        return timedelta(minutes=longest)

    def on(self, day: date) -> Hours:
        """The hours of one day."""
        return () if day in self.holidays else self.week[day.weekday()]


@dataclass(frozen=True, kw_only=True, order=True)
class Span:
    """From one moment to another, such as a pause."""

    since: datetime
    until: datetime


def after(
    start: datetime, amount: timedelta, *, calendar: Calendar | None = None, pauses: Sequence[Span] = ()
) -> datetime:
    """When `amount` has run from `start` on; without a calendar by the clock. Paused time does not run.

    Raises ValueError when nothing runs, or when the calendar has so few hours that it would take decades.
    """
    if amount <= NONE:
        raise ValueError("A limit is longer than nothing.")
    left = amount
    for span in _running(start, calendar, pauses):
        length = span.until - span.since
        if length >= left:
            return span.since + left
        left -= length
    raise ValueError("This limit would never end: the calendar has too few hours.")


def between(
    since: datetime, until: datetime, *, calendar: Calendar | None = None, pauses: Sequence[Span] = ()
) -> timedelta:
    """How much time has run between two moments."""
    run = NONE
    for span in _running(since, calendar, pauses):
        if span.since >= until:
            break
        run += min(span.until, until) - span.since
    return run


def _running(start: datetime, calendar: Calendar | None, pauses: Sequence[Span]) -> Iterator[Span]:
    """The times from `start` on in which a limit runs, in order."""
    rests = _merged(pauses)
    ends = [rest.until for rest in rests]
    for span in _open(start, calendar):
        since = span.since
        for rest in rests[bisect_right(ends, since) :]:
            if rest.since >= span.until:
                break
            if rest.since > since:
                yield Span(since=since, until=rest.since)
            since = max(since, rest.until)
        if since < span.until:
            yield Span(since=since, until=span.until)


def _open(start: datetime, calendar: Calendar | None) -> Iterator[Span]:
    if calendar is None:
        yield Span(since=start, until=FOREVER)
        return
    zone, reached = ZoneInfo(calendar.zone), start
    first = start.astimezone(zone).date()
    for n in range(LONGEST):
        day = first + timedelta(days=n)
        for opens, closes in calendar.on(day):
            # where clocks go forward an hour can end before it began, and the next begin before the last ended
            since, until = max(_moment(day, opens, zone), reached), _moment(day, closes, zone)
            if since < until:
                yield Span(since=since, until=until)
                reached = until


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(UTC)


def _merged(pauses: Sequence[Span]) -> list[Span]:
    """The pauses in order, those that touch made one."""
    merged: list[Span] = []
    for pause in sorted(pauses):
        if pause.until <= pause.since:
            continue
        if merged and pause.since <= merged[-1].until:
            merged[-1] = Span(since=merged[-1].since, until=max(merged[-1].until, pause.until))
        else:
            merged.append(pause)
    return merged
