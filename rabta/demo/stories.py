"""What the force did about each line of the history, as far as its story and the clock go.

A story is a generator: it yields the time of its next step, and goes on when the clock has come there. What the
product refuses does not fit the line, and ends the filling.
"""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from rabta.cases.models import Withheld
from rabta.cases.refusal import Refused
from rabta.cases.secret_matters import BESIDE
from rabta.demo import deciding, history, pictures, working
from rabta.demo.acting import Force, Matter
from rabta.demo.history import Mail

WAITING = ("none", "waiting_desk")  # stories in which nobody has decided anything yet
# What has only just come nobody has opened, the less so the less urgent it is.
FRESH, USUALLY_FRESH = {0: timedelta(minutes=6), 1: timedelta(minutes=30)}, timedelta(hours=3)


class DoesNotFit(Exception):
    """A story of the table is not possible with its case."""


def play(*, now: datetime, say: Callable[[str], None]) -> None:
    """Write all of the history into the register. Runs in the worker's context. Raises DoesNotFit."""
    mail = Mail(pictures=pictures.make(now=now - timedelta(days=22)))
    force, clock, said = Force(), Clock(now=now), ""
    for stretch in history.stretches(now=now):
        read_at = stretch[-1].at
        clock.run(until=read_at)
        mail.bring(stretch)
        for line, case in mail.arrived(stretch):
            if line.row["category"]:
                matter = Matter(line=line, case=case, force=force, mail=mail, read_at=read_at)
                clock.start(steps(matter, now=now))
        if said != (said := f"history until {read_at:%d %B}"):  # a day has several stretches
            say(said)
    clock.run(until=now)


class Clock:
    """Takes the steps of all stories in the order of their times, and none that is still to come."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
        self.started = 0

    def start(self, story: Iterator[datetime]) -> None:
        """Wait for its first step."""
        self.started += 1
        self._go_on(story, self.started)

    def run(self, *, until: datetime) -> None:
        """Take all steps until then."""
        while self.waiting and self.waiting[0][0] <= until:
            _at, number, story = heapq.heappop(self.waiting)
            self._go_on(story, number)

    def _go_on(self, story: Iterator[datetime], number: int) -> None:
        at = next(story, None)
        if at and at <= self.now:
            heapq.heappush(self.waiting, (at, number, story))


def steps(matter: Matter, *, now: datetime) -> Iterator[datetime]:
    """The steps of one story. Raises DoesNotFit, which names the line."""
    try:
        yield from _steps(matter, now=now)
    except Refused as refused:
        raise DoesNotFit(f"history.csv, line {matter.line.number + 2}: {refused}") from refused


def _steps(matter: Matter, *, now: datetime) -> Iterator[datetime]:
    """The desk first, then the unit."""
    story, lead, age = matter.line.story, matter.lead(), now - matter.read_at
    if age < FRESH.get(matter.case.urgency, USUALLY_FRESH) or (story in WAITING and lead is None):
        return
    if lead is None or not _lies(matter, age):
        yield from deciding.take(matter)
        beside = matter.case.withheld_why.get("code") == BESIDE
        if matter.case.withheld == Withheld.ACCUSATION or beside:
            yield from deciding.judge_accusation(matter)
        if story == "asked":
            yield from deciding.ask_in_vain(matter)
            return
        if lead is None and story == "closed_advice":
            yield from deciding.advise(matter)
            return
        lead = lead or (yield from deciding.order(matter))
        yield from deciding.answer(matter, lead)
    if story not in WAITING:
        yield from working.work(matter, lead)


def _lies(matter: Matter, age: timedelta) -> bool:
    """Whether nobody at the desk opens what went out by itself: half of what units close, a quarter of the last day."""
    if matter.case.urgency <= 1:
        return False
    if matter.line.story.startswith("closed"):
        return matter.line.number % 2 == 0
    return age < timedelta(days=1) and matter.line.number % 4 == 0
