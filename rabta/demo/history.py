"""Three weeks of history: every message goes through the journal and the steps, only the clock is set back."""

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.utils import timezone

from rabta import journey
from rabta.cases.arrival import provider_digest
from rabta.cases.models import Attachment, Case, Kind, Message, Order, Outcome, Withheld
from rabta.cases.refusal import Refused
from rabta.channels.models import Account
from rabta.demo import pictures
from rabta.demo.force import rows
from rabta.files.models import StoredFile
from rabta.force.access import Scope, scope_of
from rabta.force.models import Officer, PlaceName, Post, Posting, Unit
from rabta.intake import forms, journal
from rabta.journey.ending.flagging import Fir
from rabta.kit import phones
from rabta.triage import tables

# Messages of one stretch are read in one go, and answered at its end; what people look at first is read at once.
TOGETHER, AT_ONCE = timedelta(hours=6), timedelta(days=2)
WAITING = ("none", "waiting_desk")  # stories in which nobody has done anything yet


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the history table, at its time."""

    number: int
    at: datetime
    row: dict[str, str]


def lines(*, now: datetime) -> list[Line]:
    """The history as it would have happened until now, oldest first; RABTA_DEMO_DAYS shortens it (0 for none)."""
    zone, days = ZoneInfo(settings.TIME_ZONE), int(os.environ.get("RABTA_DEMO_DAYS", "21"))
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for number, row in enumerate(rows("history")):
        hour, minute = map(int, row["time"].split(":"))
        at = (today + timedelta(days=int(row["day"]))).replace(hour=hour, minute=minute)
        if now - timedelta(days=days) < at < now - timedelta(minutes=5):
            found.append(Line(number=number, at=at, row=row))
    return sorted(found, key=lambda line: line.at)


def play(*, now: datetime, say: Callable[[str], None]) -> None:
    """Write all of the history into the register. Runs in the worker's context."""
    stage = Stage(now=now)
    todo, said = lines(now=now), ""
    for _stretch, group in groupby(todo, key=lambda line: _stretch_of(line.at, now=now)):
        batch = list(group)
        for line in batch:
            stage.write(line)
        stage.read(now=batch[-1].at)
        for line in batch:
            stage.go_on(line)
        if said != (said := f"history until {batch[-1].at:%d %B}"):  # a day has several stretches
            say(said)


def _stretch_of(at: datetime, *, now: datetime) -> float:
    seconds = at.timestamp()
    return seconds if at > now - AT_ONCE else seconds // TOGETHER.total_seconds()


