"""When a reply, a human contact, a report … are due, and how a duty stands. Times run from our own `received_at`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from rabta.rules.deadlines import Calendar, Span, after


class Step(StrEnum):
    """What somebody has to do in time."""

    REPLY = "reply"  # the desk answers the citizen
    CONTACT = "contact"  # a person speaks with the citizen
    REPORT = "report"  # the unit reports what it did
    ACKNOWLEDGED = "acknowledged"  # whoever is ordered says that he has read it
    PASSED_ON = "passed_on"  # one level of the chain gives it to the next
    HANDED_OVER = "handed_over"  # the emergency line confirms that it has it


OF_THE_CASE = (Step.REPLY, Step.CONTACT, Step.REPORT)
CLOCK, WORKING = "clock", "working"
URGENT = 1  # up to this urgency a limit always runs by the clock, whatever a force sets


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How long a step may take, and which time counts."""

    minutes: int
    runs: str = CLOCK

    def __post_init__(self) -> None:
        if self.minutes < 1 or self.runs not in (CLOCK, WORKING):
            raise ValueError("A limit has a minute at least, and runs by the clock or in working time.")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One version of all that is said about limits. `number` 0 is what is shipped.

    `limits` are by category and step (None: no such duty), `usual` by urgency and step for what no category says.
    `again` is after how many minutes a breach goes up another level, by urgency.
    """

    number: int
    limits: Mapping[tuple[str, str], Limit | None]
    usual: Mapping[tuple[int, str], Limit]
    calendar: Calendar
    of_units: Mapping[int, frozenset[date]] = field(
        default_factory=dict
    )  # holidays of a unit and those below it
    warn_percent: int = 75
    again: Mapping[int, int] = field(default_factory=dict)
    interim_days: int = 21
    interim_automatic: bool = False

    def limit(self, step: str, *, category: str, urgency: int) -> Limit | None:
        """The limit of a step; None where there is no such duty."""
        of_category = (category, step) in self.limits
        found = self.limits[category, step] if of_category else self.usual.get((urgency, step))
        if found and urgency <= URGENT and found.runs != CLOCK:
            return Limit(minutes=found.minutes)
        return found

    def calendar_for(self, path: Sequence[int]) -> Calendar:
        """The calendar that counts for a unit: the force's, with the holidays of the unit and of those above it."""
        more = [self.of_units[unit] for unit in path if unit in self.of_units]
        if not more:
            return self.calendar
        days = self.calendar.holidays.union(*more)
        return Calendar(zone=self.calendar.zone, week=self.calendar.week, holidays=days)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One thing to be done in time: when it began to run, when to warn, and when it is due."""

    step: str
    since: datetime
    warn_at: datetime
    due_at: datetime


def duty(
    step: str,
    *,
    rules: Rules,
    category: str,
    urgency: int,
    since: datetime,
    path: Sequence[int],
    pauses: Sequence[Span] = (),
) -> Duty | None:
    """When a step is due that runs since a moment, and when to warn of it; None where there is no such duty.

    A pause that begins after the limit has run out changes nothing: it was passed.
    """
    limit = rules.limit(step, category=category, urgency=urgency)
    if limit is None:
        return None
    calendar = rules.calendar_for(path) if limit.runs == WORKING else None
    amount = timedelta(minutes=limit.minutes)
    return Duty(
        step=step,
        since=since,
        warn_at=after(since, amount * rules.warn_percent / 100, calendar=calendar, pauses=pauses),
        due_at=after(since, amount, calendar=calendar, pauses=pauses),
    )


def next_level_at(*, rules: Rules, urgency: int, raised_at: datetime) -> datetime:
    """When a breach that was passed up goes up another level."""
    return raised_at + timedelta(minutes=rules.again[urgency])
