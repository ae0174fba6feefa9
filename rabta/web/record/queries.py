"""Reading the record for a page: what was done and seen (`audit_record`) beside what happened to cases (`cases_event`).

Both are read from the newest on by time and laid together; the place in each is the cursor. The database
shows of either only what belongs to cases that the reader may see, and what belongs to none (`audit_record` alone).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from rabta.audit.models import Block, Head, Record, Verification
from rabta.cases.models import Case, Event
from rabta.force.access import Scope
from rabta.force.models import Officer, Post
from rabta.web import cursors

PAGE = 50
Place = tuple[datetime, int]  # a moment, and an id among those of that moment
NEWEST: Place = (cursors.LATEST, 2**62)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader wants to see; what is None is not narrowed."""

    officer: Officer | None = None
    case: Case | None = None
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the page. `case` is None where there is none."""

    at: datetime
    act: str
    officer: str
    post: str
    reason: str
    case: Case | None
    event: Event | None
    about: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Entries, the newest first, and the cursor of the next page (empty at the end)."""

    entries: list[Entry]
    next: str


@dataclass(frozen=True, kw_only=True)
class State:
    """How the chain stands: its last block, its last head outside, the last time that all of it was checked."""

    block: Block | None
    head: Head | None
    verified: Verification | None


def open_record() -> None:
    """Let the running transaction read entries that belong to no case. The caller has asked for the permission."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rabta.record', 'on', true)")


def state() -> State:
    """Three rows, one of each."""
    return State(
        block=Block.objects.order_by("-number").first(),
        head=Head.objects.order_by("-id").first(),
        verified=Verification.objects.order_by("-id").first(),
    )


def page(*, scope: Scope, asked: Asked, after: str = "") -> Page:
    """PAGE entries after a cursor. A fixed number of queries."""
    places = cursor_of(after)
    records = list(_newest(_records(asked), places[0]))
    events = list(_newest(_events(asked), places[1])) if scope.units else []
    rows = list(islice(_together(records, events), PAGE))
    more = len(records) + len(events) > len(rows)
    ends = [
        next(((row.at, row.pk) for row in reversed(rows) if isinstance(row, model)), place)
        for model, place in zip((Record, Event), places, strict=True)
    ]
    return Page(entries=_entries(rows, scope), next=_cursor(ends) if more else "")


def _newest(rows: QuerySet[Any], place: Place) -> QuerySet[Any]:
    """The first rows before a place, the newest first: by time and id, as the indexes have them."""
    at, pk = place
    before = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    return before.order_by("-at", "-pk")[: PAGE + 1]


def _cursor(ends: Iterable[Place]) -> str:
    return cursors.sealed(*(number for at, pk in ends for number in (cursors.of_moment(at), pk)))


def cursor_of(text: str) -> tuple[Place, Place]:
    """The places in both before which the page begins; the newest for anything that is no cursor."""
    numbers = cursors.opened(text, count=4)
    if numbers is None:
        return NEWEST, NEWEST
    ats = list(map(cursors.moment_of, numbers[::2]))
    return (ats[0], numbers[1]), (ats[1], numbers[3])


def _records(asked: Asked) -> QuerySet[Record]:
    rows = Record.objects.all()
    if asked.officer:
        rows = rows.filter(actor_officer=asked.officer.pk)
    if asked.case:
        rows = rows.filter(case_id=asked.case.pk)
    if asked.act:
        rows = rows.filter(act=asked.act)
    return _within(rows, asked)


def _events(asked: Asked) -> QuerySet[Event]:
    rows = Event.objects.all()
    if asked.officer:
        rows = rows.filter(officer=asked.officer)
    if asked.case:
        rows = rows.filter(case=asked.case)
    if asked.act:
        rows = rows.filter(what=asked.act)
    return _within(rows, asked)


def _within(rows: Any, asked: Asked) -> Any:
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    return rows.filter(at__lt=asked.until) if asked.until else rows


def _together(records: list[Record], events: list[Event]) -> Iterable[Record | Event]:
    """Both lists by time, the newest first, without changing the order within either."""
    first, second = 0, 0
    while first < len(records) or second < len(events):
        if second == len(events) or (first < len(records) and records[first].at >= events[second].at):
            yield records[first]
            first += 1
        else:
            yield events[second]
            second += 1


def _entries(rows: list[Record | Event], scope: Scope) -> list[Entry]:
    acts = [_of_event(row) if isinstance(row, Event) else _of_record(row) for row in rows]
    officers = Officer.objects.in_bulk({act["officer"] for act in acts} - {None})
    posts = Post.objects.select_related("unit").in_bulk({act["post"] for act in acts} - {None})
    cases = Case.objects.filter(scope.visible()).in_bulk({act["case"] for act in acts} - {None})
    return [
        Entry(
            at=act["at"],
            act=act["act"],
            officer=str(officers.get(act["officer"], "")),
            post=str(posts.get(act["post"], "")),
            reason=act["reason"],
            case=cases.get(act["case"]),
            event=act["event"],
            about=act["about"],
            count=act["count"],
        )
        for act in acts
    ]


def _of_event(row: Event) -> dict[str, Any]:
    return {
        "at": row.at, "act": row.what, "officer": row.officer_id, "post": row.post_id, "reason": row.system_reason,
        "case": row.case_id, "event": row, "about": "", "count": 0,
    }  # fmt: skip


def _of_record(row: Record) -> dict[str, Any]:
    return {
        "at": row.at, "act": row.act, "officer": row.actor_officer, "post": row.actor_post,
        "reason": row.system_reason, "case": row.case_id, "event": None, "about": row.subject,
        "count": len(row.subject_ids),
    }  # fmt: skip
