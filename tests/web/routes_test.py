"""Every address of the pages and the API, held against `routes.csv`: who may use it, and on whose cases.

What its columns mean is in `routes.py`. Requests run as the database role of the web process.
"""

import re

import pytest

from rabta.force.access import PERMISSIONS
from rabta.force.models import Role
from tests.conftest import AsRole
from tests.figures import Figure, measured
from tests.web.route_world import World
from tests.web.routes import owned, patterns, table, turn, wrong

pytestmark = pytest.mark.django_db
CLOSED = {302, 401, 403, 404}
LINK = "review/limit/<slug:public_id>"  # leads to the page of the case


@pytest.fixture
def world(db: None, as_role: AsRole) -> World:
    return World(as_role)


def test_every_route_is_in_the_table_and_nothing_else_is() -> None:
    assert sorted(route.route for route in table()) == sorted({address for address, _ in patterns()})


def test_the_methods_of_the_api_are_those_of_the_table() -> None:
    listed = {route.route: set(route.methods) for route in table() if route.route.startswith("api/")}
    from rabta.web.api.urls import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            address = re.sub(r"//+", "/", f"api/v1/{prefix}/{path}").rstrip("/")
            methods = {method for operation in view.operations for method in operation.methods}
            assert listed[re.sub(r"{(\w+)}", r"<\1>", address)] == methods, address


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    found = {
        f"{method} {route.route}": status
        for route in table()
        for method in ("GET", "POST")
        if route.who not in ("public",)
        if (status := world.ask(method, route.path(world.foreign), None)) not in CLOSED | {405}
    }
    assert not found, wrong(found)


def test_public_pages_ask_for_no_login(world: World) -> None:
    found = {
        route.route: status
        for route in table()
        if route.who == "public" and "GET" in route.methods
        if (status := world.ask("GET", route.path(world.foreign), None)) in (401, 403) or status >= 500
    }
    assert not found, wrong(found)


@pytest.mark.security
def test_no_role_without_the_permission_gets_in(world: World, figure: Figure) -> None:
    found, tried, most = {}, 0, measured(whole=99, part=3)
    for number, route in enumerate(table()):
        without = [role for role, held in PERMISSIONS.items() if not route.permissions & held]
        for role in turn(without, number, most=most) if route.permissions else ():
            for method in route.methods:
                status = world.ask(method, route.path(world.foreign), world.roles["hq"][role])
                tried += 1
                if status not in (403, 404):
                    found[f"{role}: {method} {route.route}"] = status
    figure("addresses open to a role without the right", f"{len(found)} of {tried}", "0")
    assert not found, wrong(found)
    assert tried > measured(whole=1200, part=600)


def test_what_is_ones_own_exists(world: World) -> None:
    """The other tests would also pass if nothing could be found at all."""
    found = {}
    for number, route in enumerate(owned()):
        if "GET" not in route.methods or route.who == "secret":
            continue
        if route.route.startswith("officer/"):  # a phone shows the orders to one's own post
            assert world.ask("GET", route.path(world.foreign), world.force.sho_north) == 200
            continue
        if route.route.startswith("inquiries/"):  # of an ordinary case: whoever could begin one
            assert world.ask("GET", route.path(world.foreign), world.roles["north"]["oversight"]) == 200
            continue
        # an inquiry officer sees what was given to him by name, and nothing by his unit
        having = [
            r for r, held in PERMISSIONS.items() if route.permissions & held and r != Role.INQUIRY_OFFICER
        ]
        for role in turn(having, number, most=3):
            status = world.ask("GET", route.path(world.foreign), world.roles["north"][role])
            if status != (302 if route.route == LINK else 200):
                found[f"{role}: {route.route}"] = status
    assert not found, wrong(found)


def test_a_get_changes_nothing_where_only_post_is_meant(world: World) -> None:
    found = {
        route.route: status
        for route in table()
        if route.methods == ("POST",)
        for officer in [world.roles["hq"]["desk_head"]]
        if (status := world.ask("GET", route.path(world.foreign), officer)) not in (403, 404, 405)
    }
    assert not found, wrong(found)
