"""What a list of the desk shows, as its address says: a queue or a search, filters, and an order."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from rabta.cases.models import Order, State
from rabta.force import directory
from rabta.force.models import Officer
from rabta.web.desk import order
from rabta.web.desk import queues as known

_NAMES = {
    "text": "q",
    "chosen_sort": "sort",
    "since": "from",
    "until": "to",
}  # where an address says it shorter
_GIVEN_AWAY = (Order.State.RETURNED, Order.State.REPLACED, Order.State.PASSED, Order.State.WITHDRAWN)
_MOST_LED = 2000  # orders that are looked for
_FILTERS = ("unit", "category", "state", "officer", "since", "until")


@dataclass(frozen=True, kw_only=True)
class Where:
    """A queue or a search, narrowed by what is given; and in which order, if one was chosen."""

    queue: str
    unit: str = ""  # public id of the unit that leads, or stands above it
    text: str = ""
    chosen_sort: str = ""
    category: str = ""
    state: str = ""
    officer: str = ""  # public id of the one to whom it is assigned, or who has the order to lead
    since: str = ""  # days on which cases were opened, 2026-11-22
    until: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Where":
        """Read the address; an unknown queue is the first one."""
        return cls.read(
            {name: request.GET.get(_NAMES.get(name, name), "") for name in cls.__dataclass_fields__}
        )

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Where":
        """From what was given or kept under the names of the fields; what is no such thing counts as not given."""
        found = {name: str(given.get(name, ""))[:40] for name in cls.__dataclass_fields__}
        queue, sort = found["queue"], found["chosen_sort"]
        is_queue = queue in known.BY_CODE or queue in known.WITHOUT_CASE
        found |= {
            "queue": queue if is_queue else known.FIRST,
            "text": str(given.get("text", "")).strip()[:80],
            "chosen_sort": sort if sort in (order.URGENT, order.NEWEST) else "",
            "state": found["state"] if found["state"] in State.values else "",
            "since": found["since"] if _day(found["since"]) else "",
            "until": found["until"] if _day(found["until"]) else "",
        }
        return cls(**found)

    @property
    def sort(self) -> str:
        """The order of the list: the chosen one, else the queue's own."""
        if self.text or self.queue in known.WITHOUT_CASE:
            return order.NEWEST
        own = known.BY_CODE[self.queue].sort
        return own if own == order.NEWEST else self.chosen_sort or own

    @property
    def kept(self) -> dict[str, str]:
        """What is not empty, by the names of the fields: as a saved view keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        """The part of an address that leads back here."""
        return urlencode({_NAMES.get(name, name): value for name, value in self.kept.items()})

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list besides queue and words, by the names of an address."""
        return {_NAMES.get(name, name): self.kept[name] for name in _FILTERS if name in self.kept}

    @cached_property
    def units(self) -> list[int]:
        """Ids of the unit that is asked for and of those below it; none for what is no unit."""
        force = directory.current(now=timezone.now())
        asked = (pk for pk, one in force.all_units.items() if one.public_id == self.unit)
        return sorted(below for pk in asked for below in force.under(pk))

    @property
    def narrow(self) -> Q:
        """The filters, as a condition on cases. Three queries for an officer, else none."""
        exact = {"category": self.category, "state": self.state}
        wanted = Q(**{name: value for name, value in exact.items() if value})
        if self.unit:
            wanted &= Q(lead_unit__in=self.units)
        if self.officer:
            wanted &= _has(self.officer)
        since, until = _day(self.since), _day(self.until)
        if since:
            wanted &= Q(opened_at__gte=_begins(since))
        if until:
            wanted &= Q(opened_at__lt=_begins(until + timedelta(days=1)))
        return wanted


def _has(officer: str) -> Q:
    """Cases assigned to the officer, and the newest that his post, or he by name, was ordered to lead last."""
    found = Officer.objects.filter(public_id=officer).first()
    if found is None:
        return Q(pk__in=[])
    held = [post.pk for post in directory.current(now=timezone.now()).posts_of(found.pk)]
    leads = Order.objects.filter(part=Order.Part.LEAD).exclude(state__in=_GIVEN_AWAY).order_by("-id")
    theirs = [leads.filter(post__in=held), leads.filter(given_to=found)]
    # As numbers: with a subquery beside an "or", PostgreSQL reads the whole queue.
    led = {case for rows in theirs for case in rows.values_list("case_id", flat=True)[:_MOST_LED]}
    return Q(assigned_to=found) | Q(pk__in=sorted(led))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _begins(day: date) -> datetime:
    """When a day begins in the force's time."""
    return timezone.make_aware(datetime.combine(day, time()))
