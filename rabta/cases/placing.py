"""Placing each message of a batch into an open case or a new one, by the rule of `rabta.rules.threading`.

What a message makes of its case is judged only when all are placed: what follows in the batch is compared with what is
known by then (`_until_judged`), as it would be if the messages were read one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rabta.cases.arrival import Heard, new_case, new_message, provider_digest, take_in, text_judged
from rabta.cases.models import Case, Message, State
from rabta.cases.secret_matters import BESIDE, closer, keep_close
from rabta.rules import threading
from rabta.rules.questions import PLACES
from rabta.rules.threading import OpenCase, Thread

PlacesIn = Callable[[str], Sequence[object]]  # the places of the force that words name


def place(
    heard: Sequence[Heard],
    *,
    open_by_conversation: dict[int, list[Case]],
    beside: Mapping[int, Sequence[Case]],
    answered: Mapping[bytes, Message],
    places_in: PlacesIn,
) -> None:
    """Decide for each message, in order of arrival, which case it joins; new cases are made but not saved.

    `beside`: secret matters of the same people that nothing can join there. No query.
    """
    secret_now: dict[int, list[Case]] = {}  # matters that are secret since this batch, by person
    for h in heard:
        cases = open_by_conversation.setdefault(h.conversation.pk, [])
        answer = (
            answered.get(provider_digest(h.account.pk, h.item.in_reply_to)) if h.item.in_reply_to else None
        )
        if h.about:
            h.case = h.about
        elif h.noise:
            h.case = max(cases, key=lambda c: c.last_in_at, default=None)
        else:
            theirs = secret_now.setdefault(h.handle.person_id, [])
            elsewhere = [*beside.get(h.conversation.pk, ()), *(case for case in theirs if case not in cases)]
            case = _place_one(h, cases, answer, elsewhere)
            _until_judged(h, case, places_in)
            if case.opens_withheld and not case.withheld and case not in theirs:
                theirs.append(case)
        h.message = new_message(h, answer)
        if h.case:
            take_in(h, h.case)


def _place_one(h: Heard, cases: list[Case], answer: Message | None, secret: Sequence[Case]) -> Case:
    answers = next((n for n, c in enumerate(cases) if c.pk and _is_answered(h, c, answer)), None)
    said = threading.Said(
        at=h.received_at,
        urgency=None if _fills(h, cases, answers) else h.urgency,
        withheld=h.withheld,
        category=h.category,
        answers=answers,
        shows="" if text_judged(h.item).strip() else "place" if h.item.place else "picture",
    )
    verdict, index = threading.place(
        said,
        open_cases=[facts_of(n, case) for n, case in enumerate(cases)],
        beside=[replace(facts_of(n, case), told=True) for n, case in enumerate(secret, start=len(cases))],
    )
    if index is not None and verdict in (Thread.JOIN, Thread.OFFER):
        h.case, h.offered = cases[index], verdict is Thread.OFFER
        return h.case
    h.case, h.opens = new_case(h), True
    if index is not None:
        h.beside = [*cases, *secret][index]
    if h.beside and verdict is Thread.APART:
        _keep_as_close(h.case, h.beside, h)
    cases.append(h.case)
    return h.case


def _is_answered(h: Heard, case: Case, answer: Message | None) -> bool:
    if h.answer:
        return case.public_id == h.answer.case
    return answer is not None and answer.case_id == case.pk


def _fills(h: Heard, cases: Sequence[Case], answers: int | None) -> bool:
    """Whether a choice says what the case is about that asked for it, and that is judged anew by it."""
    asked = cases[answers] if h.answer and answers is not None else None
    return asked is not None and undecided(asked) and not facts_of(0, asked).secret


def _keep_as_close(case: Case, secret: Case, h: Heard) -> None:
    """As the secret matter is; as it will be, where it is judged only now (`journey.arriving.judge`)."""
    if secret.opens_withheld and not secret.withheld:
        case.opens_withheld = secret.opens_withheld
    else:
        keep_close(case, secret, now=h.received_at)


def _until_judged(h: Heard, case: Case, places_in: PlacesIn) -> None:
    """What the words make of a case that is judged when all are placed."""
    case.opens_withheld = case.opens_withheld or h.withheld
    if not undecided(case):
        return
    if not case.category_source:
        case.category = case.category or h.category
        case.urgency = case.urgency if h.urgency is None else min(case.urgency, h.urgency)
    if case.urgency > threading.URGENT:
        return
    if h.item.place or h.item.place_name or places_in(text_judged(h.item)):
        case.waiting_why = {}
    elif case.lat is None and not case.place and not case.waiting_why:
        case.waiting_why = {"code": "no_place"}


def undecided(case: Case) -> bool:
    """Whether nothing is ordered, no operator has categorised it, and it stands by itself: it is judged anew with what
    is written in it."""
    by_itself = case.lead_unit_id is None and case.part_of_id is None and not case.is_ordered
    return case.state == State.NEW and by_itself and case.category_source != "operator"


def facts_of(n: int, case: Case) -> OpenCase:
    """What the rule wants to know of a case; a part is as urgent, and kept as close, as the matter it belongs to."""
    head = case.part_of or case
    category = case.category or head.category
    return OpenCase(
        id=n,
        last_word_at=case.last_in_at,
        opened_at=case.opened_at,
        urgency=min(case.urgency, head.urgency),
        withheld=closer(case, case.part_of).withheld or case.withheld or case.opens_withheld,
        hidden=_hides(case) or case.confidential or head.confidential,
        told=head.was_ordered or head.lead_unit_id is not None or head.state != State.NEW,
        narrowed=any(one.accused_unit_id or one.accused_officers or one.confidential for one in (case, head)),
        category=category,
        undecided=not category and undecided(case) and not case.was_ordered,
        apart=case.withheld_why.get("code") == BESIDE,
        wants_place=head.waiting_why.get("code") in PLACES,
    )


def _hides(case: Case) -> bool:
    """Whether its author is hidden because of it: he himself, or with what was withheld once."""
    return bool(case.author_alias) or (case.held_until is not None and case.hides_author)
