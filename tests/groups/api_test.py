"""Groups over the API: opened, spoken to, stopped; and closed to whoever does not run them."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.force import directory
from rabta.force.models import Role
from tests.conftest import AsRole
from tests.web import small_force
from tests.web.small_force import post_of


@pytest.fixture
def force(db: None) -> Any:
    directory.forget()
    force = small_force.make()
    force.chief = small_force.officer("igp", Role.CHIEF, force.hq)
    force.head = small_force.officer("head-north", Role.DISTRICT_HEAD, force.north)
    force.other = small_force.officer("head-south", Role.DISTRICT_HEAD, force.south)
    yield force
    directory.forget()


@pytest.fixture
def api(as_role: AsRole) -> Any:
    from tests.web.api.asking import Api

    return lambda officer: Api(as_role, officer)


def opened(api: Any, force: SimpleNamespace) -> str:
    body = {
        "name": "North", "kind": "district", "unit": force.north.public_id, "administrator": post_of(force.head).code,
    }  # fmt: skip
    status, group = api(force.chief).post("/groups", body)
    assert status == 200, group
    return str(group["id"])


def test_a_group_is_opened_spoken_to_and_closed(force: SimpleNamespace, api: Any) -> None:
    group = opened(api, force)
    head = api(force.head)
    assert [one["id"] for one in head.get("/groups")[1]["items"]] == [group]
    words = {"words": {"": "The road is closed."}}
    status, told = head.post(f"/groups/{group}/estimate", words)
    assert (status, told["recipients"]) == (
        200,
        2,
    )  # the heads of the district and of its station, by their posts
    status, said = head.post(f"/groups/{group}/say", words)
    assert (status, said["state"]) == (200, "gathering")
    assert head.get(f"/broadcasts/{said['id']}")[1]["what"] == "announcement"
    assert head.post(f"/broadcasts/{said['id']}/stop", {})[1]["state"] == "stopped"
    assert head.post(f"/broadcasts/{said['id']}/stop", {})[0] == 409
    assert head.post(f"/groups/{group}/close", {})[1]["closed_at"]
    assert head.post(f"/groups/{group}/say", words)[0] == 409


def test_another_district_finds_no_such_group(force: SimpleNamespace, api: Any) -> None:
    group = opened(api, force)
    other = api(force.other)
    assert other.get("/groups")[1]["items"] == []
    for path in (f"/groups/{group}/close", f"/groups/{group}/say"):
        assert other.post(path, {"words": {"": "x"}} if path.endswith("say") else {})[0] == 404
    status, problem = other.post(
        "/groups", {"name": "x", "kind": "circle", "unit": force.north.public_id, "administrator": "x"}
    )
    assert status == 409 and "at or below" in problem["detail"]


def test_an_instruction_is_given_and_read_with_its_titles(force: SimpleNamespace, api: Any) -> None:
    body = {"group": opened(api, force), "title": "Bus stands", "words": {"": "Two men at each."}}
    chief, titles = api(force.chief), {"ur": "بس اڈے", "hi": "बस अड्डे"}
    status, given = chief.post("/directions", body | {"titles": titles | {"ps": " "}})
    assert (status, given["title"], given["titles"], given["unchanged"]) == (200, "Bus stands", titles, True)
    assert chief.get(f"/directions/{given['id']}")[1]["titles"] == titles
    assert chief.post("/directions", body)[1]["titles"] == {}
    for wrong, refused in (({"xx": "?"}, 409), ({"ur": "x" * 121}, 409), ({"ur": "a\0"}, 422), (["ur"], 422)):
        assert chief.post("/directions", body | {"titles": wrong})[0] == refused, wrong


def test_no_two_shapes_of_the_description_have_one_name() -> None:
    """It knows them by their bare names: the second would stand for both."""
    from ninja import Schema

    from rabta.web.api import urls

    def below(shape: type) -> Any:
        for one in shape.__subclasses__():
            yield one
            yield from below(one)

    assert urls.api
    described = [one for one in below(Schema) if one.__module__.startswith("rabta.web.api")]
    names = [
        one.__name__ for one in described if one.__name__ != "Filters"
    ]  # of addresses, not in the description
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_seats_that_do_not_fit_are_refused_in_words(force: SimpleNamespace, api: Any) -> None:
    group, head = opened(api, force), api(force.head)
    own = {"role": "sho", "reach": "own"}
    status, seats = head.post(f"/groups/{group}/seats", {"seats": [own, own | {"role": None}, own]})
    assert status == 200 and len(seats["items"]) == 2
    status, seats = head.post(
        f"/groups/{group}/seats", {"seats": [{"reach": "own"}, {"reach": "own", "personnel": True}]}
    )
    assert status == 200 and [one["personnel"] for one in seats["items"]] == [True], "the last word counts"
    for wrong in ({"role": "x" * 60, "reach": "own"}, own | {"personnel": True}):
        assert head.post(f"/groups/{group}/seats", {"seats": [wrong]})[0] == 409
