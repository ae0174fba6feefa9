"""What the desk reads: counts and lists.

The number of queries never grows with rows; lists go on by key, not by OFFSET.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from rabta import audit
from rabta.cases import looking, searching
from rabta.cases.authors import authors
from rabta.cases.models import Case, Message
from rabta.force.access import Scope
from rabta.force.models import Unit
from rabta.kit import ids, phones
from rabta.kit.scripts import normalise
from rabta.people.handles import digest_of
from rabta.people.models import Handle
from rabta.people.reveal import Shown, reveal
from rabta.web.desk import finding, incidents, order
from rabta.web.desk.newest import Newest, newest
from rabta.web.desk.queues import OPEN, QUEUES, TALK, WITHOUT_CASE, Queue
from rabta.web.models import Looked

PAGE = 10  # the next ones come by themselves when somebody gets there
MOST_COUNTED = 1000
UNITS_COUNTED = 1000
MOST_UNITS = 15
SEARCH_DAYS = 180
NARROWED = 300  # cases that a search looks at together when filters take some away
ROUNDS = 8  # as often, at most
_NUMBER = re.compile(r"[+()0-9\s./-]+")  # words with a number among them are words
_ROW = ("account", "lead_unit", "assigned_to")
# Fetched apart: joined, each table's row-level policy is planned within the others', which takes 80 ms instead of 6.
PERSON = "conversation__handle__person"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: a case, who it is, what was said last, whether it came since the officer looked, and its rank."""

    case: Case
    person: Shown
    newest: Newest | None
    unread: bool
    rank: str
    people: int = 1  # who told of it: more than one where other cases are parts of it

    @property
    def many(self) -> bool:
        """Whether there are more people than anybody counts for a line."""
        return self.people >= incidents.MOST


@dataclass(frozen=True, kw_only=True)
class Page:
    """Lines of the list and the key at which the next ones start (empty: no more)."""

    rows: list[Row] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitCount:
    """Open cases that a unit leads."""

    unit: Unit
    count: int


def cases(scope: Scope) -> QuerySet[Case]:
    """Cases that the officer may see; row-level security says the same."""
    return Case.objects.filter(scope.visible())


def counts(*, scope: Scope) -> dict[str, int]:
    """Cases by queue, and greetings; at most MOST_COUNTED + 1 of each are counted. One query a queue.

    The first ones are counted, in the order of the list: so PostgreSQL takes the list's own index. What it knows of
    whole columns tells it nothing of open cases (nearly all closed ones are ordered, or assigned to nobody).
    """
    found = {queue.code: _capped(order.ordered(cases(scope).filter(queue.holds(scope)), sort=queue.sort))
             for queue in QUEUES}  # fmt: skip
    found |= {queue: _capped(without_case(scope, queue=queue).order_by()) for queue in WITHOUT_CASE}
    return found


def _capped(rows: QuerySet) -> int:
    return rows[: MOST_COUNTED + 1].count()


def units(*, scope: Scope) -> list[UnitCount]:
    """The MOST_UNITS units that lead most open cases, counted over the newest UNITS_COUNTED. Two queries."""
    newest = cases(scope).filter(OPEN, lead_unit__isnull=False).order_by("-last_in_at", "-id")
    found = Counter(newest.values_list("lead_unit_id", flat=True)[:UNITS_COUNTED])
    busiest = found.most_common(MOST_UNITS)
    by_id = Unit.objects.defer("area").in_bulk([pk for pk, _count in busiest])
    return [UnitCount(unit=by_id[pk], count=count) for pk, count in busiest if pk in by_id]


def page(
    *, scope: Scope, queue: Queue, narrow: Q, sort: str, after: str, now: datetime, units: Sequence[int] = ()
) -> Page:
    """A page of a queue, narrowed by a condition. Seven queries, one record of the look.

    `units`: those that lead the cases, where the condition wants some; with them three queries more.
    """
    rows = cases(scope).filter(queue.holds(scope)).filter(narrow)
    if queue.by_unit and units:
        rows = rows.filter(pk__in=_foremost(rows, units=units, sort=sort, after=after))
    return _page(rows, scope=scope, sort=sort, after=after, now=now)


