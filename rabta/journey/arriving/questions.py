"""Asking citizens what the machine could not decide, and hearing what they answer (`rabta.rules.questions`).

What was asked and answered is written into the case as events; a question that nobody answers changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rabta.cases.arrival import Heard, text_judged
from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Event
from rabta.cases.placing import undecided
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory
from rabta.journey.arriving.judge import Judged
from rabta.replying import questions
from rabta.replying.letters import private_way, safe_of, sensitive
from rabta.replying.questions import Asked
from rabta.routing.route import places_named
from rabta.rules import questions as rule
from rabta.rules.language import is_sure
from rabta.rules.questions import OTHER, Pressed, Question, Situation
from rabta.triage import tables
from rabta.triage.assess import assess, police_named

# Choices that count also where another was made before: they say that the matter is graver.
GRAVER = frozenset({"life_in_danger", "against_police", "crime_tip"})


@dataclass(kw_only=True)
class Talk:
    """What was asked in a case, with the choices, in order; and what of it was answered."""

    asked: dict[Question, list[str]] = field(default_factory=dict)
    answered: set[Question] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: which choice of which question of which case."""

    case: Case
    pressed: Pressed
    option: str


def hear(heard: Sequence[Heard], known: dict[int, list[Case]], *, directory: Directory) -> None:
    """Make answers into choices, before anything is judged by their words. One query, or none."""
    may = [h for h in heard if known.get(h.conversation.pk) and _may_answer(h)]
    if not may:
        return
    talks = _talks(case for h in may for case in known[h.conversation.pk])
    for h in may:
        answer = _answer(h, known[h.conversation.pk], talks, directory)
        if answer:
            _take(h, answer, directory)


def _may_answer(h: Heard) -> bool:
    item = h.item
    more = item.public or item.group or item.media or item.place
    if more or BY_KIND[h.account.channel].send is None:
        return False
    pressed = rule.of_key(item.choices.get("id", ""))
    return pressed is not None or 0 < len(item.text.strip()) <= rule.LONGEST


def _talks(cases: Iterable[Case]) -> dict[int, Talk]:
    ids = {case.pk for case in cases}
    talks: dict[int, Talk] = defaultdict(Talk)
    rows = Event.objects.filter(case__in=ids, what__in=("asked", "answered")).order_by("id")
    for case, what, data in rows.values_list("case_id", "what", "data"):
        question = Question(data["question"])
        if what == "asked":
            talks[case].asked[question] = data["options"]
        else:
            talks[case].answered.add(question)
    return talks


def _answer(h: Heard, cases: list[Case], talks: dict[int, Talk], directory: Directory) -> Answer | None:
    """What this answers, if anything: by its button, else by the newest open question that its words fit."""
    by_id = {case.public_id: case for case in cases}
    pressed = rule.of_key(h.item.choices.get("id", ""))
    if pressed:
        case = by_id.get(pressed.case)
        choices = talks[case.pk].asked.get(pressed.question, []) if case else []
        if case is None or pressed.choice >= len(choices):
            return None
        option = choices[pressed.choice]
        done = pressed.question in talks[case.pk].answered
        return None if done and option not in GRAVER else Answer(case=case, pressed=pressed, option=option)
    return _said(h, cases, talks, directory)


def _said(h: Heard, cases: list[Case], talks: dict[int, Talk], directory: Directory) -> Answer | None:
    still_open = [
        (case, question, choices)
        for case in sorted(cases, key=lambda case: case.pk, reverse=True)
        for question, choices in reversed(talks[case.pk].asked.items())
        if question not in talks[case.pk].answered and choices
    ]
    # A number may also answer whether it is safe to write, or another question.
    one = len(still_open) == 1 and not any(sensitive(case) and not safe_of(case) for case in cases)
    for case, question, choices in still_open:
        shown = one and len(choices) > BY_KIND[h.account.channel].limits.buttons
        titles = [questions.names(question, choice, directory=directory) for choice in choices]
        at = rule.chosen(h.item.text, titles=titles, numbers=shown)
        if at is not None:
            pressed = Pressed(case=case.public_id, question=question, choice=at)
            return Answer(case=case, pressed=pressed, option=choices[at])
    return None


def _take(h: Heard, answer: Answer, directory: Directory) -> None:
    """Fill in what was chosen. The words of the button are no words of the citizen's, and are not judged."""
    case, option = answer.case, answer.option
    h.answer, h.chosen = answer.pressed, option
    h.noise, h.language, h.category, h.urgency, h.withheld = "", "", "", None, ""
    if answer.pressed.question == Question.LANGUAGE:
        h.language = case.language = option
    elif answer.pressed.question == Question.CATEGORY and option in tables.categories():
        choices = {"category": option, "kind": tables.categories()[option].kind}
        h.item = replace(h.item, choices={**h.item.choices, **choices})
        found = assess("", choices=choices)
        h.category, h.urgency, h.withheld = found.category, found.known_urgency, found.withheld
    elif answer.pressed.question == Question.PLACE:
        _take_place(case, option, directory)