class Stage:
    """Where the history is played: accounts, officers, pictures, and what happens to each line's case."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.accounts = {
            (a.channel, a.unit.code): a for a in Account.objects.select_related("unit", "credential")
        }
        self.pictures = pictures.make(now=now - timedelta(days=22))
        held = Posting.objects.filter(post__role="desk_operator", post__unit__code="DESK-HQ", ends=None)
        self.operators = [
            posting.officer for posting in held.select_related("officer").order_by("post__code")
        ]
        # Postings stay as they are while this plays.
        self.scope = cache(lambda officer, on: scope_of(officer, on=on))
        self.holder = cache(_holder)
        self.superior = cache(_superior)

    def write(self, line: Line) -> None:
        """Put the message into the journal, as the provider or the form would."""
        row, account = line.row, self._account(line)
        if row["channel"] == "webform":
            forms.submit(account=account, entry=_entry(line), files=self._photos(line), now=line.at)
        else:
            journal.append(account.credential, orjson.dumps(_payload(line, account)), line.at)

    def _account(self, line: Line) -> Account:
        row = line.row
        unit = "CPO" if row["account"] == "hq" else row["account"]
        return self.accounts.get((row["channel"], unit)) or self.accounts[row["channel"], "CPO"]

    def _photos(self, line: Line) -> list[StoredFile]:
        return [self.pictures[line.number % len(self.pictures)]] if line.row["photo"] == "yes" else []

    def read(self, *, now: datetime) -> None:
        """Let the worker's step read what was written."""
        while journey.read_journal(limit=200, now=now):
            pass

    def go_on(self, line: Line) -> None:
        """What the force did about the line's case, as its story says."""
        case = _case_of(line, self._account(line))
        if case is None:
            return
        if line.row["channel"] == "whatsapp":
            _attach(case, self._photos(line))
        with suppress(Refused):  # a story that does not fit its case (it waits for a person) is not told
            if case.withheld == Withheld.ACCUSATION and _is_ordinary(line):
                case = self._release(case, line)
            self._take(case, line)
            self._tell(case, line)

    def _release(self, case: Case, line: Line) -> Case:
        """An operator sees that it accuses nobody: it only reads like what does."""
        remark, at = "It does not accuse the police.", self._later(line, minutes=7)
        journey.release(case=case, remark=remark, by=self._desk(line), now=at)
        return _fresh(case)

    def _take(self, case: Case, line: Line) -> None:
        """An operator takes what the desk had time for, and answers; one in four, and what just came, lies there."""
        urgent = case.urgency <= 1
        if self.now - line.at < timedelta(hours=3) or case.withheld or (line.number % 4 == 3 and not urgent):
            return
        desk, at = self._desk(line), self._later(line, minutes=9)
        journey.assign(case=case, officer=desk.officer, by=desk, now=at)
        if case.urgency == 0:
            journey.hand_over(case=case, to="Rescue 1122, control room", by=desk, now=at)
            journey.confirm_hand_over(case=case, number=f"R-{4000 + line.number}", by=desk, now=at)
        if urgent or line.row["story"] not in (*WAITING, "closed_advice"):
            text = _answers().get(case.language) or _answers()["en"]
            journey.reply(case=_fresh(case), text=text, by=desk, now=self._later(line, minutes=11))

    def _tell(self, case: Case, line: Line) -> None:
        story, remark = line.row["story"], line.row["remark"]
        if story in WAITING or case.withheld == Withheld.ACCUSATION:
            return
        desk = self._desk(line)
        if story == "closed_advice":
            at = self._later(line, minutes=55)
            journey.close_with_advice(case=case, remark=remark or "—", by=desk, now=at)
            return
        lead = self._lead(case, line, desk)
        officer = self.scope(self.holder(lead.post), timezone.localdate(line.at))
        Work(lead=lead, officer=officer, line=line, stage=self).go(story, remark)

    def _lead(self, case: Case, line: Line, desk: Scope) -> Order:
        """The case's lead order; where the rule left it to the desk, an operator gives it."""
        lead = case.orders.filter(part=Order.Part.LEAD).select_related("post__unit", "case").first()
        if lead is None:
            at = self._later(line, minutes=12)
            if not case.category and line.row["category"]:
                journey.categorise(case=case, category=line.row["category"], by=desk, now=at)
            journey.order_suggested(case=_fresh(case), by=desk, now=at)
            lead = case.orders.filter(part=Order.Part.LEAD).select_related("post__unit", "case").get()
        return lead

    def _desk(self, line: Line) -> Scope:
        """The operator who had the line on the desk."""
        officer = self.operators[line.number % len(self.operators)]
        return self.scope(officer, timezone.localdate(line.at))

    def _later(self, line: Line, *, minutes: int) -> datetime:
        return min(line.at + timedelta(minutes=minutes + line.number % 37), self.now)


@dataclass(frozen=True, kw_only=True)
class Work:
    """The station's work on one order."""

    lead: Order
    officer: Scope
    line: Line
    stage: Stage

    def at(self, minutes: int) -> datetime:
        return self.stage._later(self.line, minutes=minutes)

    def go(self, story: str, remark: str) -> None:
        """Accept, go, photograph, report, and let the superior decide: as far as the story goes."""
        if story == "overdue":
            return
        if story == "returned":
            journey.return_order(order=self.lead, reason=remark or "—", by=self.officer, now=self.at(40))
            return
        journey.accept(order=self.lead, by=self.officer, now=self.at(25))
        if story == "accepted":
            return
        journey.on_the_way(order=self.lead, by=self.officer, now=self.at(50))
        self._photograph()
        outcome = OUTCOMES.get(story, Outcome.ACTION_TAKEN)
        report = journey.report(
            order=self.lead,
            text=remark or "—",
            outcome=outcome,
            fir=self._fir() if outcome == Outcome.FIR_REGISTERED else None,
            by=self.officer,
            now=self.at(300),
        )
        if story != "reported":
            superior = self.stage.scope(self.stage.superior(self.lead.unit), timezone.localdate(self.line.at))
            journey.decide(report=report, decision="accepted", remark="", by=superior, now=self.at(500))

    def _fir(self) -> Fir:
        """Registered at the station on the day of the report."""
        on = timezone.localdate(self.at(300))
        said = re.search(r"FIR (\d+)", self.line.row["remark"])
        number = said[1] if said else 100 + self.line.number
        return Fir(number=f"{number}/{on.year}", unit=self.lead.unit, on=on)

    def _photograph(self) -> None:
        if self.line.number % 3 == 0:
            unit = self.lead.post.unit
            journey.add_evidence(
                order=self.lead,
                file=self.stage.pictures[(self.line.number + 1) % len(self.stage.pictures)],
                caption="",
                lat=unit.lat,
                lng=unit.lng,
                taken_at=self.at(90),
                by=self.officer,
                now=self.at(92),
            )


