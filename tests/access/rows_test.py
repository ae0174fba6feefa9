"""Row-level security alone: each officer reads, with plain SQL, exactly the rows that are his, in every table."""

from types import SimpleNamespace

import pytest
from django.db import connection

from tests.access.world import CASES, SERVES, expected, sees
from tests.cast import acting, as_role

# These have a row for each unit that sees a case or an order.
KEYS = {
    "cases_caseseen": "case_id", "cases_orderseen": "order_id", "cases_tally": "unit_id", "figures_fact": "case_id",
    "figures_tally": "unit_id",
}  # fmt: skip


def rows_of(table: str) -> list[int]:
    """Ids of all rows that the database gives."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {KEYS.get(table, 'id')} FROM {table} ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def protected() -> list[str]:
    """Tables with row-level security that is forced on their owner too; partitions are reached through their table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [row[0] for row in cursor.fetchall()]


def test_the_world_has_a_row_in_every_protected_table(world: SimpleNamespace) -> None:
    assert world.tables == protected()


def test_the_cases_tell_the_officers_apart() -> None:
    everybody = {name: tuple(sees(name, facts) for facts in CASES) for name in SERVES}
    assert not any(everybody["administrator"]) and not any(everybody["nobody"])
    assert len(set(everybody.values())) >= 9


@pytest.mark.parametrize("officer", SERVES)
def test_each_officer_reads_exactly_the_rows_that_are_his(world: SimpleNamespace, officer: str) -> None:
    with acting(getattr(world.cast, officer)):
        found = {table: rows_of(table) for table in world.tables}
    assert found == expected(world, officer)


@pytest.mark.parametrize("officer", SERVES)
def test_the_filters_of_the_pages_say_the_same_as_the_database(world: SimpleNamespace, officer: str) -> None:
    from rabta.cases.models import Case, Message, Order
    from rabta.force.access import scope_of
    from rabta.outbox.models import Delivery
    from tests.cast import TODAY

    scope = scope_of(getattr(world.cast, officer), on=TODAY)  # read as the owner, who sees everything
    ought = expected(world, officer)
    for model in (Case, Message, Order, Delivery):
        found = model.objects.filter(scope.visible()).order_by("id").values_list("id", flat=True)
        assert list(found) == ought[model._meta.db_table]


@pytest.mark.parametrize("role", ["rabta_web", "rabta_worker"])
def test_without_a_context_nothing_is_seen(world: SimpleNamespace, role: str) -> None:
    with as_role(role):
        assert {table: rows_of(table) for table in world.tables} == {table: [] for table in world.tables}


def test_the_worker_with_a_reason_sees_everything(world: SimpleNamespace) -> None:
    everything = {table: rows_of(table) for table in world.tables}
    with as_role("rabta_worker", system="a test"):
        assert {table: rows_of(table) for table in world.tables} == everything


@pytest.mark.parametrize("context", [{"system": "a reason"}, {"units": "{}"}, {"receipt": "no such receipt"}])
def test_the_web_process_gets_nothing_by_any_other_word(
    world: SimpleNamespace, context: dict[str, str]
) -> None:
    with as_role("rabta_web", **context):
        assert not any(rows_of(table) for table in world.tables)


RECEIPT_SEES = {
    "cases_case", "cases_conversation", "cases_message", "cases_event", "cases_attachment", "cases_messageversion",
    "people_handle", "people_person", "web_looked",
}  # fmt: skip


@pytest.mark.parametrize("at", range(len(CASES)), ids=lambda n: CASES[n].name)
def test_a_receipt_opens_its_own_case_and_no_note(world: SimpleNamespace, at: int) -> None:
    from rabta.cases.models import Message

    facts = world.facts[at]
    notes = list(
        Message.objects.filter(case__in=facts.rows["cases_case"], direction="note").values_list(
            "id", flat=True
        )
    )
    assert notes
    with as_role("rabta_web", receipt=f"receipt of {facts.name}"[:32]):
        found = {table: rows_of(table) for table in world.tables}
    mine = {table: facts.rows.get(table, []) if table in RECEIPT_SEES else [] for table in world.tables}
    mine["cases_message"] = [row for row in mine["cases_message"] if row not in notes]
    assert found == mine


def test_a_row_that_is_not_seen_is_neither_changed_nor_deleted(world: SimpleNamespace) -> None:
    with acting(world.cast.sho_rustam), connection.cursor() as cursor:
        for facts in world.facts:
            ours = sees("sho_rustam", facts)
            cursor.execute(
                "UPDATE cases_case SET subject = 'mine' WHERE id = ANY(%s)", [facts.rows["cases_case"]]
            )
            assert cursor.rowcount == (1 if ours else 0), facts.name
