"""What the desk did about a line of the history: take it, find out what is missing, order whoever must act, answer."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from functools import cache

from rabta import journey
from rabta.cases.models import Kind, Order
from rabta.demo import history
from rabta.demo.acting import Matter
from rabta.demo.force import rows
from rabta.force.models import Post, Role
from rabta.triage import tables

SILENCE = timedelta(days=2)  # after which nobody waits for the citizen's answer any more
# What no rule orders: who above the station gets it by hand, and with which words.
BY_HAND = {
    "against_police": (
        Role.DISTRICT_HEAD,
        "Inquire yourself. Nobody of the station hears of it before you report.",
    ),
    "fir_refusal": (
        Role.CIRCLE_OFFICER,
        "Find out why nothing was registered, see to it that it is, and report.",
    ),
    "crime_tip": (Role.DISTRICT_HEAD, "Have it looked into quietly. Nobody is to ask who told us."),
}
RELEASED = {"fir_refusal": "No officer is accused: the circle officer looks into why nothing was registered."}


def take(matter: Matter) -> Iterator[datetime]:
    """An operator takes it; the emergency line is told of danger to life."""
    yield (at := matter.soon(9))
    case, desk = matter.case, matter.desk(at)
    journey.assign(case=case, officer=desk.officer, by=desk, now=at)
    if case.urgency == 0:
        journey.hand_over(case=case, to="Rescue 1122, control room", by=desk, now=at)
        journey.confirm_hand_over(case=case, number=f"R-{4000 + matter.line.number}", by=desk, now=at)


def judge_accusation(matter: Matter) -> Iterator[datetime]:
    """The oversight says which unit is accused; an operator lets through what only reads like an accusation, or waited
    beside one."""
    yield (at := matter.soon(10))
    category = tables.categories()[matter.line.row["category"]]
    if category.kind == Kind.AGAINST_POLICE:
        oversight = matter.force.scope(matter.force.oversight, at)
        journey.accuse(case=matter.case, accused_unit=matter.station(), by=oversight, now=at)
    else:
        remark = RELEASED.get(category.code, "It does not accuse the police.")
        journey.release(case=matter.case, remark=remark, by=matter.desk(at), now=at)
    matter.look_again()


def advise(matter: Matter) -> Iterator[datetime]:
    """The desk answers itself, and closes."""
    yield (at := matter.later(55))
    journey.close_with_advice(case=matter.case, remark=matter.line.remark, by=matter.desk(at), now=at)


def ask_in_vain(matter: Matter) -> Iterator[datetime]:
    """The citizen is asked where it was, does not say, and is told what to do then."""
    yield (at := matter.soon(11))
    _reply(matter, "where", at)
    yield (at := matter.later(11) + SILENCE)
    journey.close_with_advice(case=matter.case, remark=matter.line.remark, by=matter.desk(at), now=at)


def order(matter: Matter) -> Generator[datetime, None, Order]:
    """What went to nobody by itself is ordered; returns the lead's order."""
    yield (at := matter.soon(11))
    category = matter.line.row["category"]
    if matter.case.category != category:
        journey.categorise(case=matter.case, category=category, by=matter.desk(at), now=at)
        matter.look_again()
    if category in BY_HAND:
        role, words = BY_HAND[category]
        post, lead = Post.objects.get(unit__in=matter.station().path, role=role), Order.Part.LEAD
        desk = matter.desk(at)
        return journey.order(case=matter.case, post=post, part=lead, instruction=words, by=desk, now=at)
    if journey.suggest(matter.case, now=at) is None:
        yield from _find_place(matter, at)
    found = matter.lead()
    if found is None:
        yield (at := matter.soon(20))
        found, *_others = journey.order_suggested(case=matter.case, by=matter.desk(at), now=at)
    return found


def _find_place(matter: Matter, at: datetime) -> Iterator[datetime]:
    """The citizen is asked for it and answers, or an operator finds it out."""
    if matter.line.row["follow_up"]:
        _reply(matter, "where", at)
        yield (at := matter.soon(17))
        matter.mail.answer(matter.line, at=at)
        matter.look_again()
    place = history.place_of(matter.line)
    if place and matter.lead() is None and journey.suggest(matter.case, now=at) is None:
        desk = matter.desk(at)
        journey.place(case=matter.case, lat=place.lat, lng=place.lng, name=place.name, by=desk, now=at)


def answer(matter: Matter, lead: Order) -> Iterator[datetime]:
    """The citizen hears that a station or a senior officer has it."""
    yield (at := matter.soon(22))
    _reply(matter, "station" if lead.unit.level.code == "station" else "senior", at)


def _reply(matter: Matter, kind: str, at: datetime) -> None:
    text = answers()[kind, matter.case.language or "en"]
    journey.reply(case=matter.case, text=text, by=matter.desk(at), now=at)


@cache
def answers() -> dict[tuple[str, str], str]:
    """What the desk writes, by kind and language."""
    return {(row["kind"], row["lang"]): row["text"] for row in rows("answers")}
