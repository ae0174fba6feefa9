"""Dual addressing: a station's circle officer is told of each order to it that somebody gives by hand."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.force import directory
from rabta.force.models import Officer, Posting
from rabta.journey import Choice
from rabta.outbox.models import Delivery
from tests.cast import HOUR, NOW, Citizen, acting, also_holds, hears, post_named
from tests.steps.stage import accusation, happened, theft

LATER = NOW + HOUR
Informed = list[tuple[str, str]]


def unplaced() -> Case:
    """A theft of which nobody knows the place: it waits at the desk."""
    return Case.objects.get(state="new")


@pytest.fixture
def case(cast: SimpleNamespace) -> Case:
    hears(cast, Citizen().says("My motorcycle was stolen last night"))
    return unplaced()


def ordered(case: Case, *to: Officer, by: Officer, along: bool = False, reason: str = "") -> list[Order]:
    """The first of these posts leads, the others are told for information."""
    parts = ["lead"] + ["inform"] * len(to)
    choices = [Choice(post=post_named(one), part=part) for one, part in zip(to, parts, strict=False)]
    with acting(by) as scope:
        return journey.order_several(
            case=case, choices=choices, along=along, reason=reason, by=scope, now=LATER
        )


def informed(case: Case) -> Informed:
    """Who was told for information: post and how that order stands."""
    rows = Order.objects.filter(case=case, part="inform").select_related("post").order_by("id")
    return [(row.post.code, row.state) for row in rows]


def code(who: Officer) -> str:
    return post_named(who).code


@pytest.mark.parametrize("giver", ["operator", "sp", "igp"])
def test_an_order_to_a_station_tells_its_circle_officer(
    cast: SimpleNamespace, case: Case, giver: str
) -> None:
    if giver == "sp":  # he sees it from now on
        Case.objects.filter(pk=case.pk).update(visible_to=[*case.visible_to, cast.peshawar.pk])
        case.refresh_from_db()
    lead, informs = ordered(case, cast.sho, by=getattr(cast, giver))
    assert (lead.part, informs.part) == ("lead", "inform")
    assert informed(case) == [(code(cast.co), "issued")]
    assert informs.why == {"code": "superior", "unit": "Kotwali"}
    assert Delivery.objects.filter(pk__in=informs.letters, number=cast.co.phone).exists()


def test_one_order_by_itself_tells_him_too(cast: SimpleNamespace, case: Case) -> None:
    with acting(cast.operator) as by:
        made = journey.order(
            case=case, post=post_named(cast.sho), part="lead", instruction="", by=by, now=LATER
        )
    assert made.part == "lead" and informed(case) == [(code(cast.co), "issued")]


@pytest.mark.parametrize("to", ["ctd_head", "sp", "co"])
def test_who_belongs_to_no_station_has_no_circle_officer(cast: SimpleNamespace, case: Case, to: str) -> None:
    ordered(case, getattr(cast, to), by=cast.operator)
    assert informed(case) == []


def test_whoever_is_chosen_himself_is_told_once(cast: SimpleNamespace, case: Case) -> None:
    ordered(case, cast.sho, cast.co, by=cast.operator)
    assert informed(case) == [(code(cast.co), "issued")]
    ordered(case, cast.sho_gulbahar, by=cast.operator)  # of the same circle
    assert informed(case) == [(code(cast.co), "issued")]


def test_whoever_gives_the_order_is_not_told_of_it(cast: SimpleNamespace) -> None:
    made = theft(cast)
    Order.objects.filter(case=made, part="inform").delete()
    ordered(made, cast.sho_gulbahar, by=cast.co)
    assert informed(made) == []


def test_an_order_along_the_chain_goes_through_him(cast: SimpleNamespace, case: Case) -> None:
    (hop,) = ordered(case, cast.sho, by=cast.operator, along=True)
    with acting(cast.sp) as by:
        hop = journey.pass_on(order=hop, by=by, now=LATER)
    with acting(cast.co) as by:
        last = journey.pass_on(order=hop, by=by, now=LATER)
    assert last.post == post_named(cast.sho) and informed(case) == []


def test_sent_straight_past_him_he_is_told(cast: SimpleNamespace, case: Case) -> None:
    (hop,) = ordered(case, cast.sho, by=cast.operator, along=True)
    with acting(cast.sp) as by:
        made = journey.jump(order=hop, by=by, now=LATER)
    assert made.post == post_named(cast.sho) and informed(case) == [(code(cast.co), "issued")]


def test_where_his_post_is_vacant_whoever_stands_in_is_told(cast: SimpleNamespace, case: Case) -> None:
    Posting.objects.filter(officer=cast.co).delete()
    directory.forget()
    ordered(case, cast.sho, by=cast.operator)
    assert informed(case) == [(code(cast.sp), "issued")]
    directory.forget()


def test_in_another_circle_the_old_one_is_told_that_it_ended_and_the_new_one_hears(
    cast: SimpleNamespace,
) -> None:
    made = theft(cast)
    assert informed(made) == [(code(cast.co), "issued")]
    ordered(made, cast.sho_rustam, by=cast.operator, reason="It was at Rustam")
    assert informed(made) == [(code(cast.co), "replaced"), (code(cast.co_rural), "issued")]
    old = Order.objects.get(case=made, post=post_named(cast.co))
    assert old.ended_why == "It was at Rustam" and "order_ended" in happened(made)
    last = Delivery.objects.filter(number=cast.co.phone).latest("id")
    assert last.template and last.template["name"] == "order_ended_v1"


def test_what_somebody_chose_to_tell_an_officer_stays(cast: SimpleNamespace, case: Case) -> None:
    ordered(case, cast.sho, cast.co, by=cast.operator)
    ordered(case, cast.sho_rustam, by=cast.operator)
    assert informed(case) == [(code(cast.co), "issued"), (code(cast.co_rural), "issued")]


def test_the_suggested_order_tells_the_new_circle_and_ends_the_old(cast: SimpleNamespace) -> None:
    made = theft(cast)
    with acting(cast.operator) as by:
        journey.place(case=made, lat=34.35, lng=72.15, name="Rustam", by=by, now=LATER)
        made.refresh_from_db()
        journey.order_suggested(case=made, by=by, now=LATER)
        journey.order_suggested(case=made, by=by, now=LATER)
    assert informed(made) == [(code(cast.co), "replaced"), (code(cast.co_rural), "issued")]


def test_what_is_kept_from_officers_goes_straight(cast: SimpleNamespace, case: Case) -> None:
    with acting(cast.desk_head) as by:
        journey.name_officers(case=case, officers=[cast.desk_head, cast.sho], by=by, now=LATER)
    ordered(case, cast.sho, by=cast.desk_head)
    assert informed(case) == []
    made = accusation(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=made, accused_unit=cast.kotwali, by=by, now=LATER)
    ordered(made, cast.sho_rustam, by=cast.desk_head)
    assert informed(made) == []


def test_an_officer_of_two_posts_who_orders_his_own_circle_is_not_told(
    cast: SimpleNamespace, case: Case
) -> None:
    also_holds(cast.operator, post_named(cast.co))
    directory.forget()
    ordered(case, cast.sho, by=cast.operator)
    assert informed(case) == []
    directory.forget()
