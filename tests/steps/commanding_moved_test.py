"""A commander holds up a post while the desk is at its case, or after the matter has ended."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.journey.orders import commanding
from tests.cast import HOUR, MINUTE, NOW, acting
from tests.steps import posts
from tests.steps.stage import lead

THEFT = "@KPPolice A boy has snatched my phone near Kotwali"
BURGLARY = "@KPPolice Burglary last night, a house in Gulbahar was broken into"
LATER = NOW + HOUR


@pytest.fixture
def x(cast: SimpleNamespace) -> SimpleNamespace:
    posts.add_x(cast)
    posts.owns(cast.sp, posts.SP)
    return cast


@pytest.mark.parametrize("alone", [True, False])
def test_an_order_is_for_the_case_into_which_the_desk_has_just_put_the_post(
    x: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    meant = posts.post(BURGLARY)
    if not alone:
        posts.hears(x, posts.post(THEFT))
    posts.hears(x, meant, at=NOW + MINUTE)
    message, takes_out = Message.objects.get(text=BURGLARY), [True]
    lock = commanding.lock

    def later(ids: list[int]) -> dict[int, Case]:
        if takes_out:
            takes_out.clear()
            with acting(x.desk_head) as by:
                journey.split(message=message, by=by, now=LATER)
        return lock(ids)

    monkeypatch.setattr(commanding, "lock", later)
    posts.hears(x, posts.about("quoted", meant, "Act today"), at=LATER)
    _old, new = Case.objects.order_by("id")
    message.refresh_from_db()
    assert message.case == new
    assert (lead(new).instruction, lead(new).unit) == ("Act today", x.gulbahar)
