"""An urgent order that does not arrive within two minutes goes to the next post as well, once."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.force.access import system
from rabta.journey.arrival import show_moved
from rabta.journey.timing.watch import pass_on_undelivered
from rabta.outbox.models import Delivery
from rabta.outbox.receipts import Recorded
from tests.cast import KATLANG, KOTWALI, MINUTE, NOW, Citizen, acting, as_role, hears, post_named
from tests.steps.stage import accusation, happened, lead, phones_told, theft

ROBBERY = "Armed robbers are inside my house right now, help"


def robbery(cast: SimpleNamespace, at: tuple[float, float] = KOTWALI) -> Case:
    citizen = Citizen()
    hears(cast, citizen.says(ROBBERY), citizen.pins(at))
    return Case.objects.latest("id")


def passed_on(minutes: float) -> int:
    with as_role("rabta_worker"):
        return pass_on_undelivered(now=NOW + minutes * MINUTE)


def test_it_goes_to_the_next_post_after_two_minutes_and_only_once(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    assert [passed_on(1.9), passed_on(2.1), passed_on(10)] == [0, 1, 0]
    support = Order.objects.get(case=case, part="support")
    assert support.post == post_named(cast.co)
    assert support.why == {"code": "undelivered", "post": post_named(cast.sho).name}
    assert lead(case).post == post_named(cast.sho)
    assert happened(case).count("ordered_support") == 1


def test_a_confidential_order_is_not_passed_on_and_holds_up_no_other(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    with acting(cast.desk_head) as by:
        journey.name_officers(case=case, officers=[cast.desk_head, cast.sho], by=by, now=NOW)
    other = robbery(cast)
    assert [passed_on(3), passed_on(10)] == [2, 0]
    assert not Order.objects.filter(case=case, part="support").exists()
    assert Order.objects.filter(case=other, part="support").exists()
    assert "undelivered" in happened(case)


def test_it_goes_to_the_linked_post_before_the_superior(cast: SimpleNamespace) -> None:
    case = robbery(cast, at=(34.05, 71.65))
    assert lead(case).post == post_named(cast.sho_gulbahar)
    passed_on(3)
    assert Order.objects.get(case=case, part="support").post == post_named(cast.sho)


def test_from_a_vacant_station_s_linked_post_it_goes_above_that_post(cast: SimpleNamespace) -> None:
    case = robbery(cast, at=KATLANG)
    passed_on(3)
    assert Order.objects.get(case=case, part="support").post == post_named(cast.co_rural)


@pytest.mark.parametrize("state", ["delivered", "read"])
def test_an_order_that_arrived_stays_where_it_is(cast: SimpleNamespace, state: str) -> None:
    case = robbery(cast)
    Delivery.objects.filter(pk=lead(case).delivery_id).update(state=state)
    assert passed_on(3) == 0


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "failed", "in_doubt"])
def test_anything_less_is_not_arrival(cast: SimpleNamespace, state: str) -> None:
    case = robbery(cast)
    Delivery.objects.filter(pk=lead(case).delivery_id).update(state=state)
    assert passed_on(3) == 1


def test_an_order_to_somebody_without_a_telephone_is_passed_on(cast: SimpleNamespace) -> None:
    from rabta.force import directory

    cast.sho.phone = ""
    cast.sho.save()
    directory.forget()
    assert lead(robbery(cast)).delivery is None
    assert passed_on(3) == 1


def test_an_accepted_order_stays_where_it_is(cast: SimpleNamespace) -> None:
    order = lead(robbery(cast))
    with acting(cast.sho) as by:
        journey.accept(order=order, by=by, now=NOW + MINUTE)
    assert passed_on(3) == 0


def test_a_matter_that_is_not_urgent_has_time(cast: SimpleNamespace) -> None:
    theft(cast)
    assert passed_on(60) == 0


def test_without_anybody_above_the_desk_sees_that_it_did_not_arrive(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    with acting(cast.desk_head) as by:
        journey.order(case=case, post=post_named(cast.igp), part="lead", instruction="", by=by, now=NOW)
    assert passed_on(3) == 1
    assert happened(case)[-1] == "undelivered"
    assert not Order.objects.filter(part="support").exists()


def test_an_accusation_is_passed_on_to_nobody(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    Case.objects.filter(pk=case.pk).update(urgency=1)
    with acting(cast.operator) as by:
        journey.accuse(case=case, accused_unit=cast.mardan, by=by, now=NOW)
        journey.order(case=case, post=post_named(cast.sp), part="lead", instruction="", by=by, now=NOW)
    told = len(phones_told())
    assert passed_on(3) == 1
    assert (happened(case)[-1], len(phones_told())) == ("undelivered", told)


def test_several_are_passed_on_together(cast: SimpleNamespace) -> None:
    cases = [robbery(cast) for _ in range(3)]
    assert passed_on(3) == 3
    assert Order.objects.filter(part="support", case__in=cases).count() == 3


def test_open_pages_hear_that_an_order_arrived(cast: SimpleNamespace) -> None:
    case = robbery(cast)
    moved = Recorded(changed=[lead(case).delivery_id or 0])
    with as_role("rabta_worker"), system("receipts"):
        show_moved(moved, now=NOW + MINUTE)
    assert happened(case)[-1] == "delivery"
