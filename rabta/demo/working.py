"""What a unit did about its order: accept, go, photograph, report; and the superior's word on it."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from rabta import journey
from rabta.cases.models import Order, Outcome, Report
from rabta.demo.acting import Matter
from rabta.force.models import Unit
from rabta.journey.ending.flagging import Fir
from rabta.routing.route import matters
from rabta.rules.human_contact import How

# How long a superior's inquiry takes.
INQUIRY = {
    "against_police": timedelta(days=3),
    "crime_tip": timedelta(days=2),
    "fir_refusal": timedelta(days=1),
}
OUTCOMES = {
    "reported": Outcome.ACTION_TAKEN,
    "closed_action": Outcome.ACTION_TAKEN,
    "closed_fir": Outcome.FIR_REGISTERED,
    "closed_not_substantiated": Outcome.NOT_SUBSTANTIATED,
    "closed_advice": Outcome.ADVICE,
}


def work(matter: Matter, lead: Order) -> Iterator[datetime]:
    """As far as the story goes."""
    story = matter.line.story
    if story == "returned":
        yield from _give_back(matter, lead)
    elif story == "accepted":
        yield from _begin(matter, lead)
    elif story != "overdue":
        yield from _accept(matter, lead)
        yield from _report(matter, lead)


def _give_back(matter: Matter, lead: Order) -> Iterator[datetime]:
    yield (at := matter.soon(40))
    officer = matter.force.holder(lead.post, at)
    journey.return_order(order=lead, reason=matter.line.remark, by=officer, now=at)


def _begin(matter: Matter, lead: Order) -> Iterator[datetime]:
    """Somebody goes there and notes what was found; the report is still to come."""
    yield (at := matter.soon(25) if _hurries(matter) else matter.later(400))
    officer = matter.force.holder(lead.post, at)
    journey.on_the_way(order=lead, by=officer, now=at)
    yield from _speak(matter, lead, How.IN_PERSON)
    if matter.line.row["remark"]:
        yield (at := matter.later(900))
        matter.look_again()
        journey.note(case=matter.case, text=matter.line.remark, by=officer, now=at)


def _speak(matter: Matter, lead: Order, how: How) -> Iterator[datetime]:
    """The officer speaks with the citizen; one in seven is not reached."""
    yield (at := matter.soon(35) if _hurries(matter) else matter.later(460))
    officer = matter.force.holder(lead.post, at)
    missed = matter.line.number % 7 == 0
    journey.contacted_for_order(order=lead, how=How.NOT_REACHED if missed else how, by=officer, now=at)
    matter.look_again()


def _accept(matter: Matter, lead: Order) -> Iterator[datetime]:
    """Where it is urgent somebody goes there at once; one in three reports without having said that he accepts."""
    yield (at := matter.soon(25))
    officer = matter.force.holder(lead.post, at)
    if _hurries(matter):
        journey.on_the_way(order=lead, by=officer, now=at)
        yield from _speak(matter, lead, How.IN_PERSON)
    elif matter.line.number % 3:
        journey.accept(order=lead, by=officer, now=at)


def _hurries(matter: Matter) -> bool:
    return matter.case.urgency <= 1 or matter.line.row["category"] in INQUIRY


def _photograph(matter: Matter, lead: Order, at: datetime) -> None:
    """Every third brings a picture."""
    pictures, unit, number = matter.mail.pictures, lead.post.unit, matter.line.number
    if number % 3 == 0:
        journey.add_evidence(
            order=lead,
            file=pictures[(number + 1) % len(pictures)],
            caption="",
            lat=unit.lat,
            lng=unit.lng,
            taken_at=at - timedelta(minutes=40),
            by=matter.force.holder(lead.post, at),
            now=at,
        )


def _report(matter: Matter, lead: Order) -> Iterator[datetime]:
    """Whoever supports reports too, and that is decided on first."""
    took = INQUIRY.get(matter.line.row["category"], timedelta())
    yield (at := matter.later(300) + took)
    _photograph(matter, lead, at)
    reports = [_one_report(matter, order, at) for order in (*_supports(matter), lead)]
    if matter.line.story == "reported":
        return
    yield (at := matter.later(500) + took)
    for report in reports:
        superior = matter.force.superior(report.order.unit, at)
        journey.decide(report=report, decision=Report.Decision.ACCEPTED, remark="", by=superior, now=at)


def _supports(matter: Matter) -> Iterable[Order]:
    """The orders of whoever supports, where the category has somebody who does."""
    if matters()[matter.case.category].support == "none":
        return []
    orders = matter.case.orders.filter(part=Order.Part.SUPPORT)
    return orders.select_related("post", "unit", "case")


def _one_report(matter: Matter, order: Order, at: datetime) -> Report:
    outcome, fir = OUTCOMES[matter.line.story], None
    if outcome == Outcome.FIR_REGISTERED and order.part == Order.Part.LEAD:
        fir = _fir(matter, order.unit, at)
    elif outcome == Outcome.FIR_REGISTERED:
        outcome = Outcome.ACTION_TAKEN
    officer, words = matter.force.holder(order.post, at), matter.line.remark
    contact = "" if matter.case.contacted_at or order.part != Order.Part.LEAD else How.TELEPHONE
    return journey.report(
        order=order, text=words, outcome=outcome, fir=fir, contact=contact, by=officer, now=at
    )


def _fir(matter: Matter, lead: Unit, at: datetime) -> Fir:
    """Registered on the day of the report: at the station, also where a superior saw to it."""
    on = timezone.localdate(at)
    said = re.search(r"FIR (\d+)", matter.line.remark)
    number = said[1] if said else 100 + matter.line.number
    unit = lead if lead.level.code in ("station", "cell") else matter.station()
    return Fir(number=f"{number}/{on.year}", unit=unit, on=on)