def _is_ordinary(line: Line) -> bool:
    """Whether the line is about something else than the police."""
    category = tables.categories().get(line.row["category"])
    return category is not None and category.kind != Kind.AGAINST_POLICE and line.row["story"] not in WAITING


OUTCOMES = {
    "closed_action": Outcome.ACTION_TAKEN,
    "closed_fir": Outcome.FIR_REGISTERED,
    "closed_not_substantiated": Outcome.NOT_SUBSTANTIATED,
}


def _fresh(case: Case) -> Case:
    return Case.objects.select_related("conversation__account", "conversation__handle").get(pk=case.pk)


def _holder(post: Post) -> Officer:
    posting = Posting.objects.filter(post=post, ends=None).select_related("officer").first()
    if posting is None:
        raise Refused(f"nobody holds {post}")
    return posting.officer


def _superior(unit: Unit) -> Officer:
    """The nearest head above the station who may verify."""
    above = list(reversed(unit.path[:-1]))
    postings = Posting.objects.filter(
        post__unit__in=above,
        ends=None,
        post__role__in=("circle_officer", "district_head", "range_head", "chief"),
    ).select_related("officer", "post")
    nearest = min(postings, key=lambda posting: above.index(posting.post.unit_id))
    return nearest.officer


def _attach(case: Case, photos: Iterable[StoredFile]) -> None:
    """A WhatsApp photo of the past: as if it had been fetched from the provider then."""
    message = case.messages.filter(direction="in").latest("id")
    for photo in photos:
        Attachment.objects.create(
            message=message, kind="image", mime=photo.mime, file=photo, state=Attachment.State.STORED
        )


def _case_of(line: Line, account: Account) -> Case | None:
    """The case that the line's message is in; None for a greeting."""
    sent_as = _submission(line) if account.channel == "webform" else _wamid(line)
    message = (
        Message.objects.filter(provider_digest=provider_digest(account.pk, sent_as))
        .select_related("case__conversation__account", "case__conversation__handle")
        .first()
    )
    return message.case if message else None


def _wamid(line: Line) -> str:
    return f"wamid.DEMO{line.number:06d}"


def _submission(line: Line) -> str:
    return f"demonstration-{line.number:06d}"


def _point(line: Line) -> tuple[float, float] | None:
    if line.row["pin"] != "yes":
        return None
    place = PlaceName.objects.filter(name=line.row["place"]).first()
    return (place.lat, place.lng) if place else None


def _entry(line: Line) -> forms.Entry:
    row, point = line.row, _point(line)
    return forms.Entry(
        submission=_submission(line),
        text=row["text"],
        language=row["lang"],
        category=row["category"] if line.number % 2 else "",
        place=row["place"],
        lat=point[0] if point else None,
        lng=point[1] if point else None,
        phone="" if row["phone"] == "anonymous" else phones.parse(row["phone"], region="PK") or "",
    )


def _payload(line: Line, account: Account) -> dict[str, Any]:
    """The webhook that WhatsApp would have sent: the text, and the pin after it."""
    number = (phones.parse(line.row["phone"], region="PK") or "").lstrip("+")
    seconds = str(int(line.at.timestamp()))
    messages: list[dict[str, Any]] = [
        {
            "from": number,
            "id": _wamid(line),
            "timestamp": seconds,
            "type": "text",
            "text": {"body": line.row["text"]},
        }
    ]
    point = _point(line)
    if point:
        spot = {"latitude": point[0], "longitude": point[1], "name": line.row["place"]}
        messages.append(
            {
                "from": number,
                "id": _wamid(line) + "L",
                "timestamp": seconds,
                "type": "location",
                "location": spot,
            }
        )
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": account.external_id, "display_phone_number": account.address},
        "contacts": [{"profile": {"name": _name_of(line.row["phone"])}, "wa_id": number}],
        "messages": messages,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "106540000000000", "changes": [{"field": "messages", "value": value}]}],
    }


@cache
def _answers() -> dict[str, str]:
    return {row["lang"]: row["text"] for row in rows("answers")}


@cache
def _names() -> dict[str, str]:
    return {row["phone"]: row["name"] for row in rows("citizens")}


def _name_of(phone: str) -> str:
    return _names().get(phone, "")
