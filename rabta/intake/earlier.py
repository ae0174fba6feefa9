"""Open complaints of the register that the force kept before, from its spreadsheet: looked at first, then handed in.

Each row takes the way of what an officer writes down: read, judged, and kept at the desk, which orders it. Nobody is
written to by it. A row that came before is recognised and has no second effect: by its number, its day and its words,
because two stations may give the same number on the same day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta import keys
from rabta.channels.models import Account
from rabta.force.models import Officer
from rabta.force.register import reading
from rabta.force.register.reading import Problem, Row
from rabta.force.register.tables import Column, Table
from rabta.intake import forms
from rabta.intake.forms import Entry
from rabta.intake.models import Seen
from rabta.kit import phones

LANGUAGES = ("en", "hi", "ur", "ps")
TABLE = Table(
    name="complaints",
    label=gettext_lazy("Open complaints"),
    help=gettext_lazy(
        "One line for each complaint that is still open; the register of each station in a table of its own."
    ),
    columns=(
        Column(name="number", needed=True, longest=60, example="117/26"),
        Column(name="date", needed=True, longest=20, example="2026-01-31"),
        Column(name="text", needed=True, longest=5000, example="Motorcycle stolen in front of the house"),
        Column(name="name", longest=100, example="Saima Gul"),
        Column(name="phone", longest=30, example="0300 1234567"),
        Column(name="category", longest=60, example="theft"),
        Column(name="place", longest=200, example="Gulbahar No 2"),
        Column(name="lat", longest=20),
        Column(name="lng", longest=20),
        Column(name="language", longest=2, example="ur"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a table holds: entries by line that would be handed in, how many of them came before, what is wrong."""

    entries: list[Entry]
    known: int
    problems: list[Problem]
    notes: list[Problem]

    @property
    def good(self) -> bool:
        return not self.problems and bool(self.entries)


def look(data: bytes, *, account: Account, by: Officer, categories: Mapping[str, str], today: date) -> Found:
    """Read the table (CSV or XLSX). Writes nothing. `categories`: how people name them in small letters, and codes."""
    problems: list[Problem] = []
    rows, notes = reading.rows(TABLE, data, problems)
    reader = _Reader(by=by, categories=categories, today=today, problems=problems)
    entries = [entry for row in rows if (entry := reader.entry(row))]
    if not entries and not problems:
        problems.append(Problem(table=TABLE.name, line=0, text=_("There is no complaint in this table.")))
    return Found(entries=entries, known=_known(account, entries), problems=problems, notes=notes)


@transaction.atomic
def hand_in(found: Found, *, account: Account, now: datetime) -> int:
    """Put all of it into the journal; returns how many. What came before is counted there as a duplicate."""
    for entry in found.entries:
        forms.submit(account=account, entry=entry, files=(), now=now)
    return len(found.entries)


def _known(account: Account, entries: Sequence[Entry]) -> int:
    digests = [keys.digest("item", f"message:{entry.submission}") for entry in entries]
    return Seen.objects.filter(account=account, digest__in=digests).count()


class _Reader:
    """Rows to entries; mistakes are noted with their lines."""

    def __init__(
        self, *, by: Officer, categories: Mapping[str, str], today: date, problems: list[Problem]
    ) -> None:
        self.by, self.categories, self.today, self.problems = by, categories, today, problems
        self.numbers: dict[str, int] = {}

    def entry(self, row: Row) -> Entry | None:
        """The row as somebody's words; None when something is wrong with it."""
        before = len(self.problems)
        first = self.numbers.setdefault(row["number"], row.line)
        if first != row.line:
            self._wrong(row, _("This number stands in line %(line)d already.") % {"line": first})
        at = self._day(row)
        day = at.date() if at else ""
        made = Entry(
            submission=str(uuid5(NAMESPACE_URL, f"earlier register {row['number']} {day} {row['text']}")),
            text=f"{row['number']}\n{row['text']}",
            language=self._language(row),
            category=self._category(row),
            place=row["place"],
            lat=self._degrees(row, "lat", most=90),
            lng=self._degrees(row, "lng", most=180),
            name=row["name"],
            phone=self._phone(row),
            met="earlier",
            entered_by=self.by.pk,
            at=at,
        )
        return made if len(self.problems) == before else None

    def _wrong(self, row: Row, text: str) -> None:
        if len(self.problems) < reading.MOST_PROBLEMS:
            self.problems.append(Problem(table=TABLE.name, line=row.line, text=text))

    def _day(self, row: Row) -> datetime | None:
        try:
            day = reading.day(row["date"])
        except ValueError:
            self._wrong(row, _("A day is written as 2026-01-31, not %(text)s.") % {"text": row["date"]})
            return None
        if day > self.today:
            self._wrong(row, _("This day has not come yet: %(day)s.") % {"day": row["date"]})
        return datetime.combine(day, time(12), tzinfo=ZoneInfo(settings.TIME_ZONE))

    def _phone(self, row: Row) -> str:
        number = phones.parse(row["phone"], region=settings.REGION) if row["phone"] else ""
        if number is None:
            self._wrong(row, _("This is no telephone number: %(text)s.") % {"text": row["phone"]})
        return number or ""

    def _category(self, row: Row) -> str:
        given = row["category"].casefold()
        if given and given not in self.categories:
            known = ", ".join(sorted({*self.categories.values()}))
            words = _("There is no category %(text)s. These are known: %(known)s.")
            self._wrong(row, words % {"text": row["category"], "known": known})
        return self.categories.get(given, "")

    def _language(self, row: Row) -> str:
        if row["language"] and row["language"] not in LANGUAGES:
            words = _("A language is one of %(known)s, not %(text)s.")
            self._wrong(row, words % {"known": ", ".join(LANGUAGES), "text": row["language"]})
        return row["language"]

    def _degrees(self, row: Row, column: str, *, most: int) -> float | None:
        if not (row["lat"] or row["lng"]):
            return None
        try:
            degrees = float(row[column])
        except ValueError:
            degrees = most + 1.0
        if abs(degrees) > most:
            self._wrong(row, _("lat and lng are degrees, such as 34.0075 and 71.5785."))
            return None
        return degrees
