"""What people said in a group, brought in by an officer: kept, and what looks like a report waits at the desk.

Nobody addressed us, so nobody is answered, no window opens and nothing is ordered by itself; a word such as STATUS or
an officer's "1" is talk of the group. What an officer hands in himself is always a matter. What is older than the
import counts as today opens no case, but an accusation against police does: it must not be left lying
(docs/decisions, "Groups are read as history").
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from rabta.cases import arrival, beside, overheard
from rabta.cases.arrival import Heard
from rabta.cases.events import Actor
from rabta.cases.kinds import Kind
from rabta.cases.models import Case
from rabta.cases.visibility import seen_by
from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.channels.webform import READ_FIRST
from rabta.force.directory import Directory
from rabta.intake.reading import Incoming
from rabta.journey.arriving import handed, hearing
from rabta.journey.arriving.judge import Judged, judge
from rabta.triage.assess import Assessment, with_beside

# People ask each other in a group; what they want of the police they say in other words.
TALK = (Kind.QUERY, Kind.FEEDBACK, Kind.PRAISE)
# Schemes of people who can't be answered: they spoke to others, or to us in a way that is not here.
TO_OTHERS = ("group_member", "overheard")
NOBODY = (*TO_OTHERS, *READ_FIRST)
Save = Callable[[Sequence[Heard], Sequence[Judged]], None]


def take(
    incoming: Sequence[Incoming[Arrived]], *, actor: Actor, directory: Directory, now: datetime, save: Save
) -> list[Incoming[Arrived]]:
    """Take in what was overheard, by `save`; returns everything else."""
    mine = [one for one in incoming if one.item.overheard]
    if mine:
        _take(mine, actor=actor, directory=directory, now=now, save=save)
    return [one for one in incoming if not one.item.overheard]


def _take(
    mine: Sequence[Incoming[Arrived]], *, actor: Actor, directory: Directory, now: datetime, save: Save
) -> None:
    assessed = [_assess(one.item) for one in mine]
    heard = hearing.recognise(mine, assessed, actor=actor, now=now)
    told = {id(h): _reports(h, found) for h, found in zip(heard, assessed, strict=True)}
    arrival.find_conversations(heard)
    overheard.place(heard, reports=lambda h: told[id(h)])
    why = {id(h.case): h.item.kind for h in heard if h.item.kind in READ_FIRST}
    judged = [
        _waiting(one, directory, why=why.get(id(one.case), "overheard"))
        for one in judge(heard, directory=directory)
    ]
    save(heard, judged)
    handed.note(heard, actor=actor, now=now)
    for h in heard:
        h.conversation.language = h.language or h.conversation.language
        h.conversation.last_in_at = max(filter(None, (h.conversation.last_in_at, h.received_at)))
    arrival.save_conversations(heard)


def _assess(item: Arrived) -> Assessment:
    found = with_beside(item.text, beside.of_item(item), choices=item.choices)
    return found.without_noise() if item.media or item.place else found


def _reports(h: Heard, found: Assessment) -> bool:
    """Whether it opens a case, if none about the same is open."""
    if h.item.choices.get("entered_by") or h.item.choices.get("handed"):
        return True
    if found.withheld:
        return not h.noise
    return bool(found.category) and not (h.noise or h.item.history or found.kind in TALK)


def _waiting(judged: Judged, directory: Directory, *, why: str) -> Judged:
    """The desk decides, also where the rules could; only it is shown the case until then."""
    case = judged.case
    if not judged.route.waiting:
        case.waiting_why = {"code": why}
        judged.route = replace(judged.route, waiting=case.waiting_why)
        case.visible_to = seen_by(case, tasked=[], directory=directory)
    if nobody_hears(case):
        case.reply_due_at = None
    return judged


def said_to_others(case: Case) -> bool:
    """Whether it was said to others: a group of which we have the chat only, or an officer passed it on."""
    return BY_KIND[case.account.channel].by_file or case.conversation.handle.scheme in TO_OTHERS


def nobody_hears(case: Case) -> bool:
    """Whether no answer reaches whoever said it: to others, to another force, or for the register of before."""
    return BY_KIND[case.account.channel].by_file or case.conversation.handle.scheme in NOBODY
