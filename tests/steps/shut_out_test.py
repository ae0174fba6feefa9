"""Whoever is accused sees nothing through any post of his, hears nothing, and does not inquire."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Officer, Posting, Role
from rabta.outbox.models import Delivery
from tests.cast import MINUTE, TODAY, Citizen, acting, also_holds, hears, post_named
from tests.steps.eyes import LATER, NOTHING, accused, seen
from tests.steps.stage import accusation, theft
from tests.web.small_force import officer


def moved(who: Officer) -> None:
    """The force has changed; the snapshot of it looks again."""
    directory.forget()


@pytest.mark.parametrize("who", ["sho", "co_below"])
def test_a_desk_post_shows_the_accused_unit_nothing(cast: SimpleNamespace, who: str) -> None:
    accuser = {"sho": cast.kotwali, "co_below": cast.city}[who]
    also_holds(cast.sho, post_named(cast.operator))
    moved(cast.sho)
    case = accusation(cast)
    assert seen(cast.sho) == NOTHING  # nobody is named yet: it could be anybody who serves outside the desks
    accused(cast.operator, case, accuser)
    assert seen(cast.sho) == NOTHING
    assert all(seen(cast.operator)[:2])


def test_another_station_s_officer_at_the_desk_sees_it_once_it_is_known_whom_it_accuses(
    cast: SimpleNamespace,
) -> None:
    also_holds(cast.sho_rustam, post_named(cast.operator))
    moved(cast.sho_rustam)
    case = accusation(cast)
    assert seen(cast.sho_rustam) == NOTHING
    accused(cast.operator, case, cast.kotwali)
    assert all(seen(cast.sho_rustam)[:2])


def test_a_named_officer_sees_nothing_wherever_he_is_posted_later(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), None, cast.sho)
    assert case.accused_unit == cast.kotwali
    Posting.objects.filter(officer=cast.sho).update(
        ends=TODAY - TODAY.resolution, starts=TODAY - 9 * TODAY.resolution
    )
    also_holds(cast.sho, post_named(cast.desk_head))
    moved(cast.sho)
    assert seen(cast.sho) == NOTHING
    accused(cast.operator, case, None, cast.sho)
    assert seen(cast.sho) == NOTHING


def test_an_officer_of_headquarters_is_shut_out_alone(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), None, cast.oversight)
    assert (case.accused_unit, case.desk_unit) == (None, cast.hq)
    assert seen(cast.oversight) == NOTHING
    assert all(seen(cast.igp)[:2]) and all(seen(cast.operator)[:2])


def test_the_whole_force_is_not_shut_out(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with acting(cast.operator) as by, pytest.raises(Refused, match="Nobody stands outside"):
        journey.accuse(case=case, accused_unit=cast.hq, by=by, now=LATER)


def test_who_serves_under_the_accused_does_not_inquire(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali, cast.sho)
    rustam, ctd = post_named(cast.sho_rustam), post_named(cast.ctd_head)
    also_holds(cast.sho_rustam, post_named(cast.sho))  # he also sits at the accused station
    also_holds(cast.sho, ctd)  # and the accused also heads the CTD
    moved(cast.sho)
    with acting(cast.operator) as by:
        for post in (rustam, ctd):
            with pytest.raises(Refused, match="accused"):
                journey.order(case=case, post=post, part="lead", instruction="Inquire", by=by, now=LATER)
        order = journey.order(
            case=case, post=post_named(cast.sp), part="lead", instruction="", by=by, now=LATER
        )
    assert order.hidden_from == Case.objects.get(pk=case.pk).hidden_from


def test_nobody_inquires_about_the_head_of_the_force(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), None, cast.igp)
    with acting(cast.operator) as by, pytest.raises(Refused, match="authority outside"):
        journey.order(case=case, post=post_named(cast.sp), part="lead", instruction="", by=by, now=LATER)
    assert seen(cast.igp) == NOTHING


def test_only_those_holders_of_a_post_are_told_who_may_know(cast: SimpleNamespace) -> None:
    second = officer("second-sp", Role.DISTRICT_HEAD, cast.mardan)
    Posting.objects.filter(officer=second).update(post=post_named(cast.sp_mardan))
    second.phone = "+923009999999"
    second.save()
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.order(
            case=case, post=post_named(cast.sp_mardan), part="support", instruction="", by=by, now=LATER
        )
    both = {cast.sp_mardan.phone, second.phone}
    assert both <= set(Delivery.objects.values_list("number", flat=True))
    accused(cast.operator, case, None, second)
    told = Delivery.objects.filter(number=second.phone)
    assert set(told.values_list("state", "trouble")) == {("failed", "taken_back")}


def test_orders_that_only_the_accused_hold_end_wherever_their_posts_are(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.order(
            case=case, post=post_named(cast.ctd_head), part="support", instruction="", by=by, now=LATER
        )
    accused(cast.operator, case, cast.kotwali, cast.ctd_head)
    assert set(Order.objects.values_list("state", flat=True)) == {"replaced"}
    assert set(Delivery.objects.exclude(number="").values_list("trouble", flat=True)) == {"taken_back"}
    assert seen(cast.ctd_head) == NOTHING


def test_every_row_of_a_case_says_the_same_whenever_it_was_written(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = accused(cast.operator, theft(cast, citizen), cast.kotwali, cast.sho)
    hears(cast, citizen.says("It was at nine in the evening"), at=LATER + MINUTE)
    with acting(cast.operator) as by:
        journey.reply(case=case, text="We look into it", by=by, now=LATER)
        journey.note(case=case, text="Ask Mardan", by=by, now=LATER)
        journey.order(
            case=case, post=post_named(cast.sp_mardan), part="lead", instruction="", by=by, now=LATER
        )
    case.refresh_from_db()
    assert Case.objects.count() == 1 and Message.objects.filter(case=case).count() >= 5
    for model in (Message, Order, Delivery):
        rows = set(map(repr, model.objects.values_list("visible_to", "hidden_from")))
        assert rows == {repr((case.visible_to, case.hidden_from))}, model
    assert -cast.sho.pk in case.hidden_from and cast.kotwali.pk in case.hidden_from


def test_the_messages_to_all_holders_of_a_post_move_with_the_order(cast: SimpleNamespace) -> None:
    Officer.objects.filter(pk=cast.nobody.pk).update(phone="+923009999998")
    also_holds(cast.nobody, post_named(cast.sho))
    directory.forget()
    case = accused(cast.operator, theft(cast), cast.kotwali)
    told = Delivery.objects.filter(number__in=[cast.sho.phone, "+923009999998"])
    assert told.count() == 2
    assert {tuple(d.visible_to) for d in told} == {tuple(case.visible_to)}


# Who receives accusations


def receives(cast: SimpleNamespace, unit: Any, receiver: Any) -> None:
    unit.accusations_to = receiver
    unit.save()
    directory.forget()


def test_who_receives_accusations_is_said_on_the_units(cast: SimpleNamespace) -> None:
    receives(cast, cast.peshawar, cast.mardan)
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    assert (case.desk_unit, case.visible_to) == (cast.mardan, sorted([cast.hq.pk, cast.mardan.pk]))
    assert seen(cast.sp) == NOTHING and seen(cast.operator_peshawar) == NOTHING
    assert all(seen(cast.operator_mardan)[:2])


def test_a_receiver_who_is_accused_receives_nothing(cast: SimpleNamespace) -> None:
    receives(cast, cast.mardan, cast.rustam)
    case = accused(cast.operator, accusation(cast), cast.rustam)
    assert case.desk_unit == cast.mardan


def test_with_a_receiver_for_the_force_even_headquarters_can_be_accused(cast: SimpleNamespace) -> None:
    from tests.web.small_force import unit

    outside = unit("complaints-authority", None, level="force")
    receives(cast, cast.hq, outside)
    case = accusation(cast)
    assert case.visible_to == [outside.pk]
    with acting(officer("ombudsman", Role.OVERSIGHT, outside)) as by:
        journey.accuse(case=case, accused_unit=cast.hq, by=by, now=LATER)
    for who in (cast.igp, cast.operator, cast.sho, cast.oversight):
        assert seen(who) == NOTHING, who
