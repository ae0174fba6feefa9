"""The web process with its own login, as in service: it moves a case only when it sees it."""

from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from rabta import embedded
from tests.access import world as worlds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> SimpleNamespace:
    """Committed: another connection looks at it."""
    return worlds.make()


@pytest.fixture
def web(world: SimpleNamespace) -> Iterator[psycopg.Connection]:
    """A connection that logged in as the web process."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(embedded.dsn(settings.HOME, user="rabta_web", database=name)) as web:
        yield web


def enter(web: psycopg.Connection, *units: int) -> None:
    own = "SELECT set_config('rabta.units', %s, true), set_config('rabta.own', '{}', true)"
    web.execute(own, ["{" + ",".join(map(str, units)) + "}"])


def case(world: SimpleNamespace, name: str) -> int:
    (facts,) = [facts for facts in world.facts if facts.name == name]
    return facts.rows["cases_case"][0]


def seen(web: psycopg.Connection) -> list[int]:
    return [row[0] for row in web.execute("SELECT id FROM cases_case ORDER BY id")]


def test_it_moves_a_case_that_it_sees_even_out_of_its_own_sight(
    world: SimpleNamespace, web: psycopg.Connection
) -> None:
    enter(web, world.cast.kotwali.pk)
    ours = case(world, "ordered to Kotwali")
    assert seen(web) == [ours]
    web.execute("SELECT rabta_show_case(%s, %s::bigint[], '{}')", [ours, [world.cast.hq.pk]])
    assert seen(web) == []
    messages = web.execute("SELECT count(*) FROM cases_message").fetchone()
    orders = web.execute("SELECT count(*) FROM cases_order").fetchone()
    deliveries = web.execute("SELECT count(*) FROM outbox_delivery").fetchone()
    assert (messages, orders, deliveries) == ((0,), (0,), (0,))


@pytest.mark.parametrize("name", ["accuses nobody by name", "ordered to Rustam, CTD supports"])
def test_it_cannot_bring_a_case_into_its_sight(
    world: SimpleNamespace, web: psycopg.Connection, name: str
) -> None:
    enter(web, world.cast.kotwali.pk)
    show = "SELECT rabta_show_case(%s, %s::bigint[], '{}')"
    with pytest.raises(psycopg.errors.RaiseException, match="no such case"):
        web.execute(show, [case(world, name), [world.cast.kotwali.pk]])
    web.rollback()
    enter(web, world.cast.kotwali.pk)
    assert seen(web) == [case(world, "ordered to Kotwali")]


def test_a_case_that_is_not_there_is_refused_in_the_same_words(
    world: SimpleNamespace, web: psycopg.Connection
) -> None:
    enter(web, world.cast.kotwali.pk)
    with pytest.raises(psycopg.errors.RaiseException, match="no such case"):
        web.execute("SELECT rabta_show_case(%s, %s::bigint[], '{}')", [10**9, [world.cast.kotwali.pk]])


def test_what_it_was_told_ends_with_the_transaction(world: SimpleNamespace, web: psycopg.Connection) -> None:
    enter(web, world.cast.hq.pk)
    assert len(seen(web)) > 3
    web.commit()
    assert seen(web) == []


def test_it_cannot_take_another_role(world: SimpleNamespace, web: psycopg.Connection) -> None:
    for role in ("rabta_worker", "rabta_migrate", "rabta_search", "rabta_backup", "rabta_relay"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(f"SET ROLE {role}")
        web.rollback()
