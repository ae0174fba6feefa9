"""What each unit sees, in the order of its lists: two narrow tables that triggers keep with the cases and the orders.

PostgreSQL can find `visible_to && mine` by an index, or read in the order of a list, and not both: for a station that
sees one case in a thousand the newest fifty cost half a second. Here a row stands for each unit (or officer, with a
minus) in `visible_to`; the list of one unit is the beginning of a range of an index. Row-level security holds on these
tables as on the register, and rows of the register are fetched by it a second time.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q, QuerySet

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when what has no limit is due
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
LATE = "late"  # how an order stands that was not accepted in time


class CaseSeen(models.Model):
    """A case on the list of a unit that sees it. Written by the triggers of `cases_case` alone."""

    pk = models.CompositePrimaryKey("unit_id", "last_in_at", "case_id")
    unit_id = models.BigIntegerField()
    last_in_at = models.DateTimeField()
    case = models.ForeignKey(
        "cases.Case", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="seen"
    )
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)

    def __str__(self) -> str:
        return f"case {self.case_id} for {self.unit_id}"


class OrderSeen(models.Model):
    """An order on the list of a unit that sees it. Written by the triggers of `cases_order` alone.

    `stands`: how the case stands in the review by this, its latest lead order (`''` for every other order), and `at`
    where in its class: an accepted order by its limit, a late one by the limit for accepting it, the others by when
    they were issued.
    """

    pk = models.CompositePrimaryKey("unit_id", "issued_at", "order_id")
    unit_id = models.BigIntegerField()
    issued_at = models.DateTimeField()
    order = models.ForeignKey(
        "cases.Order", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="seen"
    )
    for_unit_id = models.BigIntegerField()
    stands = models.CharField(max_length=10)
    at = models.DateTimeField()
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["unit_id", "stands", "at", "order"],
                include=["hidden_from"],
                condition=~Q(stands=""),
                name="order_as_it_stands",
            ),
            models.Index(
                fields=["unit_id", "for_unit_id", "stands", "at", "order"],
                include=["hidden_from"],
                condition=~Q(stands=""),
                name="order_for_a_unit",
            ),
            models.Index(
                fields=["unit_id", "stands", "at"],
                condition=~Q(stands="") & ~Q(hidden_from=[]),
                name="order_hidden_from_some",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.order_id} for {self.unit_id}"


def newest(
    rows: "QuerySet[Any]",
    *,
    units: Iterable[int],
    by: Sequence[str],
    before: tuple[datetime, int] | None,
    most: int,
) -> list[int]:
    """Ids of the newest that these units (and officers) see, `most` at most. One query.

    `rows`: `CaseSeen` or `OrderSeen`, narrowed as the reader wants; `by`: the names of its time and its id.
    """
    at, id = by
    if before:
        earlier = Q(**{f"{at}__lt": before[0]}) | Q(**{at: before[0], f"{id}__lt": before[1]})
        rows = rows.filter(earlier, **{f"{at}__lte": before[0]})
    lists = [
        rows.filter(unit_id=unit).order_by(f"-{at}", f"-{id}").values_list(id, at)[:most] for unit in units
    ]
    if not lists:
        return []
    found = lists[0].union(*lists[1:]).order_by(f"-{at}", f"-{id}")[:most] if lists[1:] else lists[0]
    return [row for row, _at in found]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The latest lead orders that stand somewhere, from a moment on and before another."""

    stands: str
    since: datetime = EARLIEST
    until: datetime = LATEST


