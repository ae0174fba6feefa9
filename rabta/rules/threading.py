"""Whether a later message of the same person belongs to the open case or is a new matter.

1. An answer to a message of an open case joins that case.
2. A message that must be withheld, or that is more urgent than the open case, opens a case of its own: what accuses a
   station must not land in a case that the station reads, and an emergency must not hide in an old complaint. A case
   of which nobody knows yet what it is about (a photo alone) takes any message but danger to life.
3. A message that by its words is about something else opens a case of its own when the talk had paused for an hour;
   sooner it joins, and the desk is offered to make a new case of it.
4. Within three days of the last word in the newest open case it joins it.
5. Within thirty days it joins it too, and the desk is offered to make a new case of it.
6. Later than that, or with no open case, it opens a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

SAME_TALK = timedelta(hours=1)
JOINS_WITHIN = timedelta(days=3)
OFFERED_WITHIN = timedelta(days=30)


class Thread(Enum):
    """What becomes of a message."""

    JOIN = "join"
    OFFER = "offer"  # join, and offer the desk to make a new case of it
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open case of the conversation."""

    id: int
    last_word_at: datetime
    urgency: int
    withheld: bool
    undecided: bool = False  # no category and no order yet
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message to be placed. `answers` is the id of the case whose message it answers; urgency None when unknown."""

    at: datetime
    urgency: int | None
    withheld: bool
    category: str = ""
    answers: int | None = None


def place(said: Said, *, open_cases: Sequence[OpenCase]) -> tuple[Thread, int | None]:
    """(what becomes of the message, the case it joins)."""
    newest_first = sorted(open_cases, key=lambda c: (c.last_word_at, c.id), reverse=True)
    candidates = [c for c in newest_first if c.withheld or c.undecided or not said.withheld]
    for case in candidates:
        if case.id == said.answers:
            return Thread.JOIN, case.id
    if said.urgency is not None and said.urgency <= 1:
        takes_any = said.urgency == 1
        candidates = [c for c in candidates if (c.undecided and takes_any) or c.urgency <= said.urgency]
    if not candidates:
        return Thread.OPEN, None
    newest = candidates[0]
    age = said.at - newest.last_word_at
    if said.category and newest.category and said.category != newest.category:
        return (Thread.OPEN, None) if age > SAME_TALK else (Thread.OFFER, newest.id)
    if age <= JOINS_WITHIN:
        return Thread.JOIN, newest.id
    if age <= OFFERED_WITHIN:
        return Thread.OFFER, newest.id
    return Thread.OPEN, None
