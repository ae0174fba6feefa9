"""The lists that are kept for each unit say what the register says, whatever happens to a case."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rabta import journey
from rabta.cases import seen
from rabta.cases.models import Case, Order
from rabta.cases.seen import Span
from rabta.force import access
from rabta.jobs import sweeps
from rabta.rules.visibility import person
from tests.cast import NOW, TODAY, Citizen, acting, as_role, hears
from tests.steps.eyes import LATER, accused, noted
from tests.steps.stage import accusation, lead, theft
from tests.web.small_force import order as ordered_to

CASES = """
    SELECT unit, last_in_at, id, hidden_from FROM cases_case, unnest(visible_to) AS unit
    EXCEPT SELECT unit_id, last_in_at, case_id, hidden_from FROM cases_caseseen
"""
ORDERS = """
    SELECT unit, o.issued_at, o.id, o.unit_id, o.hidden_from,
      CASE WHEN o.part <> 'lead' OR o.id <> (
          SELECT max(l.id) FROM cases_order l WHERE l.case_id = o.case_id AND l.part = 'lead') THEN ''
        WHEN o.state = 'replaced' THEN 'returned' WHEN o.state = 'issued' AND o.missed_at > '2000-01-01' THEN 'late'
        ELSE o.state END,
      CASE WHEN o.state = 'accepted' THEN coalesce(o.due_at, '9999-01-01 00:00+00')
        WHEN o.state = 'issued' THEN coalesce(o.missed_at, o.issued_at) ELSE o.issued_at END
    FROM cases_order o, unnest(o.visible_to) AS unit
    EXCEPT SELECT unit_id, issued_at, order_id, for_unit_id, hidden_from, stands, at FROM cases_orderseen
"""
TALLY = """
    SELECT unit_id, stands, date_trunc('day', at, 'UTC'), count(*) FROM cases_orderseen
    WHERE stands <> '' AND hidden_from = '{}' GROUP BY 1, 2, 3
    EXCEPT SELECT unit_id, stands, day, sum(n) FROM cases_tally GROUP BY 1, 2, 3
"""
LINES = """
    SELECT (SELECT count(*) FROM cases_case, unnest(visible_to)) - (SELECT count(*) FROM cases_caseseen),
      (SELECT count(*) FROM cases_order, unnest(visible_to)) - (SELECT count(*) FROM cases_orderseen),
      (SELECT coalesce(sum(n), 0) FROM cases_tally)
      - (SELECT count(*) FROM cases_orderseen WHERE stands <> '' AND hidden_from = '{}')
"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def lists_are_true() -> bool:
    """Nothing is missing, nothing is too much."""
    return not any(map(rows, (CASES, ORDERS, TALLY))) and rows(LINES) == [(0, 0, 0)]


def test_an_order_from_its_beginning_to_its_end(cast: SimpleNamespace) -> None:
    case = theft(cast)
    assert rows("SELECT stands FROM cases_orderseen WHERE stands <> ''")
    assert lists_are_true()
    Order.objects.filter(part="lead").update(missed_at=LATER)
    assert rows("SELECT DISTINCT stands FROM cases_orderseen WHERE stands <> ''") == [("late",)]
    assert lists_are_true()
    with acting(cast.sho) as scope:
        journey.accept(order=lead(case), by=scope, now=LATER)
    assert lists_are_true()
    with acting(cast.sho) as scope:
        journey.return_order(order=lead(case), reason="Not ours", by=scope, now=LATER)
    assert lists_are_true()


def test_a_case_that_is_ordered_again_stands_by_its_last_order(cast: SimpleNamespace) -> None:
    case = theft(cast)
    first = lead(case)
    Order.objects.filter(pk=first.pk).update(state=Order.State.REPLACED)
    assert rows("SELECT DISTINCT stands FROM cases_orderseen WHERE stands <> ''") == [("returned",)]
    second = ordered_to(case, cast.sho_gulbahar)
    assert rows("SELECT DISTINCT order_id FROM cases_orderseen WHERE stands <> ''") == [(second.pk,)]
    assert lists_are_true()