_FROM = """
    FROM unnest(%(units)s::bigint[]) AS mine(unit), jsonb_to_recordset(%(spans)s::jsonb)
      AS span(turn int, stands text, since timestamptz, until timestamptz, after bigint, whole boolean)
"""
_STANDS = """
    cases_orderseen s WHERE s.unit_id = mine.unit AND s.stands = span.stands AND s.stands <> ''
      AND s.at < span.until AND (s.at, s.order_id) > (span.since, span.after)
"""
# Only orders for some units: each is found by the index for itself.
_WITHIN = (
    (_FROM, f"{_FROM}, unnest(%(within)s::bigint[]) AS ordered(unit)"),
    (_STANDS, f"{_STANDS} AND s.for_unit_id = ordered.unit"),
)
_PAGE = f"""
    SELECT DISTINCT span.turn, found.at, found.order_id {_FROM},
    LATERAL (SELECT s.at, s.order_id FROM {_STANDS} ORDER BY s.at, s.order_id LIMIT %(most)s) AS found
    ORDER BY 1, 2, 3 LIMIT %(most)s
"""  # noqa: S608 (pieces of our own)
_COUNT = f"""
    SELECT span.turn, count(DISTINCT found.order_id) {_FROM},
    LATERAL (SELECT s.order_id FROM {_STANDS} OFFSET 0) AS found GROUP BY 1
"""  # noqa: S608 (pieces of our own)
_PARTS = f"SELECT span.turn, (SELECT count(*) FROM {_STANDS}) AS n {_FROM} WHERE NOT span.whole"  # noqa: S608
# Whole days are added up already, but for what is hidden from somebody: that is counted by whoever asks.
_DAYS = f"""
    SELECT span.turn, (SELECT sum(t.n) FROM cases_tally t WHERE t.unit_id = mine.unit
      AND t.stands = span.stands AND t.day >= span.since AND t.day < span.until) {_FROM} WHERE span.whole
    UNION ALL
    SELECT span.turn, (SELECT count(*) FROM {_STANDS} AND s.hidden_from <> '{{}}') {_FROM} WHERE span.whole
"""  # noqa: S608 (pieces of our own)
# What an officer sees by name, unless it is among what his unit sees.
_NAMED = f"""
    SELECT span.turn, (SELECT count(*) FROM {_STANDS} AND NOT EXISTS (SELECT FROM cases_orderseen o
      WHERE o.unit_id = ANY (%(units)s::bigint[]) AND o.issued_at = s.issued_at AND o.order_id = s.order_id))
    {_FROM}
"""  # noqa: S608 (pieces of our own)
_SUM = "SELECT turn, sum(n)::bigint FROM ({parts}) AS parts GROUP BY 1"


def page(
    spans: Sequence[Span],
    *,
    units: Iterable[int],
    within: Sequence[int] | None,
    after: tuple[int, datetime, int] | None,
    most: int,
) -> list[tuple[int, datetime, int]]:
    """The first latest lead orders of the spans, one span after the other: (turn, at, id of the order). One query.

    `within`: only orders for these units. `after`: behind this line of an earlier page.
    """
    turn, at, last = after or (-1, EARLIEST, -1)
    facts = [_facts(n, span) for n, span in enumerate(spans) if n >= turn]
    if facts and facts[0]["turn"] == turn and at >= spans[turn].since:
        facts[0] |= {"since": at.isoformat(), "after": last}
    return _asked(_for(_PAGE, within), facts, units=units, within=within, most=most)


def counts(spans: Sequence[Span], *, units: Iterable[int], within: Sequence[int] | None) -> list[int]:
    """How many latest lead orders are in each span; what several of the units see counts once. One query.

    What one unit sees is added up day by day (`cases_tally`); only parts of days are counted row by row.
    """
    seen_as = list(units)
    own, named = [unit for unit in seen_as if unit > 0], [unit for unit in seen_as if unit < 0]
    of_one = len(own) < 2
    by_day = of_one and within is None
    split = _parts if by_day else _undivided
    facts = [part for n, span in enumerate(spans) for part in split(n, span)]
    if of_one:
        parts = f"{_PARTS} UNION ALL {_DAYS}" if by_day else _for(_PARTS, within)
        by_name = _for(_NAMED, within).replace("unnest(%(units)s", "unnest(%(named)s")
        query = _SUM.format(parts=f"{parts} UNION ALL {by_name}")
        found = dict(_asked(query, facts, units=own, within=within, named=named))
    else:
        found = dict(_asked(_for(_COUNT, within), facts, units=seen_as, within=within))
    return [found.get(n, 0) for n in range(len(spans))]


def _for(query: str, within: Sequence[int] | None) -> str:
    for everything, some in _WITHIN if within is not None else ():
        query = query.replace(everything, some)
    return query


def _undivided(turn: int, span: Span) -> list[dict[str, Any]]:
    return [_facts(turn, span)]


def _parts(turn: int, span: Span) -> list[dict[str, Any]]:
    """The whole days of a span, and what is left of it before and after them."""
    first, next = _day(span.since), _day(span.until)
    first += timedelta(days=int(first < span.since))
    if first >= next:
        return [_facts(turn, span)]
    edges = [replace(span, until=first), replace(span, since=next)]
    whole = _facts(turn, replace(span, since=first, until=next)) | {"whole": True}
    return [whole, *(_facts(turn, edge) for edge in edges if edge.since < edge.until)]


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _facts(turn: int, span: Span) -> dict[str, Any]:
    since, until = span.since.isoformat(), span.until.isoformat()
    return {
        "turn": turn,
        "stands": span.stands,
        "since": since,
        "until": until,
        "after": -1,
        "whole": False,
    }


def _asked(query: str, facts: list[dict[str, Any]], *, units: Iterable[int], **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"units": list(units), "spans": json.dumps(facts), **more})
        return cursor.fetchall()
