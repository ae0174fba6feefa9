"""What the holder of a post may do, against permissions.csv, and how rights begin, reach and end."""

import csv
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from rabta.cases.models import Case
from rabta.force.access import PERMISSIONS, Permission, scope_of
from rabta.force.models import Posting, Role, Unit
from tests.access.world import SERVES
from tests.cast import TODAY, also_holds, post_named

FILE = Path(__file__).parent / "permissions.csv"
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
DAY = timedelta(days=1)


def test_every_role_and_permission_is_in_the_table() -> None:
    assert {row["role"] for row in ROWS} == set(Role.values) == set(PERMISSIONS)
    assert set(ROWS[0]) == {"role", *(p.value for p in Permission)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["role"])
def test_a_role_may_do_what_the_table_says(row: dict[str, str]) -> None:
    assert {p.value: p in PERMISSIONS[row["role"]] for p in Permission} == {
        p.value: row[p.value] == "yes" for p in Permission
    }


@pytest.mark.parametrize("name", SERVES)
def test_rights_reach_the_unit_that_the_post_serves(world: SimpleNamespace, name: str) -> None:
    scope = scope_of(getattr(world.cast, name), on=TODAY)
    unit = SERVES[name]
    assert scope.units == (frozenset({getattr(world.cast, unit).pk}) if unit else frozenset())


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (0, 0, True), (-9, 9, True)],
)
def test_a_posting_gives_rights_from_its_first_day_to_its_last(
    world: SimpleNamespace, starts: int, ends: int | None, holds: bool
) -> None:
    Posting.objects.create(
        officer=world.cast.nobody,
        post=world.cast.vacant,
        starts=TODAY + starts * DAY,
        ends=None if ends is None else TODAY + ends * DAY,
    )
    scope = scope_of(world.cast.nobody, on=TODAY)
    assert scope.has(Permission.WORK_ORDERS) == holds
    assert scope.units == (frozenset({world.cast.katlang.pk}) if holds else frozenset())


def test_an_officer_who_was_put_out_of_service_has_no_rights(world: SimpleNamespace) -> None:
    world.cast.sho.is_active = False
    world.cast.sho.save()
    assert scope_of(world.cast.sho, on=TODAY).grants == ()
    world.cast.sho.is_active = True


def test_two_posts_add_up_and_do_not_mix(world: SimpleNamespace) -> None:
    """Who commands one circle and holds a station elsewhere does not command that station's superiors' cases."""
    cast = world.cast
    also_holds(cast.co, cast.vacant)
    scope = scope_of(cast.co, on=TODAY)
    assert scope.units == {cast.city.pk, cast.katlang.pk}
    assert scope.posts == {post_named_first(cast), cast.vacant.pk}
    assert scope.may(Permission.ORDER, row(cast.city))
    assert not scope.may(Permission.ORDER, row(cast.katlang))
    assert scope.may(Permission.SEE_CASES, row(cast.katlang))
    assert scope.post_for(Permission.SEE_CASES, row(cast.katlang)) == cast.vacant.pk
    assert scope.post_for(Permission.ORDER, row(cast.katlang)) is None


def row(*seen_by: Unit) -> Case:
    """A case that these units see."""
    return Case(visible_to=[unit.pk for unit in seen_by])


def post_named_first(cast: SimpleNamespace) -> int:
    return cast.city.posts.get().pk


def test_the_holder_of_a_post_acts_under_it(world: SimpleNamespace) -> None:
    scope = scope_of(world.cast.operator, on=TODAY)
    found = scope.post_for(Permission.RELEASE, row(world.cast.hq))
    assert found == post_named(world.cast.operator).pk
