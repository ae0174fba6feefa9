"""What each unit sees, in the order of its lists: two narrow tables that triggers keep with the cases and the orders.

PostgreSQL can find `visible_to && mine` by an index, or read in the order of a list, and not both: for a station that
sees one case in a thousand the newest fifty cost half a second. Here a row stands for each unit (or officer, with a
minus) in `visible_to`; the list of one unit is the beginning of a range of an index. Row-level security holds on these
tables as on the register, and rows of the register are fetched by it a second time.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q, QuerySet

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when what has no limit is due
LATEST = datetime(9999, 12, 31, tzinfo=UTC)


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
    where in its class: an accepted order by its limit, the others by when they were issued.
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
                include=["for_unit_id", "hidden_from"],
                condition=~Q(stands=""),
                name="order_as_it_stands",
            )
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


_SEEN = """
    SELECT s.at, s.order_id FROM cases_orderseen s
    WHERE s.unit_id = mine.unit AND s.stands = span.stands AND s.stands <> ''
      AND s.at < span.until AND (s.at, s.order_id) > (span.since, span.after)
      AND (%(within)s::bigint[] IS NULL OR s.for_unit_id = ANY(%(within)s::bigint[]))
"""
_FROM = """
    FROM unnest(%(units)s::bigint[]) AS mine(unit),
      jsonb_to_recordset(%(spans)s::jsonb)
        AS span(turn int, stands text, since timestamptz, until timestamptz, after bigint)
"""
_PAGE = f"""
    SELECT DISTINCT span.turn, found.at, found.order_id {_FROM},
    LATERAL ({_SEEN} ORDER BY s.at, s.order_id LIMIT %(most)s) AS found
    ORDER BY 1, 2, 3 LIMIT %(most)s
"""
_COUNT = f"SELECT span.turn, count(found.order_id) {_FROM}, LATERAL ({_SEEN}) AS found GROUP BY 1"
_COUNT_ONCE = _COUNT.replace("count(", "count(DISTINCT ")


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
    return _asked(_PAGE, facts, units=units, within=within, most=most)


def counts(spans: Sequence[Span], *, units: Iterable[int], within: Sequence[int] | None) -> list[int]:
    """How many latest lead orders are in each span; what several of the units see counts once. One query."""
    units = list(units)
    once = len([unit for unit in units if unit > 0]) > 1  # a case of named officers is seen by no unit
    facts = [_facts(n, span) for n, span in enumerate(spans)]
    found = dict(_asked(_COUNT_ONCE if once else _COUNT, facts, units=units, within=within))
    return [found.get(n, 0) for n in range(len(spans))]


def _facts(turn: int, span: Span) -> dict[str, Any]:
    since, until = span.since.isoformat(), span.until.isoformat()
    return {"turn": turn, "stands": span.stands, "since": since, "until": until, "after": -1}


def _asked(query: str, facts: list[dict[str, Any]], *, units: Iterable[int], **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"units": list(units), "spans": json.dumps(facts), **more})
        return cursor.fetchall()
