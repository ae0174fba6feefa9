"""Every address on somebody's case × method × role × relation: who stands in none of them finds nothing there.

The matrix is made from the URLconf by way of `routes.csv` (`routes_test.py` holds the two together) and run twice: as
it is, and with the filters of the pages taken away (`Scope.visible`), so that row-level security alone holds it. What
holds alone holds together with the filters too, so that few roles ask once more there.
"""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db.models import Q

from rabta.force import directory
from rabta.force.access import PERMISSIONS, Scope
from rabta.force.models import Officer
from tests.cast import also_holds
from tests.conftest import AsRole
from tests.figures import Figure, measured
from tests.web import small_force
from tests.web.route_world import World
from tests.web.routes import Route, owned, turn, wrong

pytestmark = pytest.mark.django_db


class Relations(World):
    """Besides a foreign case an accusation and a confidential inquiry; besides the branches, who sits on two chairs."""

    def __init__(self, as_role: AsRole) -> None:
        super().__init__(as_role)
        force = self.force
        below = sorted(directory_of(self).below(force.north.pk))
        self.accusation = self.objects(
            seen_by=[force.hq], withheld="accusation", accused_unit=force.north, hidden_from=below
        )
        self.roles["both"] = {role: self._also_at_headquarters(role) for role in PERMISSIONS}
        self.named = [self.officer_named("named-head", "desk_head"), self.officer_named("named-sho", "sho")]
        ids = sorted(officer.pk for officer in self.named)
        self.confidential = self.objects(seen_by=[], visible_to=[-pk for pk in ids], named_officers=ids)
        self.roles["nobody"] = dict.fromkeys(
            PERMISSIONS, Officer.objects.create(username="none", name="None", password="!")
        )

    def officer_named(self, name: str, role: str) -> Officer:
        at = self.force.desk if role == "desk_head" else self.force.south
        return small_force.officer(name, role, at)

    def _also_at_headquarters(self, role: str) -> Officer:
        """An officer of the accused unit who holds the same post at headquarters as well."""
        made = small_force.officer(f"both-{role}".replace("_", "-"), role, self.force.north)
        also_holds(made, small_force.post_of(self.roles["hq"][role]))
        return made


def directory_of(world: World) -> directory.Directory:
    from tests.cast import TODAY

    return directory.Directory(on=TODAY)


# Who asks, and for what: nobody of these may find it.
NONE_OF_THEIRS = [
    ("south", "foreign"),  # a sibling
    ("nobody", "foreign"),  # nobody with a post
    ("south", "accusation"),
    ("north", "accusation"),  # the accused unit
    ("both", "accusation"),  # somebody of it who also sits at the desk that handles it
    ("hq", "confidential"),  # superiors and the desk
    ("south", "confidential"),
]
# And these do.
THEIRS = [("north", "foreign"), ("hq", "foreign"), ("hq", "accusation"), ("both", "foreign")]


@pytest.fixture
def relations(db: None, as_role: AsRole) -> Iterator[Relations]:
    directory.forget()
    logging.disable(logging.WARNING)  # thousands of "Not Found" are what is wanted here
    yield Relations(as_role)
    logging.disable(logging.NOTSET)
    directory.forget()


@pytest.fixture(params=["filters and rows", "rows alone"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "rows alone":
        monkeypatch.setattr(Scope, "visible", lambda _scope, prefix="": Q())
    return str(request.param)


def asked(route: Route, *, number: int = 0, most: int = 99) -> Iterator[tuple[str, str]]:
    """(role, method) that the route lets in at all: of `most` roles, others for each route and number."""
    roles = [r for r, held in PERMISSIONS.items() if not route.permissions or route.permissions & held]
    for role in turn(roles, len(route.route) + number, most=most):
        for method in route.methods:
            yield role, method


@pytest.mark.security
def test_whoever_stands_in_no_relation_finds_nothing(relations: Relations, mode: str, figure: Figure) -> None:
    found, tried = {}, Counter[str]()
    most = measured(whole=99 if mode == "rows alone" else 2, part=1)
    for number, (branch, objects) in enumerate(NONE_OF_THEIRS):
        of = getattr(relations, objects)
        groups = relations.foreign.keys() - of.keys()
        for route in owned():
            if groups & set(route.object.values()):
                continue
            for role, method in asked(route, number=number, most=1 if branch == "nobody" else most):
                status = relations.ask(method, route.path(of), relations.roles[branch][role])
                tried[branch] += 1
                if status not in ((403, 404) if branch == "nobody" else (404,)):
                    found[f"{branch}'s {role} on {objects}: {method} {route.route}"] = status
    figure(f"leaks in the matrix of addresses, {mode}", f"{len(found)} of {sum(tried.values())}", "0")
    assert not found, wrong(found)
    assert min(tried.values()) > 20


@pytest.mark.usefixtures("mode")
def test_whoever_stands_in_a_relation_finds_it(relations: Relations) -> None:
    """The matrix would also be empty of leaks if nothing could be found at all."""
    addresses = ["api/v1/cases/<id>", "desk/case/<slug:public_id>/", "supervisor/case/<slug:public_id>/"]
    for route in owned():
        if route.route not in addresses:
            continue
        for branch, objects in THEIRS:
            for role, method in asked(route, most=3):
                path = route.path(getattr(relations, objects))
                assert relations.ask(method, path, relations.roles[branch][role]) == 200, (branch, role, path)
        if route.route != "supervisor/case/<slug:public_id>/":
            path = route.path(relations.confidential)
            assert relations.ask("GET", path, relations.named[0]) == 200, path
    assert relations.ask("GET", f"/api/v1/cases/{relations.confidential['case']}", relations.named[1]) == 200