def _take_place(case: Case, option: str, directory: Directory) -> None:
    spot = questions.spot_of(option)
    known = directory.spot(named=spot.name, station=spot.station) if spot else None
    if spot is None or known is None or not undecided(case) or case.place_source in ("pin", "operator"):
        return
    case.place = f"{known.name}, {directory.all_units[spot.station].name}"
    case.lat, case.lng = known.lat, known.lng
    inside = spot.station in directory.stations_at(lat=known.lat, lng=known.lng)
    case.place_source = "confirmed" if inside else "citizen"


def ask(judged: Sequence[Judged], heard: Sequence[Heard], *, directory: Directory) -> dict[int, Asked]:
    """What to ask in each of these cases, by `id(case)`. One query, or none."""
    groups: dict[int, list[Heard]] = defaultdict(list)
    for h in heard:
        if h.case:
            groups[id(h.case)].append(h)
    found = {id(j.case): _situation(j, groups[id(j.case)], directory) for j in judged}
    wanting = [j for j in judged if rule.next_question(found[id(j.case)])]
    asked = _asked_before([j.case for j in wanting if not groups[id(j.case)][0].is_new_here])
    letters = {}
    for j in wanting:
        now = replace(found[id(j.case)], asked=asked[j.case.conversation_id, j.case.pk])
        question = rule.next_question(now)
        if question:
            letters[id(j.case)] = _letter(question, j, directory)
    return letters


def _situation(j: Judged, group: Sequence[Heard], directory: Directory) -> Situation:
    case, handle = j.case, j.case.conversation.handle
    open_talk = any(h.item.public or h.item.group for h in group)
    new = group[0].is_new_here or not group[0].kept[0]
    words = tables.language_words()
    return Situation(
        waiting=j.route.waiting.get("code", ""),
        urgency=case.urgency,
        careful=sensitive(case) or case.hides_author or bool(handle.stopped_at),
        private=private_way(case.conversation) and not open_talk,
        officer=any(h.item.sender.handle in directory.officer_phones for h in group),
        police_named=bool(police_named(j.texts)),
        in_hand=bool(case.replied_at or case.assigned_to_id),
        language=case.language,
        language_sure=not new or any(is_sure(text_judged(h.item), words=words) for h in group),
    )


def _asked_before(cases: Sequence[Case]) -> dict[tuple[int, int | None], set[str]]:
    """What was asked already, by conversation and case: the language once of a person, all else once in a case."""
    found: dict[tuple[int, int | None], set[str]] = defaultdict(set)
    if not cases:
        return found
    rows = Event.objects.filter(case__conversation__in={c.conversation_id for c in cases}, what="asked")
    for conversation, case_id, data in rows.values_list("case__conversation_id", "case_id", "data"):
        for case in cases:
            same = case.conversation_id == conversation
            if same and (case.pk == case_id or data["question"] == Question.LANGUAGE):
                found[conversation, case.pk].add(data["question"])
    return found


def _letter(question: Question, j: Judged, directory: Directory) -> Asked:
    named = places_named(j.case, texts=j.texts, directory=directory)
    spots = rule.places_to_choose(named, units=directory.units) if question == Question.PLACE else []
    if j.route.waiting.get("code") not in ("ambiguous_place", "two_places"):
        spots = []
    language = j.case.language or j.case.conversation.language
    return questions.ask(question, case=j.case, language=language, spots=spots, directory=directory)


def events(
    heard: Sequence[Heard], asked: dict[int, Asked], *, actor: Actor, directory: Directory
) -> list[Event]:
    """What was answered and what is asked now, for the history of the cases; they are saved."""
    cases = {id(h.case): h for h in heard if h.case}
    found = [
        event(
            h.case,
            "answered",
            now=h.received_at,
            actor=actor,
            question=h.answer.question.value,
            answer=_told(h, directory),
        )
        for h in heard
        if h.case and h.answer
    ]
    for key, letter in asked.items():
        h = cases[key]
        if h.case:
            facts = {"question": letter.question.value, "options": list(letter.options)}
            found.append(event(h.case, "asked", now=h.received_at, actor=actor, **facts))
    return found


def _told(h: Heard, directory: Directory) -> str:
    """The choice as the history keeps it: a code, or the name of a place."""
    spot = questions.spot_of(h.chosen)
    known = directory.spot(named=spot.name, station=spot.station) if spot else None
    return f"{known.name}, {directory.all_units[known.unit_id].name}" if known else h.chosen


def is_other(h: Heard) -> bool:
    """Whether none of the choices fitted."""
    return h.chosen == OTHER
