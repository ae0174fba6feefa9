"""Whether a later message of the same person belongs to the open case or is a new matter.

1. An answer to a message of an open case joins that case, unless rule 2 or 3 forbids it.
2. What is withheld, or more urgent than the open case (U0, U1), opens a case of its own: what accuses a station must
   not land in a case that the station reads, and an emergency must not hide in an old complaint. So what is withheld
   joins only where nobody reads it who would not read it alone: a case that nobody has decided on, with no category (a
   photo alone); a withheld matter that the desk alone reads; a tip (a restricted matter) on which a unit was ordered
   only if it is about the same. Into an accusation of which somebody was told or named no other is taken: it may
   accuse who inquires. It opens a case of its own, linked with that one.
3. Urgent words go to an ordinary case or to one of their own, whatever secret matter stands beside them, also as an
   answer: help comes first. Only within an hour of an accusation of danger as great they stay with it: who is asked for
   help may be the accused.
4. What goes on with an ordinary case joins it, in this order:
   - For an hour the newest case takes what follows, where life is in danger or its place is asked; and a place, where
     it is any emergency (U0, U1).
   - For three days an emergency that waits for its place takes words, unless another ordinary case was written of
     since; and a place, unless that other one is an emergency, too.
   - For ten minutes the newest case takes what has no words; but no place that another case waits for, unless the
     newest is an emergency.
   What is read late, after later words of the newest case, goes on only with an emergency that waited before it.
5. A message that by its words is about what one open case is about joins that one, and a place the case that waits for
   one.
6. A message that by its words is about something else opens a case of its own when the talk had paused for an hour;
   sooner it joins, and the desk is offered to make a new case of it.
7. Whoever has a secret matter (withheld, or its author is hidden in it) beside another may mean either, also where the
   secret one is old, closed lately, or was told to another number of ours. Read in the other, his words could tell the
   accused of the complaint; in a secret one that a unit was ordered on, they could tell who wrote it. So they join the
   secret one while the desk alone reads it, and the desk is offered to make a case of them; else they open a case of
   their own, kept as close, which the desk puts where it belongs. So does what rule 6 would join to a secret matter
   that a unit was ordered on, and what would open a case without saying what it is about. Of several secret ones an
   accusation counts.
8. Within three days of the last word in the newest open case it joins it.
9. Within thirty days it joins it too, and the desk is offered to make a new case of it.
10. Later than that, or with no open case, it opens a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Literal

TOGETHER = timedelta(minutes=10)
SAME_TALK = timedelta(hours=1)
JOINS_WITHIN = timedelta(days=3)
OFFERED_WITHIN = timedelta(days=30)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
URGENT = 1
ACCUSATION = "accusation"  # of `withheld`


class Thread(Enum):
    """What becomes of a message."""

    JOIN = "join"
    OFFER = "offer"  # join, and offer the desk to make a new case of it
    OPEN = "open"
    APART = "apart"  # open one that is kept as close as the secret case beside which it was written
    LINKED = "linked"  # open one, judged by itself, and show the desk that it stands beside that accusation


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open case of the conversation. `withheld` is why, or empty; `told`: a unit was ever ordered on it."""

    id: int
    last_word_at: datetime
    urgency: int
    withheld: str = ""
    hidden: bool = False  # who wrote it is hidden in it
    told: bool = False
    narrowed: bool = False  # somebody said who is accused, or who reads it: another desk may have it by now
    undecided: bool = False  # no category and no order yet: it is judged anew with what joins it
    wants_place: bool = False
    apart: bool = False  # opened by `Thread.APART`
    opened_at: datetime = LONG_AGO
    category: str = ""

    @property
    def secret(self) -> bool:
        """Whether its readers must not learn who wrote it, or others that it exists."""
        return bool(self.withheld) or self.hidden

    @property
    def waits(self) -> bool:
        """Whether nobody but the desk that takes such things in has read it."""
        return not (self.told or self.narrowed)

    @property
    def blank(self) -> bool:
        """Whether it becomes what the next words make of it."""
        return self.undecided and not self.secret


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

    @property
    def urgent(self) -> bool:
        return self.urgency is not None and self.urgency <= URGENT


Placed = tuple[Thread, int | None]
A_NEW_ONE: Placed = (Thread.OPEN, None)


def place(said: Said, *, open_cases: Sequence[OpenCase], beside: Sequence[OpenCase] = ()) -> Placed:
    """(what becomes of the message, the case that it joins or is kept beside).

    `beside`: secret matters of the same person that can't be joined; a unit reads them, or nobody any more (`told`).
    """
    newest_first = sorted(open_cases, key=lambda c: (c.last_word_at, c.id), reverse=True)
    candidates = [c for c in newest_first if takes(c, withheld=said.withheld, category=said.category)]
    fit = [case for case in candidates if _as_urgent(case, said)]
    for case in fit:
        if case.id == said.answers and not (said.urgent and case.secret and not said.withheld):
            return Thread.JOIN, case.id
    lately = [case for case in fit if _pause(said, case) <= OFFERED_WITHIN]
    if said.withheld:
        return _among(said, lately) if lately else _own(said, newest_first)
    if said.urgent:
        return _urgent(said, lately)
    secret = [case for case in (*candidates, *beside) if case.secret]
    if not lately:
        return A_NEW_ONE if said.category or not secret else _at_the_desk(secret)
    goes_on = _goes_on(said, lately)
    return (Thread.JOIN, goes_on.id) if goes_on else _perhaps_secret(said, lately, secret)


