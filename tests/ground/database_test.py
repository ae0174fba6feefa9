"""Roles are made once, and no process has more than it needs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from rabta import embedded
from rabta.commands import database
from tests.conftest import HOME, AsRole
from tests.ground_server import QUICK, copy_cluster


@pytest.fixture(scope="module")
def server(new_home: Callable[[], Path]) -> Iterator[database.Server]:
    home = new_home()
    copy_cluster(HOME, to=home, kind="fresh")
    embedded.start(home, **QUICK)
    yield database.server(home)
    embedded.stop(home)


def test_roles_are_made_once_and_again_changes_nothing(server: database.Server) -> None:
    assert set(database.create_roles(server)) == {*database.ROLES, embedded.DATABASE}
    assert database.create_roles(server) == []


def test_no_role_is_superuser_and_no_process_passes_by_row_level_security(server: database.Server) -> None:
    database.create_roles(server)
    with psycopg.connect(server.admin) as admin:
        question = "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb, rolbypassrls FROM pg_roles"
        found = {name: (mighty, bypass) for name, mighty, bypass in admin.execute(question)}
    assert not any(found[role][0] for role in database.ROLES)
    assert not any(found[role][1] for role in database.PROCESS_ROLES)


def test_nobody_logs_in_as_owner_or_search(server: database.Server) -> None:
    database.create_roles(server)
    for role in ("rabta_owner", "rabta_search"):
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            psycopg.connect(server.dsn(role))


def test_a_process_can_make_no_table(server: database.Server) -> None:
    database.create_roles(server)
    for role in database.PROCESS_ROLES:
        with (
            psycopg.connect(server.dsn(role)) as process,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            process.execute("CREATE TABLE mine (id int)")


def test_an_outside_server_takes_the_passwords_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:common@db.example:5433/contact")
    monkeypatch.setenv("RABTA_WEB_PASSWORD", "own")
    outside = database.server(Path("nowhere"))
    assert outside.outside
    assert outside.database == "contact"
    assert "password=own" in outside.dsn("rabta_web")
    assert "password=common" in outside.dsn("rabta_worker")
    assert "user=rabta_worker" in outside.dsn("rabta_worker")


def test_an_unreachable_server_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin@127.0.0.1:1/contact")
    with pytest.raises(database.DatabaseError, match="can't be reached"):
        database.create_roles(database.server(Path("nowhere")))


@pytest.mark.django_db
def test_tests_can_take_the_part_of_a_process(as_role: AsRole) -> None:
    def who() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return cursor.fetchone()[0]

    assert who() == "rabta_migrate"
    with as_role("rabta_gateway"):
        assert who() == "rabta_gateway"
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT * FROM people_handle")
    assert who() == "rabta_migrate"
