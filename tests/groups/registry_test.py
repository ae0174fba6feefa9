"""Opening and changing a group: what would mislead is refused, in words."""

from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.refusal import Refused
from rabta.groups.models import Group, Member, Membership
from rabta.journey.groups import registry
from tests.cast import NOW, acting, post_named
from tests.groups import stage


def facts(cast: SimpleNamespace, **more: Any) -> registry.Facts:
    said = {
        "name": "Watch",
        "kind": "volunteers",
        "unit": cast.kotwali,
        "administrator": post_named(cast.sho),
    }
    return registry.Facts(**said | more)


def opens(cast: SimpleNamespace, code: str, **more: Any) -> Group:
    with acting(cast.sho) as by:
        return registry.open_group(facts=facts(cast, **more), code=code, by=by, now=NOW)


def test_two_open_groups_of_one_name_at_one_unit_are_refused(cast: SimpleNamespace) -> None:
    first = opens(cast, "one")
    with pytest.raises(Refused, match="open group of this name"):
        opens(cast, "two", name="watch ")
    other = opens(cast, "three", name="Another")
    with acting(cast.sho) as by:
        with pytest.raises(Refused, match="open group of this name"):
            registry.change(group=other, facts=facts(cast), by=by, now=NOW)
        registry.change(group=first, facts=facts(cast, purpose="To watch"), by=by, now=NOW)
        registry.close(group=first, by=by, now=NOW)
    opens(cast, "four")
    stage.opened(cast.gulbahar, Group.Kind.VOLUNTEERS, cast.sho_gulbahar)


@pytest.mark.parametrize(
    ("begins", "ends", "says"),
    [(time(22), time(22), "another time than they begin"), (time(22), None, "a beginning and an end")],
)
def test_quiet_hours_begin_and_end(cast: SimpleNamespace, begins: time, ends: time | None, says: str) -> None:
    with pytest.raises(Refused, match=says):
        opens(cast, "one", quiet_from=begins, quiet_to=ends)
    opens(cast, "one", quiet_from=time(22), quiet_to=time(6))


def test_members_go_along_with_a_group_that_moves(cast: SimpleNamespace) -> None:
    group, other = opens(cast, "one"), opens(cast, "two", name="Traders")
    goes, stays = stage.member(group), stage.member(group)
    Membership.objects.create(group=other, member=stays, since=NOW)
    moved = facts(cast, name="Watch", unit=cast.gulbahar, administrator=post_named(cast.sho_gulbahar))
    with acting(cast.co) as by:
        registry.change(group=group, facts=moved, by=by, now=NOW)
    with acting(cast.sho_gulbahar):
        assert [one.pk for one in Member.objects.all()] == [goes.pk]
    with acting(cast.sho):
        assert [one.pk for one in Member.objects.all()] == [stays.pk]
