"""Placing what people said to others, in a group, and what was brought to us of it.

What looks like a report opens a case, or joins the one that the same person's earlier words opened. Words and pictures
around it, of the same person within ten minutes, go with it; everything else is kept without a case. Time is that of
the writing, not that of the import.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from rabta.cases import arrival
from rabta.cases.arrival import Heard
from rabta.cases.models import Case, Message, State
from rabta.cases.placing import facts_of
from rabta.rules.threading import takes
from rabta.rules.visibility import person

AROUND = timedelta(minutes=10)
SAME_MATTER = timedelta(days=3)


@dataclass
class Matter:
    """A case of the conversation, with the time of its last words."""

    case: Case
    last: datetime


def place(heard: Sequence[Heard], *, reports: Callable[[Heard], bool]) -> None:
    """Give each message its case, or none. `reports` says what looks like a report. No query more for more of them."""
    matters = _open_matters(heard)
    named = _named_cases(heard)
    waiting: dict[int, list[Heard]] = {}
    for h in heard:
        own = matters.setdefault(h.conversation.pk, [])
        case = named.get(h.item.choices.get("joins", ""))
        if case is not None and takes(facts_of(0, case), withheld=h.withheld, category=h.category):
            _put(h, case)
        elif reports(h):
            _report(h, own, before=waiting.pop(h.conversation.pk, []))
        elif near := _around(h, own):
            _put(h, near.case)
            near.last = max(near.last, when(h))
        else:
            _put(h, None)
            if not h.item.text:
                waiting.setdefault(h.conversation.pk, []).append(h)


def when(h: Heard) -> datetime:
    """When it was written."""
    return h.item.sent_at or h.received_at


def _report(h: Heard, own: list[Matter], *, before: Sequence[Heard]) -> None:
    """Into the case about the same, or into a new one; pictures that came just before go with it."""
    found = next((m for m in reversed(own) if _same(h, m)), None)
    _put(h, found.case if found else None, opens=found is None)
    assert h.case is not None
    if found:
        found.last = max(found.last, when(h))
    else:
        own.append(Matter(h.case, when(h)))
    for earlier in before:
        if abs(when(h) - when(earlier)) <= AROUND:
            _put(earlier, h.case)


def _same(h: Heard, matter: Matter) -> bool:
    case = matter.case
    apart = abs(when(h) - matter.last) > SAME_MATTER
    about = not (h.category and case.category and h.category != case.category)
    return not apart and about and takes(facts_of(0, case), withheld=h.withheld, category=h.category)


def _around(h: Heard, own: Sequence[Matter]) -> Matter | None:
    """The matter that the same person wrote of just before; a greeting belongs to none."""
    near = (m for m in reversed(own) if abs(when(h) - m.last) <= AROUND)
    return None if h.noise else next(near, None)


def _put(h: Heard, case: Case | None, *, opens: bool = False) -> None:
    h.case, h.opens = (arrival.new_case(h) if opens else case), opens
    h.message = arrival.new_message(h, None)
    h.message.overheard = True
    if h.case:
        arrival.take_in(h, h.case)


def _open_matters(heard: Sequence[Heard]) -> dict[int, list[Matter]]:
    """The open cases of these conversations, by conversation, in the order of their last words."""
    known = arrival.open_cases(heard)
    ids = [case.pk for cases in known.values() for case in cases]
    rows = Message.objects.filter(case__in=ids, direction=Message.Direction.IN).values_list("case_id")
    last = dict(rows.annotate(Max("sent_at"))) if ids else {}
    return {
        conversation: sorted(
            (Matter(case, last.get(case.pk) or case.last_in_at) for case in cases), key=lambda m: m.last
        )
        for conversation, cases in known.items()
    }


def _named_cases(heard: Sequence[Heard]) -> dict[str, Case]:
    """The open cases that officers put things to, by public id; locked. Two queries, or none.

    The officer saw the case when he chose it; who may not see it any more opens one of its own.
    """
    wanted = {named for h in heard if (named := h.item.choices.get("joins", ""))}
    if not wanted:
        return {}
    rows = (
        Case.objects.select_for_update(of=("self",)).exclude(state=State.CLOSED).filter(public_id__in=wanted)
    )
    found = {case.public_id: case for case in rows.select_related("conversation__handle__person", "account")}
    arrival.say_what_is_ordered(found.values())
    for case in found.values():
        case.conversation.account = case.account
    shut_out = {
        h.item.choices["joins"]
        for h in heard
        if (kept := found.get(h.item.choices.get("joins", "")))
        and person(int(h.item.choices.get("entered_by") or 0)) in kept.hidden_from
    }
    return {public_id: case for public_id, case in found.items() if public_id not in shut_out}
