"""Lengths of time as people write them: `15 min`, `4 h`, `10 d`; with `working` they run in working time."""

import re
from datetime import timedelta

from rabta.rules.limits import CLOCK, WORKING, Limit

WRITTEN = re.compile(r"(\d{1,5})\s*(min|h|d)(\s+working)?")
MINUTES = {"min": 1, "h": 60}


def parse(text: str, *, working_day: timedelta) -> Limit | None:
    """The limit that is written; None for an empty text. Raises ValueError when it is something else.

    A day of working time is a usual working day, so `2 d working` ends the day after tomorrow at the same time.
    """
    text = " ".join(text.lower().split())
    if not text:
        return None
    found = WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no length of time.")
    number, unit, working = int(found[1]), found[2], bool(found[3])
    day = int(working_day.total_seconds() // 60) if working else 24 * 60
    return Limit(minutes=number * MINUTES.get(unit, day), runs=WORKING if working else CLOCK)


def write(limit: Limit | None, *, working_day: timedelta) -> str:
    """A limit as `parse` reads it, in the largest unit that it fills."""
    if limit is None:
        return ""
    working = limit.runs == WORKING
    day = int(working_day.total_seconds() // 60) if working else 24 * 60
    # a clock's 24 hours stay hours: that is how the promises to citizens are worded
    if limit.minutes % day == 0 and limit.minutes > day:
        text = f"{limit.minutes // day} d"
    elif limit.minutes % 60 == 0:
        text = f"{limit.minutes // 60} h"
    else:
        text = f"{limit.minutes} min"
    return f"{text} working" if working else text
