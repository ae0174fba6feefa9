"""What a limit that runs asks for at a moment: nothing yet, a warning to its holder, or a word to the one above.

A breach goes one level up the chain, and another level after a further time, until it is met or nobody stands above.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rabta.rules.limits import Duty, Rules, next_level_at

MOMENT = timedelta(seconds=1)  # a limit is passed when its last moment is over


class Signal(StrEnum):
    """What is to be done about a limit now."""

    NOTHING = "nothing"
    WARN = "warn"
    UP = "up"


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What was done about a limit so far: whether its holder was warned, how many levels know, and since when."""

    warned: bool = False
    levels: int = 0
    last_at: datetime | None = None
    top: bool = False  # nobody stands above whom it reached


@dataclass(frozen=True, kw_only=True)
class Next:
    """What to do now, and when to look again; None: this limit asks for nothing more."""

    signal: Signal
    look_at: datetime | None


def next_of(duty: Duty, *, raised: Raised, rules: Rules, urgency: int, now: datetime) -> Next:
    """What an unmet duty asks for at `now`. Each warning and each level is given once; nobody is warned afterwards."""
    if now <= duty.due_at:
        if now < duty.warn_at and not raised.warned:
            return Next(signal=Signal.NOTHING, look_at=duty.warn_at)
        return Next(signal=Signal.NOTHING if raised.warned else Signal.WARN, look_at=duty.due_at + MOMENT)
    if raised.last_at is None or not raised.levels:
        return Next(signal=Signal.UP, look_at=next_level_at(rules=rules, urgency=urgency, raised_at=now))
    if raised.top:
        return Next(signal=Signal.NOTHING, look_at=None)
    again = next_level_at(rules=rules, urgency=urgency, raised_at=raised.last_at)
    if now < again:
        return Next(signal=Signal.NOTHING, look_at=again)
    return Next(signal=Signal.UP, look_at=next_level_at(rules=rules, urgency=urgency, raised_at=now))
