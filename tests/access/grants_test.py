"""What each process may do with each table, by the database's own word, against tables.csv."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from rabta.groups.models import Recipient
from tests.cast import as_role

FILE = Path(__file__).parent / "tables.csv"
ROWS = {row["table"]: row for row in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())}
PROCESSES = ("gateway", "relay", "web", "worker")
COLUMNS = """
    SELECT string_agg(attname, '+' ORDER BY attname) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege(%s, %s, attname, %s)
"""
TABLES = """
    SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
    WHERE relkind IN ('r', 'p') AND relispartition = %s AND relnamespace = 'public'::regnamespace
"""
TRIES = {
    "select": "SELECT * FROM {}",
    "insert": "INSERT INTO {} DEFAULT VALUES",
    "update": "UPDATE {} SET {column} = {column}",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {} CASCADE",
}

pytestmark = pytest.mark.django_db


def fetched(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def rights(process: str, table: str) -> str:
    """What the database lets this process do, as tables.csv writes it."""
    role, found = f"rabta_{process}", []
    for right in ("select", "insert", "update", "delete"):
        if fetched("SELECT has_table_privilege(%s, %s, %s)", role, table, right) == [(True,)]:
            found.append(right)
        elif right != "delete":
            ((columns,),) = fetched(COLUMNS, table, role, table, right)
            found += [f"{right}({columns})"] if columns else []
    return " ".join(found)


def test_every_table_is_in_the_list_and_protected_as_it_says() -> None:
    found = dict(fetched(TABLES, False))
    assert found == {table: row["rows"] == "protected" for table, row in ROWS.items()}
    assert all(row["rows"] == "protected" or row["rows"].startswith("open: ") for row in ROWS.values())


def test_every_table_of_ours_is_in_the_list() -> None:
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("rabta.")
    }
    assert len(ours) > 30
    assert ours <= ROWS.keys()


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_may_do_what_the_list_says(process: str) -> None:
    assert {table: rights(process, table) for table in ROWS} == {
        table: row[process] for table, row in ROWS.items()
    }


@pytest.mark.parametrize("process", PROCESSES)
def test_what_is_not_in_the_list_is_refused_when_tried(process: str, world: SimpleNamespace) -> None:
    columns = dict(
        fetched(
            "SELECT attrelid::regclass::text, min(attname) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE attnum > 0 AND NOT attisdropped AND attidentity = ''"
            " AND relnamespace = 'public'::regnamespace GROUP BY 1"
        )
    )
    allowed = [
        (table, what)
        for table, row in ROWS.items()
        for what, statement in TRIES.items()
        if what not in {right.split("(")[0] for right in row[process].split()}
        and not _is_refused(process, statement.format(f'"{table}"', column=columns[table]))
    ]
    assert allowed == []


def _is_refused(process: str, statement: str) -> bool:
    with as_role(f"rabta_{process}", system="a test"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                transaction.set_rollback(True)
        except DatabaseError as error:
            return "permission denied" in str(error)
    return False


@pytest.mark.parametrize("process", PROCESSES)
def test_a_partition_is_reached_through_its_table_only(process: str) -> None:
    """Policies stand on the table; who could read a partition would read past them."""
    partitions = [name for name, _protected in fetched(TABLES, True)]
    assert partitions
    open_ = [
        name
        for name in partitions
        for right in ("select", "insert", "update", "delete")
        if fetched("SELECT has_any_column_privilege(%s, %s, %s)", f"rabta_{process}", name, "select")
        == [(True,)]
        or fetched("SELECT has_table_privilege(%s, %s, %s)", f"rabta_{process}", name, right) == [(True,)]
    ]
    assert open_ == []


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_sees_past_the_policies(process: str) -> None:
    facts = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
    assert fetched(f"SELECT {facts} FROM pg_roles WHERE rolname = %s", f"rabta_{process}") == [(False,) * 5]
    assert fetched("SELECT tableowner FROM pg_tables WHERE tableowner = %s", f"rabta_{process}") == []


def test_a_function_with_its_owner_s_rights_is_called_by_whoever_needs_it() -> None:
    found = fetched(
        "SELECT proname, r.rolname FROM pg_proc p CROSS JOIN pg_roles r"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname LIKE 'rabta%%'"
        " AND r.rolname IN ('rabta_gateway', 'rabta_relay', 'rabta_web', 'rabta_worker')"
        " AND has_function_privilege(r.rolname, p.oid, 'execute')"
    )
    assert set(found) == {
        ("rabta_add_up_tally", "rabta_worker"),
        ("rabta_erase_case", "rabta_worker"),
        ("rabta_erase_message", "rabta_worker"),
        ("rabta_confidential_report", "rabta_web"),
        ("rabta_fold_figures", "rabta_web"),
        ("rabta_guarded_figures", "rabta_web"),
        ("rabta_public_figures", "rabta_web"),
        ("rabta_fold_figures", "rabta_worker"),
        ("rabta_forget_address", "rabta_worker"),
        ("rabta_forget_person", "rabta_worker"),
        ("rabta_shred_journal", "rabta_worker"),
        ("rabta_extend", "rabta_worker"),
        ("rabta_say_again", "rabta_worker"),
        ("rabta_search_cases", "rabta_web"),
        ("rabta_like_cases", "rabta_web"),
        ("rabta_outboxes", "rabta_web"),
        ("rabta_outboxes", "rabta_worker"),
        ("rabta_state_of_head", "rabta_web"),
        ("rabta_show_case", "rabta_web"),
        ("rabta_show_case", "rabta_worker"),
        ("rabta_administers", "rabta_web"),
        ("rabta_confidential", "rabta_web"),
        ("rabta_confirmed", "rabta_web"),
        ("rabta_end_tokens", "rabta_web"),
        ("rabta_asked_of", "rabta_web"),
        ("rabta_asked_of", "rabta_worker"),
        ("rabta_find_named", "rabta_web"),
        ("rabta_find_reference", "rabta_web"),
        ("rabta_is_wide", "rabta_web"),
        ("rabta_known_people", "rabta_web"),
        ("rabta_known_people", "rabta_worker"),
        ("rabta_take_back", "rabta_web"),
        ("rabta_take_back", "rabta_worker"),
        ("rabta_tellers", "rabta_web"),
        ("rabta_know_recipients", "rabta_worker"),
        ("rabta_forget_recipients", "rabta_worker"),
        ("rabta_forget_member", "rabta_worker"),
        ("rabta_forget_item", "rabta_worker"),
        ("rabta_news_lists", "rabta_web"),
        ("rabta_open_by_kind", "rabta_web"),
        ("rabta_remove_account", "rabta_web"),
        ("rabta_says_no", "rabta_relay"),
        ("rabta_hidden_for_opening", "rabta_web"),
        ("rabta_receipt_opens", "rabta_web"),
        ("rabta_sees_conversation", "rabta_web"),
        ("rabta_sees_handle", "rabta_web"),
        ("rabta_sees_person", "rabta_web"),
    }


def test_no_process_deletes_what_those_who_hear_a_broadcast_point_at() -> None:
    """They have no constraints in the database (`groups.models.Recipient`): nothing may go from under them."""
    fields = [field for field in Recipient._meta.concrete_fields if field.is_relation]
    tables = {field.related_model._meta.db_table for field in fields} - {"outbox_delivery"}
    assert len(tables) == 6
    for table in tables:
        for process in PROCESSES:
            asked = f"SELECT has_table_privilege('rabta_{process}', '{table}', 'DELETE, TRUNCATE')"
            assert fetched(asked) == [(False,)], (table, process)