def takes(case: OpenCase, *, withheld: str, category: str) -> bool:
    """Whether what is withheld for that reason may stand in the case: nobody reads it there who would not alone."""
    if not withheld or case.blank:
        return True
    if withheld == ACCUSATION:
        return case.withheld == ACCUSATION and case.waits
    alike = (case.withheld, case.category) == (withheld, category)
    return bool(case.withheld) and (alike or case.waits)


def _pause(said: Said, case: OpenCase) -> timedelta:
    return said.at - case.last_word_at


def _same(case: OpenCase, said: Said) -> bool:
    return (said.shows == "place" and case.wants_place) or bool(said.category == case.category != "")


def _as_urgent(case: OpenCase, said: Said) -> bool:
    """Whether an urgent message does not hide in the case."""
    if said.urgency is None or not said.urgent:
        return True
    return case.urgency <= said.urgency or (case.blank and said.urgency == URGENT)


def _among(said: Said, cases: Sequence[OpenCase]) -> Placed:
    """Where it goes of these, the newest first, by what it is about and by the time that has passed."""
    same = [case for case in cases if _same(case, said)]
    newest = (same or cases)[0]
    if not same and said.category and newest.category:
        return A_NEW_ONE if _pause(said, newest) > SAME_TALK else (Thread.OFFER, newest.id)
    return (Thread.JOIN if _pause(said, newest) <= JOINS_WITHIN else Thread.OFFER), newest.id


def _own(said: Said, cases: Sequence[OpenCase]) -> Placed:
    """A case of its own for what is withheld; one more accusation stands beside the newest of before, never beside what
    only waits: a station may read that once it is released, and the link would tell who accuses."""
    accusing = [c for c in cases if said.withheld == c.withheld == ACCUSATION and not c.apart]
    return (Thread.LINKED, accusing[0].id) if accusing else A_NEW_ONE


def _urgent(said: Said, cases: Sequence[OpenCase]) -> Placed:
    ordinary = [case for case in cases if not case.secret]
    if ordinary:
        return _among(said, ordinary)
    accusing = [c for c in cases if c.withheld == ACCUSATION and _pause(said, c) <= SAME_TALK]
    return (Thread.OFFER, accusing[0].id) if accusing else A_NEW_ONE


def _goes_on(said: Said, cases: Sequence[OpenCase]) -> OpenCase | None:
    """The one of these, the newest first, with which it surely goes on."""
    newest = cases[0]
    if _in_talk(newest, said):
        return newest
    if lost := _lost(said, cases):
        return lost
    place_elsewhere = said.shows == "place" and newest.urgency > URGENT and any(c.wants_place for c in cases)
    return newest if said.shows and not place_elsewhere and _follows(newest, said, TOGETHER) else None


def _in_talk(newest: OpenCase, said: Said) -> bool:
    """Whether who wrote of the newest case is in danger, or was asked for its place, and just goes on; or says where an
    emergency is, asked or not."""
    takes_all = newest.urgency == 0 or newest.wants_place
    takes_it = takes_all or (said.shows == "place" and newest.urgency <= URGENT)
    return takes_it and not (newest.secret or _other(newest, said)) and _follows(newest, said, SAME_TALK)


def _follows(case: OpenCase, said: Said, within: timedelta) -> bool:
    """Whether it came soon after the last word of the case; what is read late may have come before."""
    return timedelta(0) <= _pause(said, case) <= within


def _lost(said: Said, cases: Sequence[OpenCase]) -> OpenCase | None:
    """The emergency that waits for what is said; not where the newest ordinary case may be meant."""
    if said.shows == "picture":
        return None
    ordinary = [case for case in cases if not case.secret]
    lost = next((case for case in ordinary if _is_lost(case, said)), None)
    if lost is None:
        return None
    no_other = lost is ordinary[0] or (said.shows == "place" and ordinary[0].urgency > URGENT)
    return lost if no_other else None


def _is_lost(case: OpenCase, said: Said) -> bool:
    """Whether nobody can come to help before somebody says where."""
    waits = case.wants_place and case.urgency <= URGENT and case.opened_at <= said.at
    return waits and not _other(case, said) and _pause(said, case) <= JOINS_WITHIN


def _other(case: OpenCase, said: Said) -> bool:
    return said.category not in ("", case.category)


def _at_the_desk(secret: Sequence[OpenCase]) -> Placed:
    """With the secret matter that counts, or beside it."""
    kept = min(secret, key=lambda case: (case.withheld != ACCUSATION, case.told))
    return (Thread.APART if kept.told else Thread.OFFER), kept.id


def _perhaps_secret(said: Said, lately: Sequence[OpenCase], secret: Sequence[OpenCase]) -> Placed:
    """Where it goes, if it may belong to a secret matter or to another."""
    same = [case for case in lately if _same(case, said)]
    another = bool(not same and said.category and (lately[0].category or lately[0].apart))
    if another and _pause(said, lately[0]) > SAME_TALK:
        return A_NEW_ONE
    if same:
        secret = [case for case in secret if _same(case, said)]
    ordinary = [case for case in same or lately if not case.secret]
    to_told = another and lately[0].secret and lately[0].told
    if to_told or len(secret) > 1 or (secret and ordinary):
        return _at_the_desk(secret)
    return _among(said, lately)
