"""An instruction on its way down the tree of groups: how a hop stands, when its post is reminded, when it is late.

A hop is received by name and passed on. Its limit runs from when its post was told; a late one goes on by itself and
stays late until somebody confirms it, so that directions reach the lowest level whoever sleeps (R2–R3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Light(StrEnum):
    """How a hop stands: every hop is in one of these, so that counts add up."""

    AHEAD = "ahead"  # the hop above has not passed it on yet
    WAITING = "waiting"
    LATE = "late"
    RECEIVED = "received"
    ALONE = "alone"  # went on by itself, confirmed since
    PASSED = "passed"


class Step(StrEnum):
    """What the clock asks for."""

    REMIND = "remind"
    ESCALATE = "escalate"
    GO_ON = "go_on"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """What is known of a hop. `must_pass`: it holds back those below it, so it goes on by itself when it is late."""

    told_at: datetime | None
    due_at: datetime | None
    received_at: datetime | None = None
    passed_at: datetime | None = None
    alone_at: datetime | None = None
    escalated_at: datetime | None = None
    reminded: int = 0
    must_pass: bool = True


def light(hop: Hop, *, now: datetime) -> Light:
    """How it stands now."""
    if hop.told_at is None:
        return Light.AHEAD
    if hop.received_at is None:
        return Light.LATE if hop.due_at is not None and now >= hop.due_at else Light.WAITING
    if hop.passed_at is not None:
        return Light.PASSED
    return Light.ALONE if hop.alone_at is not None else Light.RECEIVED


def reminders(*, told_at: datetime, due_at: datetime, count: int) -> list[datetime]:
    """When a post is reminded that has not confirmed: evenly between being told and the limit."""
    apart: timedelta = (due_at - told_at) / (count + 1)
    return [told_at + apart * number for number in range(1, count + 1)]


def steps(hop: Hop, *, reminders_wanted: int, now: datetime) -> list[Step]:
    """What is to be done for a hop now. Done once each: asked again afterwards, it gives nothing.

    After a time when nothing ran, one reminder stands for all that were missed.
    """
    if hop.told_at is None or hop.due_at is None:
        return []
    found = []
    if now >= hop.due_at:
        if hop.received_at is None and hop.escalated_at is None:
            found.append(Step.ESCALATE)
        if hop.must_pass and hop.passed_at is None and hop.alone_at is None:
            found.append(Step.GO_ON)
        return found
    if hop.received_at is None:
        times = reminders(told_at=hop.told_at, due_at=hop.due_at, count=reminders_wanted)
        if sum(at <= now for at in times) > hop.reminded:
            found.append(Step.REMIND)
    return found


def proof_due(
    *, till: datetime, told_at: datetime, rejected_at: datetime | None, limit: timedelta
) -> datetime:
    """Till when a unit's proof is awaited: the day that was named. Who was told later, or was sent back for another
    one, has the limit of a hop from then."""
    since = max(told_at, rejected_at or told_at)
    return till if since < till else since + limit


def proof_step(
    *, since: datetime, due_at: datetime, reminded: bool, escalated: bool, now: datetime
) -> Step | None:
    """What is to be done about a proof that is not there: a reminder in the last quarter of the time, at most a day
    before its end; after it, the level above is told. Done once each."""
    if now >= due_at:
        return None if escalated else Step.ESCALATE
    if reminded or escalated:
        return None
    ahead = min((due_at - since) / 4, timedelta(days=1))
    return Step.REMIND if now >= due_at - ahead else None


def letters(lengths: Sequence[int], *, most: int, between: int = 2) -> list[list[int]]:
    """Which parts of what is said stand together in a letter: the instruction first, then what each level added.

    In: how long each part is, in the language in which it is longest, and what a letter holds at most. Nothing is
    cut: what does not fit begins the next letter.
    """
    made: list[list[int]] = []
    length = 0
    for number, part in enumerate(lengths):
        if made and length + between + part <= most:
            made[-1].append(number)
            length += between + part
        else:
            made.append([number])
            length = part
    return made


def judges(*, units: frozenset[int], path: Sequence[int], sent_it: bool) -> bool:
    """Whether an officer who gives instructions for these units decides on the proof of a unit with this path.

    Nobody decides on what he sent himself, and nobody at the unit's own level: the superior does. Above the highest
    unit there is nobody, so another officer of it decides.
    """
    above = path[:-1] or path
    return not sent_it and bool(units & frozenset(above))


def next_up(path: Sequence[int], *, supported_at: Sequence[int]) -> int | None:
    """The unit that good work goes to next when one of these units of its path supports it; None from the highest.

    Whoever stands above may take it up at any time, so nothing waits for a post that nobody holds.
    """
    places = [place for place, unit in enumerate(path) if unit in supported_at]
    if not places or min(places) == 0:
        return None
    return path[min(places) - 1]
