"""Who may decide on somebody's place in a group, who may look at it again, and until when a place is good (H11)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

REMIND_BEFORE = timedelta(days=30)
CODE_GOOD_FOR = timedelta(minutes=30)
CONTEST_WITHIN = timedelta(days=30)
MOST_TRIES = 5


class Conflict(StrEnum):
    """Why an officer keeps out of it."""

    SELF = "self"
    REFEREE = "referee"
    RELATED = "related"
    FIRST = "first"
    LEVEL = "level"
    LATE = "late"
    AGAIN = "again"


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """What is known of an officer and the person. Numbers stand as digests; `related` is the officer's own word."""

    officer_number: bytes
    number: bytes
    referees: frozenset[bytes]
    related: bool


@dataclass(frozen=True, kw_only=True)
class Reviewing:
    """A decision, and who is to look at it again. Paths lead from the force down to a unit."""

    first: int | None
    officer: int
    officer_units: frozenset[int]  # over which he runs groups
    group_path: tuple[int, ...]


def conflict(facts: Deciding) -> Conflict | None:
    """Why the officer may not decide on this person; None where nothing stands against it."""
    if facts.officer_number and facts.officer_number == facts.number:
        return Conflict.SELF
    if facts.officer_number and facts.officer_number in facts.referees:
        return Conflict.REFEREE
    return Conflict.RELATED if facts.related else None


def review_conflict(facts: Reviewing) -> Conflict | None:
    """Why the officer may not look at it again: he decided first, or stands no higher than the group's own unit.

    Above the highest unit is nobody: there it is another officer of the same height.
    """
    if facts.first == facts.officer:
        return Conflict.FIRST
    above = facts.group_path[:-1] or facts.group_path
    return None if facts.officer_units & set(above) else Conflict.LEVEL


def contest_conflict(*, decided_at: datetime, contested: bool, now: datetime) -> Conflict | None:
    """Why a decision can't be contested: it was, or too long ago."""
    if contested:
        return Conflict.AGAIN
    return Conflict.LATE if now - decided_at > CONTEST_WITHIN else None


def good_until(*, today: date, days: int) -> date:
    """The last day of a place that begins or is renewed today."""
    return today + timedelta(days=days)


def to_remind(*, valid_until: date, today: date) -> bool:
    """Whether the end of a place is near enough to be told of."""
    return today <= valid_until <= today + REMIND_BEFORE


def code_fits(*, sent_at: datetime | None, tries: int, now: datetime) -> bool:
    """Whether a code that was sent may still be tried."""
    return sent_at is not None and now - sent_at <= CODE_GOOD_FOR and tries < MOST_TRIES