def test_another_message_moves_the_case_up(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case, other = theft(cast, citizen), theft(cast)
    hears(cast, citizen.says("It was a red one"), at=LATER)
    assert lists_are_true()
    scope = access.scope_of(cast.operator, on=TODAY)
    newest = seen.newest(
        seen.CaseSeen.objects.all(), units=scope.sees_as, by=("last_in_at", "case_id"), before=None, most=9
    )
    assert newest == [case.pk, other.pk]
    assert case.last_in_at < Case.objects.get(pk=case.pk).last_in_at


def test_an_accusation_is_on_no_list_of_the_accused(cast: SimpleNamespace) -> None:
    case = theft(cast)
    accused(cast.operator, accusation(cast), cast.kotwali)
    accused(cast.operator, case, cast.kotwali)
    noted(cast.operator, case, "He was named", at=LATER)
    assert lists_are_true()
    assert rows(f"SELECT 1 FROM cases_caseseen WHERE unit_id = {cast.kotwali.pk}") == []
    assert rows("SELECT 1 FROM cases_orderseen WHERE hidden_from = '{}' AND stands <> ''") == []
    with acting(cast.sho):
        tables = ("cases_caseseen", "cases_orderseen", "cases_tally")
        found = {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables[:2]}
        figures = rows("SELECT coalesce(sum(n), 0) FROM cases_tally")
    assert (found, figures) == ({"cases_caseseen": 0, "cases_orderseen": 0}, [(0,)])


def test_a_confidential_inquiry_is_on_the_lists_of_the_named_alone(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    with acting(cast.igp) as scope:
        journey.name_officers(case=case, officers=[cast.igp, cast.oversight], by=scope, now=LATER)
    named = sorted([(-cast.igp.pk,), (-cast.oversight.pk,)])
    assert sorted(rows("SELECT unit_id FROM cases_caseseen")) == named
    assert lists_are_true()


def spans(now: object) -> list[Span]:
    """Classes with open ends, a limit in the middle of a day, and thirty days."""
    return [
        *(Span(stands=state) for state in ("issued", "reported", "returned")),
        Span(stands="accepted", until=now),
        Span(stands="accepted", since=now),
        Span(stands="verified", since=now - timedelta(days=30)),
    ]


@pytest.mark.parametrize("added_up", [False, True])
def test_figures_are_those_that_somebody_would_count(cast: SimpleNamespace, added_up: bool) -> None:
    cases = [theft(cast) for _ in range(9)]
    for n, state in enumerate(("accepted", "accepted", "accepted", "reported", "verified", "verified")):
        due, issued = NOW + timedelta(hours=9 * n - 9), NOW - timedelta(days=13 * n)
        Order.objects.filter(case=cases[n], part="lead").update(state=state, due_at=due, issued_at=issued)
    accused(cast.operator, cases[3], cast.rustam)  # hidden from some: still counted by whoever sees it
    if added_up:
        sweeps.add_up_tally()
        assert lists_are_true()
    leading = list(Order.objects.filter(part="lead"))
    for who in (cast.operator, cast.sho, cast.co, cast.sho_rustam):
        with acting(who) as scope:
            mine = set(Order.objects.values_list("pk", flat=True))
            found = seen.counts(spans(NOW), units=scope.sees_as, within=None)
            again = seen.counts(spans(NOW), units=scope.sees_as, within=[cast.kotwali.pk])
            lines = seen.page(spans(NOW), units=scope.sees_as, within=None, after=None, most=99)
        ours = [order for order in leading if order.pk in mine]
        assert found == [sum(holds(span, order) for order in ours) for span in spans(NOW)]
        assert again == [
            sum(holds(span, order) and order.unit_id == cast.kotwali.pk for order in ours)
            for span in spans(NOW)
        ]
        assert len(lines) == sum(found)


def holds(span: Span, order: Order) -> bool:
    at = (order.due_at or seen.NEVER) if order.state == Order.State.ACCEPTED else order.issued_at
    return order.state == span.stands and span.since <= at < span.until


def test_what_two_posts_see_counts_once(cast: SimpleNamespace) -> None:
    theft(cast)
    units = [cast.kotwali.pk, cast.city.pk]
    assert seen.counts([Span(stands="issued")], units=units, within=None) == [1]
    lines = seen.page([Span(stands="issued")], units=units, within=None, after=None, most=9)
    assert len(lines) == 1


@pytest.mark.parametrize("within", [None, True], ids=["everywhere", "at one station"])
def test_what_somebody_sees_by_name_and_by_his_unit_counts_once(
    cast: SimpleNamespace, within: bool | None
) -> None:
    both, only_by_name = theft(cast), theft(cast)
    name = person(cast.sho.pk)
    Order.objects.filter(case=both).update(visible_to=[*Order.objects.filter(case=both)[0].visible_to, name])
    Order.objects.filter(case=only_by_name).update(visible_to=[name])
    units, some = [cast.kotwali.pk, name], [cast.kotwali.pk] if within else None
    assert seen.counts([Span(stands="issued")], units=units, within=some) == [2]
    assert seen.counts([Span(stands="issued")], units=[name], within=some) == [2]
    assert seen.counts([Span(stands="issued")], units=units[:1], within=some) == [1]


def test_the_head_of_many_is_counted_by_the_index_of_the_review(cast: SimpleNamespace) -> None:
    """Most units are stations with a row or two; by their average the primary key would look as good."""
    lines = """INSERT INTO cases_orderseen (unit_id, issued_at, order_id, for_unit_id, stands, at, hidden_from)
        SELECT u, now() - n * interval '1 minute', n, 1, 'issued', now() - n * interval '1 minute', '{}'
        FROM generate_series(1, 4000) n, unnest(ARRAY[7000000, 8000000 + n]) u; ANALYZE cases_orderseen"""
    with connection.cursor() as cursor:
        cursor.execute(lines)
    with CaptureQueriesContext(connection) as asked:
        seen.counts([Span(stands="issued", since=NOW)], units=[7000000], within=None)
    with as_role("rabta_web"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rabta.units', '{7000000}', true)")
        cursor.execute("EXPLAIN " + asked[-1]["sql"])
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "order_as_it_stands" in plan and "cases_orderseen_pkey on cases_orderseen s" not in plan


def test_adding_up_changes_no_figure_and_leaves_a_line_for_each_day(cast: SimpleNamespace) -> None:
    for _ in range(3):
        theft(cast)
    before = rows("SELECT unit_id, sum(n) FROM cases_tally GROUP BY 1 ORDER BY 1")
    with as_role("rabta_worker", system="a test"):
        rows("SELECT rabta_add_up_tally()::text")
    assert rows("SELECT unit_id, n FROM cases_tally WHERE added_up ORDER BY 1") == before
