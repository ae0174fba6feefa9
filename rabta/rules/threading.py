"""Whether a later message of the same person belongs to the open case or is a new matter.

1. An answer to a message of an open case joins that case.
2. A message that must be withheld, or that is more urgent than the open case, opens a case of its own: what accuses a
   station must not land in a case that the station reads, also not in a tip that it was ordered on, and an emergency
   must not hide in an old complaint. A case of which nobody knows yet what it is about (a photo alone) takes any
   message but danger to life.
3. A message that by its words is about what an open case is about joins that one, if it is about one alone. So does a
   place that is sent to the case that waits for one, and what is sent without words within ten minutes of the last.
4. A message that by its words is about something else opens a case of its own when the talk had paused for an hour;
   sooner it joins, and the desk is offered to make a new case of it.
5. Whoever has a secret matter (withheld, or its author is hidden in it) beside another may mean either. Read in the
   other, his words could tell the accused of the complaint; in a secret one that a unit was ordered on, they could tell
   who wrote it. So they join the secret one while the desk alone reads it, and the desk is offered to make a case of
   them; after that they open a case of their own, kept as close, which the desk puts where it belongs. So does what
   rule 4 would join to a secret matter that a unit was ordered on. Of several secret ones an accusation counts.
6. Within three days of the last word in the newest open case it joins it.
7. Within thirty days it joins it too, and the desk is offered to make a new case of it.
8. Later than that, or with no open case, it opens a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

TOGETHER = timedelta(minutes=10)
SAME_TALK = timedelta(hours=1)
JOINS_WITHIN = timedelta(days=3)
OFFERED_WITHIN = timedelta(days=30)
ACCUSATION = "accusation"  # of `withheld`


class Thread(Enum):
    """What becomes of a message."""

    JOIN = "join"
    OFFER = "offer"  # join, and offer the desk to make a new case of it
    OPEN = "open"
    APART = "apart"  # open one that is kept as close as the secret case beside which it was written


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open case of the conversation. `withheld` is why, or empty; `told`: a unit was ordered on it."""

    id: int
    last_word_at: datetime
    urgency: int
    withheld: str = ""
    hidden: bool = False  # who wrote it is hidden in it
    told: bool = False
    undecided: bool = False  # no category and no order yet
    wants_place: bool = False
    category: str = ""

    @property
    def secret(self) -> bool:
        """Whether its readers must not learn who wrote it, or others that it exists."""
        return bool(self.withheld) or self.hidden


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message to be placed. `answers` is the id of the case whose message it answers; urgency None when unknown;
    `withheld` is why it must be, or empty; `shows` what it is where it has no words."""

    at: datetime
    urgency: int | None
    withheld: str = ""
    category: str = ""
    answers: int | None = None
    shows: Literal["", "place", "picture"] = ""  # a picture, or a recording, a file


Placed = tuple[Thread, int | None]
A_NEW_ONE: Placed = (Thread.OPEN, None)


def place(said: Said, *, open_cases: Sequence[OpenCase]) -> Placed:
    """(what becomes of the message, the case that it joins or is kept beside)."""
    newest_first = sorted(open_cases, key=lambda c: (c.last_word_at, c.id), reverse=True)
    candidates = [case for case in newest_first if takes(case, withheld=said.withheld)]
    for case in candidates:
        if case.id == said.answers:
            return Thread.JOIN, case.id
    candidates = [
        case
        for case in candidates
        if _as_urgent(case, said) and said.at - case.last_word_at <= OFFERED_WITHIN
    ]
    same = [case for case in candidates if _same(case, said)]
    return _about_this(said, same) if same else _about_anything(said, candidates)


def _same(case: OpenCase, said: Said) -> bool:
    return (said.shows == "place" and case.wants_place) or bool(said.category == case.category != "")


def takes(case: OpenCase, *, withheld: str) -> bool:
    """Whether what is withheld for that reason may stand in the case: no unit reads it that it could be about."""
    if withheld == ACCUSATION != case.withheld:
        return case.undecided or (bool(case.withheld) and not case.told)
    return not withheld or bool(case.withheld) or case.undecided


def _as_urgent(case: OpenCase, said: Said) -> bool:
    """Whether an urgent message does not hide in the case."""
    if said.urgency is None or said.urgency > 1:
        return True
    return case.urgency <= said.urgency or (case.undecided and said.urgency == 1)


def _about_this(said: Said, cases: Sequence[OpenCase]) -> Placed:
    return _beside_a_secret(said, cases) or _by_age(said, cases[0])


def _about_anything(said: Said, cases: Sequence[OpenCase]) -> Placed:
    if not cases:
        return A_NEW_ONE
    newest = cases[0]
    if said.shows and said.at - newest.last_word_at <= TOGETHER:
        return Thread.JOIN, newest.id
    if not (said.category and newest.category):
        return _beside_a_secret(said, cases) or _by_age(said, newest)
    if said.at - newest.last_word_at > SAME_TALK:
        return A_NEW_ONE
    if newest.secret and newest.told:
        return Thread.APART, newest.id
    return _beside_a_secret(said, cases) or (Thread.OFFER, newest.id)


def _beside_a_secret(said: Said, cases: Sequence[OpenCase]) -> Placed | None:
    """Where words go that may belong to a secret case or to another; None where they can't. What the accused must not
    read comes first, then what only the desk reads."""
    secret = sorted((case for case in cases if case.secret), key=lambda c: (c.withheld != ACCUSATION, c.told))
    if said.withheld or not secret or len(cases) == 1:
        return None
    return (Thread.APART if secret[0].told else Thread.OFFER), secret[0].id


def _by_age(said: Said, newest: OpenCase) -> Placed:
    joins = said.at - newest.last_word_at <= JOINS_WITHIN
    return (Thread.JOIN if joins else Thread.OFFER), newest.id