def _foremost(rows: QuerySet[Case], *, units: Sequence[int], sort: str, after: str) -> list[int]:
    """Ids of cases that these units lead, among them the first of all.

    PostgreSQL would read all cases in order until it has found enough of these units, or all of theirs to sort them.
    Each unit's first case is one look into an index; and the first cases of a page can only be led by those units
    whose own first ones stand foremost.
    """
    of_one = order.beyond(rows.filter(lead_unit=OuterRef("pk")), after, sort=sort)
    theirs = order.ordered(of_one, sort=sort).values("pk")
    of_units = Unit.objects.filter(pk__in=units).order_by()
    firsts = [pk for pk in of_units.values_list(Subquery(theirs[:1]), flat=True) if pk]
    heads = order.ordered(Case.objects.filter(pk__in=firsts), sort=sort).values_list("lead_unit", flat=True)
    of_heads = of_units.filter(pk__in=list(heads[: PAGE + 1]))
    found = of_heads.values_list(ArraySubquery(theirs[: PAGE + 1]), flat=True)
    return [pk for ids in found for pk in ids]


def search(*, scope: Scope, text: str, narrow: Q, after: str, now: datetime) -> Page:
    """Cases by reference number, else by a telephone number, else by part of a number, by name, by words, by both.

    That somebody searched and what he found is recorded; the words are not: they may be a name.
    """
    before = order.place_of(after)
    rows = matching(scope=scope, text=text, narrow=narrow, before=before, most=PAGE + 1, now=now)
    page = _page(rows, scope=scope, sort=order.NEWEST, after=after, now=now)
    searched([row.case for row in page.rows], by=scope, now=now)
    return page


def matching(
    *, scope: Scope, text: str, narrow: Q, before: tuple[datetime, int] | None, most: int, now: datetime
) -> QuerySet[Case]:
    """Cases that a search finds and a condition leaves: the `most` newest before a moment and a case, or more."""
    wanted = _by_number(text)
    if wanted is None:
        since, rows = now - timedelta(days=SEARCH_DAYS), cases(scope).filter(narrow) if narrow else None
        wanted = Q(
            pk__in=_found(text, scope=scope, since=since, before=before, most=most, now=now, within=rows)
        )
    return cases(scope).filter(wanted).filter(narrow)


def searched(shown: Iterable[Case], *, by: Scope, now: datetime) -> None:
    """Record that somebody searched and what he was shown."""
    ids = [case.pk for case in shown]
    audit.record("searched", now=now, officer_id=by.officer.pk, subject="case", ids=ids)


def _found(
    text: str,
    *,
    scope: Scope,
    since: datetime,
    before: tuple[datetime, int] | None,
    most: int,
    now: datetime,
    within: QuerySet[Case] | None = None,
) -> list[int]:
    """Ids of the newest cases; where only some count (`within`), as far back as it takes to find enough of them."""
    at_once = most if within is None else NARROWED
    found = searching.by_name(text, since=since, before=before, most=at_once)
    found += searching.by_part_of_reference(text, most=at_once)
    for place in finding.names_of_place(text, now=now):
        found += searching.by_words(place, since=since, before=before, most=at_once)
    for _round in range(ROUNDS):
        ids = searching.by_words(text, since=since, before=before, most=at_once)
        found += ids
        if within is None or len(ids) < at_once or within.filter(pk__in=found).count() >= most:
            break
        before = Case.objects.filter(pk=ids[-1]).values_list("last_in_at", "id").get()
    return found or finding.name_and_words(text, scope=scope, since=since, before=before)


def search_ids(*, scope: Scope, text: str, narrow: Q, most: int, now: datetime) -> list[int]:
    """Ids of all that `search` finds page by page, the newest first; recorded as a search."""
    rows = order.ordered(_all_found(scope, text, narrow, most, now), sort=order.NEWEST)
    found = list(rows.values_list("id", flat=True)[:most])
    audit.record("searched", now=now, officer_id=scope.officer.pk, subject="case", ids=found)
    return found


def count_found(*, scope: Scope, text: str, narrow: Q, most: int, now: datetime) -> int:
    """How many a search finds, `most` at most. Not recorded: nobody sees which."""
    return _all_found(scope, text, narrow, most, now).order_by()[:most].count()


def _all_found(scope: Scope, text: str, narrow: Q, most: int, now: datetime) -> QuerySet[Case]:
    wanted = _by_number(text)
    if wanted is None:
        since = now - timedelta(days=SEARCH_DAYS)
        wanted = Q(pk__in=_found(text, scope=scope, since=since, before=None, most=most, now=now))
    return cases(scope).filter(wanted).filter(narrow)


def ids_of(*, scope: Scope, queue: Queue, narrow: Q, sort: str, most: int) -> list[int]:
    """Ids of the first cases of a queue, in its order."""
    rows = order.ordered(cases(scope).filter(queue.holds(scope)).filter(narrow), sort=sort)
    return list(rows.values_list("id", flat=True)[:most])


