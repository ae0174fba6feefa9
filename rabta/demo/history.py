"""Three weeks of what citizens wrote: the lines of the table at their times, and how they come into the journal."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings

from rabta import journey
from rabta.cases.arrival import provider_digest
from rabta.cases.models import Attachment, Case, Message
from rabta.channels.models import Account
from rabta.demo.force import rows
from rabta.files.models import StoredFile
from rabta.force.models import PlaceName
from rabta.intake import forms, journal
from rabta.kit import phones
from rabta.triage import tables

# What came within some hours is written as if it had come within minutes, and read in one go: each reading takes as
# long as some messages do. What is urgent is read at once, and so is what people look at first.
TOGETHER, AT_ONCE, APART = timedelta(hours=6), timedelta(hours=12), timedelta(minutes=1)
AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the history table, at its time."""

    number: int
    at: datetime
    row: dict[str, str]

    @property
    def story(self) -> str:
        return self.row["story"]

    @property
    def remark(self) -> str:
        return self.row["remark"] or "—"

    @property
    def urgent(self) -> bool:
        category = tables.categories().get(self.row["category"])
        return category is not None and category.urgency <= 1


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


def stretches(*, now: datetime) -> Iterator[list[Line]]:
    """The lines that are read in one go, one stretch after the other."""
    stretch: list[Line] = []
    for line in lines(now=now):
        if stretch and (line.at > now - AT_ONCE or line.at > stretch[0].at + TOGETHER or stretch[-1].urgent):
            yield _closer(stretch)
            stretch = []
        stretch.append(line)
    if stretch:
        yield _closer(stretch)


def _closer(stretch: list[Line]) -> list[Line]:
    """The same lines, a minute apart at most, the last at its own time."""
    last, end = len(stretch) - 1, stretch[-1].at
    return [replace(line, at=max(line.at, end - (last - n) * APART)) for n, line in enumerate(stretch)]


class Mail:
    """What brings the lines: the providers' hooks and the web form, and the worker's step that reads them."""

    def __init__(self, *, pictures: list[StoredFile]) -> None:
        self.pictures = pictures
        self.accounts = {
            (a.channel, a.unit.code): a for a in Account.objects.select_related("unit", "credential")
        }

    def bring(self, stretch: list[Line]) -> None:
        """Put the messages into the journal, as the provider or the form would, and let the worker read them."""
        for line in stretch:
            account = self._account(line)
            if line.row["channel"] == "webform":
                forms.submit(account=account, entry=_entry(line), files=self._photos(line), now=line.at)
            else:
                hook = _hook(line, account, _said(line))
                journal.append(account.credential, orjson.dumps(hook), line.at)
        _read(now=stretch[-1].at)

    def answer(self, line: Line, *, at: datetime) -> None:
        """On WhatsApp the citizen writes the place, for which we asked; it is read at once."""
        account = self._account(line)
        said = [_message(line, "F", at, type="text", text={"body": line.row["follow_up"]})]
        journal.append(account.credential, orjson.dumps(_hook(line, account, said)), at)
        _read(now=at)

    def arrived(self, stretch: list[Line]) -> Iterator[tuple[Line, Case]]:
        """The lines that are in a case, none of the greetings; photos of WhatsApp are fetched from the provider."""
        digests = {self._digest(line): line for line in stretch}
        found = (
            Message.objects.filter(provider_digest__in=digests)
            .exclude(case=None)
            .order_by("received_at", "id")
        )
        for message in found.select_related("case__conversation__account", "case__conversation__handle"):
            line = digests[message.provider_digest]
            for photo in self._photos(line) if line.row["channel"] == "whatsapp" else []:
                Attachment.objects.create(
                    message=message, kind="image", mime=photo.mime, file=photo, state=Attachment.State.STORED
                )
            if message.case:
                yield line, message.case

    def _digest(self, line: Line) -> Any:
        sent_as = _submission(line) if line.row["channel"] == "webform" else _wamid(line)
        return provider_digest(self._account(line).pk, sent_as)

    def _account(self, line: Line) -> Account:
        row = line.row
        unit = "CPO" if row["account"] == "hq" else row["account"]
        return self.accounts.get((row["channel"], unit)) or self.accounts[row["channel"], "CPO"]

    def _photos(self, line: Line) -> list[StoredFile]:
        return [self.pictures[line.number % len(self.pictures)]] if line.row["photo"] == "yes" else []


def _read(*, now: datetime) -> None:
    while journey.read_journal(limit=AT_MOST, now=now) == AT_MOST:
        pass


def place_of(line: Line) -> PlaceName | None:
    """Where it happened."""
    return PlaceName.objects.filter(name=line.row["place"]).first() if line.row["place"] else None


def _submission(line: Line) -> str:
    return f"demonstration-{line.number:06d}"


def _wamid(line: Line, more: str = "") -> str:
    return f"wamid.DEMO{line.number:06d}{more}"


def _pin(line: Line) -> PlaceName | None:
    return place_of(line) if line.row["pin"] == "yes" else None


def _entry(line: Line) -> forms.Entry:
    row, pin = line.row, _pin(line)
    return forms.Entry(
        submission=_submission(line),
        text=row["text"],
        language=row["lang"],
        category=row["category"] if line.number % 2 else "",
        place=row["place"],
        lat=pin.lat if pin else None,
        lng=pin.lng if pin else None,
        phone="" if row["phone"] == "anonymous" else phones.parse(row["phone"], region="PK") or "",
    )


def _said(line: Line) -> list[dict[str, Any]]:
    """The text, and the pin after it."""
    said, pin = [_message(line, "", line.at, type="text", text={"body": line.row["text"]})], _pin(line)
    if pin:
        spot = {"latitude": pin.lat, "longitude": pin.lng, "name": pin.name}
        said.append(_message(line, "L", line.at, type="location", location=spot))
    return said


def _message(line: Line, more: str, at: datetime, **what: object) -> dict[str, Any]:
    return {
        "from": _number(line),
        "id": _wamid(line, more),
        "timestamp": str(int(at.timestamp())),
        **what,
    }


def _hook(line: Line, account: Account, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The webhook that WhatsApp would have sent."""
    profile = {"name": _names().get(line.row["phone"], "")}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": account.external_id, "display_phone_number": account.address},
        "contacts": [{"profile": profile, "wa_id": _number(line)}],
        "messages": messages,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "106540000000000", "changes": [{"field": "messages", "value": value}]}],
    }


def _number(line: Line) -> str:
    return (phones.parse(line.row["phone"], region="PK") or "").lstrip("+")


@cache
def _names() -> dict[str, str]:
    return {row["phone"]: row["name"] for row in rows("citizens")}
