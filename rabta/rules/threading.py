"""Whether a later message of the same person belongs to the open case or is a new matter.

1. An answer to a message of an open case joins that case.
2. A message that must be withheld, or that is more urgent than the open case, opens a case of its own: what accuses a
   station must not land in a case that the station reads, nor in a tip that it may be ordered on, and an emergency must
   not hide in an old complaint. A case of which nobody knows yet what it is about (a photo alone) takes any message but
   danger to life.
3. Urgent words go to an ordinary case or to one of their own, whatever secret matter stands beside them: help comes
   first. Only within an hour of an accusation they stay with it: who is asked for help may be the accused.
4. What goes on with an ordinary case joins it: within an hour where life is in danger or its place is asked, and what
   has no words within ten minutes.
5. A message that by its words is about what one open case is about joins that one, and a place the case that waits for
   one.
6. A message that by its words is about something else opens a case of its own when the talk had paused for an hour;
   sooner it joins, and the desk is offered to make a new case of it.
7. Whoever has a secret matter (withheld, or its author is hidden in it) beside another may mean either, also where the
   secret one is old, closed lately, or was told to another number of ours. Read in the other, his words could tell the
   accused of the complaint; in a secret one that a unit was ordered on, they could tell who wrote it. So they join the
   secret one while the desk alone reads it, and the desk is offered to make a case of them; else they open a case of
   their own, kept as close, which the desk puts where it belongs. So does what rule 6 would join to a secret matter
   that a unit was ordered on. Of several secret ones an accusation counts.
8. Within three days of the last word in the newest open case it joins it.
9. Within thirty days it joins it too, and the desk is offered to make a new case of it.
10. Later than that, or with no open case, it opens a new one.
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


def place(said: Said, *, open_cases: Sequence[OpenCase], beside: Sequence[OpenCase] = ()) -> Placed:
    """(what becomes of the message, the case that it joins or is kept beside).

    `beside`: secret matters of the same person that can't be joined; a unit reads them, or nobody any more (`told`).
    """
    newest_first = sorted(open_cases, key=lambda c: (c.last_word_at, c.id), reverse=True)
    candidates = [case for case in newest_first if takes(case, withheld=said.withheld)]
    for case in candidates:
        if case.id == said.answers:
            return Thread.JOIN, case.id
    lately = [c for c in candidates if _as_urgent(c, said) and _pause(said, c) <= OFFERED_WITHIN]
    if not lately:
        return A_NEW_ONE
    if said.withheld:
        return _among(said, lately)
    if said.urgency is not None and said.urgency <= 1:
        return _urgent(said, lately)
    if _goes_on(said, lately[0]):
        return Thread.JOIN, lately[0].id
    return _perhaps_secret(said, lately, [c for c in (*candidates, *beside) if c.secret])


def takes(case: OpenCase, *, withheld: str) -> bool:
    """Whether what is withheld for that reason may stand in the case: no unit reads it that it could be about."""
    if withheld == ACCUSATION:
        return case.withheld == ACCUSATION or (case.undecided and not case.secret)
    return not withheld or bool(case.withheld) or case.undecided


def _pause(said: Said, case: OpenCase) -> timedelta:
    return said.at - case.last_word_at


def _same(case: OpenCase, said: Said) -> bool:
    return (said.shows == "place" and case.wants_place) or bool(said.category == case.category != "")


def _as_urgent(case: OpenCase, said: Said) -> bool:
    """Whether an urgent message does not hide in the case."""
    if said.urgency is None or said.urgency > 1:
        return True
    return case.urgency <= said.urgency or (case.undecided and said.urgency == 1)


def _among(said: Said, cases: Sequence[OpenCase]) -> Placed:
    """Where it goes of these, the newest first, by what it is about and by the time that has passed."""
    same = [case for case in cases if _same(case, said)]
    newest = (same or cases)[0]
    if not same and said.category and newest.category:
        return A_NEW_ONE if _pause(said, newest) > SAME_TALK else (Thread.OFFER, newest.id)
    return (Thread.JOIN if _pause(said, newest) <= JOINS_WITHIN else Thread.OFFER), newest.id


def _urgent(said: Said, cases: Sequence[OpenCase]) -> Placed:
    ordinary = [case for case in cases if not case.secret]
    if ordinary:
        return _among(said, ordinary)
    accusing = [c for c in cases if c.withheld == ACCUSATION and _pause(said, c) <= SAME_TALK]
    return (Thread.OFFER, accusing[0].id) if accusing else A_NEW_ONE


def _goes_on(said: Said, newest: OpenCase) -> bool:
    """Whether it surely goes on with what was said last."""
    if said.shows and _pause(said, newest) <= TOGETHER:
        return True
    other = said.category not in ("", newest.category)
    asked = newest.urgency == 0 or newest.wants_place
    return asked and not (other or newest.secret) and _pause(said, newest) <= SAME_TALK


def _perhaps_secret(said: Said, lately: Sequence[OpenCase], secret: Sequence[OpenCase]) -> Placed:
    """Where it goes, if it may belong to a secret matter or to another."""
    same = [case for case in lately if _same(case, said)]
    another = bool(not same and said.category and lately[0].category)
    if another and _pause(said, lately[0]) > SAME_TALK:
        return A_NEW_ONE
    if same:
        secret = [case for case in secret if _same(case, said)]
    ordinary = [case for case in same or lately if not case.secret]
    to_told = another and lately[0].secret and lately[0].told
    if to_told or len(secret) > 1 or (secret and ordinary):
        kept = min(secret, key=lambda case: (case.withheld != ACCUSATION, case.told))
        return (Thread.APART if kept.told else Thread.OFFER), kept.id
    return _among(said, lately)