def _by_number(text: str) -> Q | None:
    """The case of a whole reference number, or the cases of a telephone number; None when the text is neither.

    By chance words may read as a reference number: it is one when there is such a case.
    """
    text = normalise(text)
    reference = ids.parse_reference(text=text)
    if reference and Case.objects.filter(reference=reference).exists():
        return Q(reference=reference)
    number = phones.parse(text, region=settings.REGION) if _NUMBER.fullmatch(text) else None
    handles = _handles_of(number) if number else []
    return Q(conversation__handle__in=handles, author_alias="") if handles else None


def rows_now(
    *, scope: Scope, queue: Queue, narrow: Q, sort: str, public_ids: Iterable[str], now: datetime
) -> list[Row]:
    """Those of the named cases that are in the queue now, as lines: what a live page asks for."""
    rows = cases(scope).filter(queue.holds(scope)).filter(narrow, public_id__in=list(public_ids))
    return _rows(list(order.ordered(_joined(rows), sort=sort)), scope=scope, sort=sort, now=now)


def _handles_of(number: str) -> list[int]:
    """The number's handles. Never a protected person's: trying numbers must not tell who an alias is."""
    digests = [digest_of(scheme="phone", handle=form) for form in (number, number.lstrip("+"))]
    found = Handle.objects.filter(digest__in=digests, person__protected=False)
    return list(found.values_list("id", flat=True))


def _page(rows: QuerySet[Case], *, scope: Scope, sort: str, after: str, now: datetime) -> Page:
    rows = order.beyond(_joined(rows), after, sort=sort)
    found = list(order.ordered(rows, sort=sort)[: PAGE + 1])
    shown = found[:PAGE]
    return Page(
        rows=_rows(shown, scope=scope, sort=sort, now=now),
        next=order.key(shown[-1], sort=sort) if len(found) > PAGE else "",
    )


def _joined(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related(*_ROW).defer("lead_unit__area").prefetch_related(PERSON)


def _rows(found: list[Case], *, scope: Scope, sort: str, now: datetime) -> list[Row]:
    people = authors(found, by=scope, purpose="list", now=now)
    looked = looked_at(officer_id=scope.officer.pk, found=found)
    said = newest(found=found, scope=scope)
    told = incidents.people_at_most(found=found)
    return [
        Row(
            case=case,
            person=people[case.pk],
            newest=said.get(case.pk),
            unread=case.last_in_at > looked.get(case.pk, datetime.min.replace(tzinfo=UTC)),
            rank=order.rank(case, sort=sort),
            people=told.get(case.pk, 1),
        )
        for case in found
    ]


def looked_at(*, officer_id: int, found: list[Case]) -> dict[int, datetime]:
    """When the officer last had each of these cases open, by id."""
    looks = Looked.objects.filter(officer_id=officer_id, case__in=found)
    return dict(looks.values_list("case_id", "at"))


def look(*, scope: Scope, case: Case, now: datetime) -> None:
    """Remember that the officer has the case open now."""
    looked = Looked(officer_id=scope.officer.pk, case=case, at=now)
    Looked.objects.bulk_create(
        [looked], update_conflicts=True, unique_fields=["officer", "case"], update_fields=["at"]
    )
    looking.looked([case], by=scope, where="desk", now=now)


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """A message that opened no case, and who wrote it."""

    message: Message
    person: Shown


def without_case(scope: Scope, *, queue: str) -> QuerySet[Message]:
    """Messages without a case: greetings and forwards that were held back, or talk of groups."""
    rows = Message.objects.filter(scope.visible(), case=None, direction=Message.Direction.IN)
    return rows.filter(overheard=queue == TALK)


def greetings_page(*, scope: Scope, queue: str, before: str, now: datetime) -> tuple[list[Greeting], str]:
    """The newest messages without a case, older than the message `before`. Two queries and one record of the look."""
    rows = without_case(scope, queue=queue)
    if before:
        rows = rows.filter(id__lt=Message.objects.filter(public_id=before).values("id")[:1])
    rows = rows.select_related("conversation__account").prefetch_related(PERSON)
    found = list(rows.order_by("-id")[: PAGE + 1])
    shown = found[:PAGE]
    handles = {m.conversation.handle_id: m.conversation.handle for m in shown}
    people = reveal(handles.values(), by=scope, purpose="greetings", now=now)
    lines = [Greeting(message=m, person=people[m.conversation.handle_id]) for m in shown]
    return lines, shown[-1].public_id if len(found) > PAGE else ""
