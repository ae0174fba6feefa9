"""A commander holds up a post while the desk is at its case, or after the matter has ended."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.desk.models import Notice
from rabta.journey.matters import merging
from rabta.journey.orders import commanding
from rabta.outbox.models import Delivery
from tests.cast import HOUR, MINUTE, NOW, acting
from tests.steps import posts
from tests.steps.stage import happened, lead

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


@pytest.mark.parametrize("kind", ["retweeted", "quoted"])
@pytest.mark.parametrize("which", [THEFT, BURGLARY])
def test_what_has_ended_is_not_opened_by_a_post_and_the_desk_is_asked(
    x: SimpleNamespace, kind: str, which: str
) -> None:
    said = {text: posts.post(text) for text in (THEFT, BURGLARY)}
    for n, one in enumerate(said.values()):
        posts.hears(x, one, at=NOW + n * MINUTE)
    Order.objects.update(state="done", finished_at=LATER)
    Case.objects.update(state="closed", closed_at=LATER, outcome="action_taken")
    posts.hears(x, posts.about(kind, said[which], "Well done"), at=LATER + HOUR)
    case = Case.objects.get()
    assert (case.state, case.messages.filter(direction="in").count()) == ("closed", 2)
    assert not Order.objects.exclude(issued_by=None).exists()
    assert happened(case)[-1] == "command_refused"
    told = Notice.objects.filter(what="command", case=case)
    assert {notice.officer for notice in told} == {x.operator, x.desk_head}
    assert "The desk has it" in Delivery.objects.get(number=posts.SP).text


def test_whoever_is_accused_at_the_desk_hears_of_no_order_that_could_not_be_given(
    x: SimpleNamespace,
) -> None:
    posts.owns(x.igp, posts.IGP)
    first = posts.post(THEFT)
    posts.hears(x, first)
    with acting(x.desk_head) as by:
        journey.accuse(
            case=Case.objects.get(),
            accused_unit=x.kotwali,
            accused_officers=[x.operator],
            desk=x.hq,
            by=by,
            now=LATER,
        )
    posts.hears(x, posts.about("quoted", first, "Kotwali to report", by=posts.IGP), at=LATER)
    assert "command_refused" in happened(Case.objects.get())
    assert not Notice.objects.exists(), "his colleagues there are shut out with him"


@pytest.mark.parametrize("merged", [True, False])
def test_a_post_in_a_part_orders_the_matter_that_it_is_part_of(x: SimpleNamespace, merged: bool) -> None:
    posts.hears(x, posts.post(THEFT))
    again = posts.post(THEFT, by=posts.ASAD)
    posts.hears(x, again, at=NOW + MINUTE)
    head, part = Case.objects.order_by("id")
    if merged:
        with acting(x.operator) as by:
            merging.merge(kept=head, absorbed=part, reason="The same", by=by, now=LATER)
    else:
        Case.objects.filter(pk=part.pk).update(part_of=head)
    posts.hears(x, posts.about("quoted", again, "Act today"), at=LATER + MINUTE)
    assert lead(head).instruction == "Act today" and "commanded" in happened(head)
    assert Case.objects.count() == 2
    assert not part.orders.exclude(issued_by=None).exists()
