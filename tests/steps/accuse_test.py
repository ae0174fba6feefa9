"""A case turns out to accuse police: from that moment the accused's orders end and he sees nothing of it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Message, Order
from rabta.cases.refusal import Refused
from rabta.desk import notices
from rabta.desk.models import Wish
from rabta.journey.timing import noticing
from rabta.outbox.models import Delivery
from tests.cast import MINUTE, NOW, Citizen, acting, as_role, hears, post_named
from tests.steps.stage import accusation, happened, theft

LATER = NOW + 30 * MINUTE


def accused(cast: SimpleNamespace, case: Case, *units: Any) -> Case:
    """The headquarters' desk says it; of several the last word counts."""
    for unit in units:
        with acting(cast.operator) as by:
            journey.accuse(case=Case.objects.get(pk=case.pk), accused_unit=unit, by=by, now=LATER)
    case.refresh_from_db()
    return case


@pytest.fixture
def headquarters_alone(cast: SimpleNamespace) -> Iterator[None]:
    """The districts have no desk of their own."""
    from rabta.force import directory
    from rabta.force.models import Level, Unit

    office = Level.objects.create(code="office", name="Office", rank=9)
    Unit.objects.filter(pk__in=[cast.desk_peshawar.pk, cast.desk_mardan.pk]).update(level=office)
    directory.forget()
    yield
    directory.forget()


@pytest.mark.usefixtures("headquarters_alone")
@pytest.mark.parametrize("named", [["kotwali"], [None], [None, "kotwali"], ["gulbahar", "kotwali"], ["city"]])
def test_the_station_and_its_circle_see_nothing_any_more(
    cast: SimpleNamespace, named: list[str | None]
) -> None:
    case = accused(cast, theft(cast), *(getattr(cast, name) if name else None for name in named))
    for officer in (cast.sho, cast.co, cast.sp, cast.sho_gulbahar, cast.operator_peshawar):
        with acting(officer):
            seen = [model.objects.exists() for model in (Case, Message, Order, Event, Delivery)]
        assert seen == [False] * 5, officer
    assert (case.state, case.lead_unit, case.visible_to) == ("new", None, [cast.hq.pk])
    assert set(Order.objects.values_list("state", flat=True)) == {"replaced"}
    assert case.kind == "complaint_against_police"
    assert case.conversation.handle.person.protected
    assert "withheld" in happened(case)


def test_what_still_waits_to_be_sent_to_the_accused_is_not_sent(cast: SimpleNamespace) -> None:
    case, phone = theft(cast), cast.sho.phone
    told = Delivery.objects.filter(number__in=[phone, cast.co.phone])
    assert set(told.values_list("state", flat=True)) == {"queued"}
    accused(cast, case, cast.city)
    assert set(told.values_list("state", "trouble")) == {("failed", "taken_back")}
    assert set(Delivery.objects.filter(number="").values_list("state", flat=True)) == {"queued"}


def test_a_notice_that_waits_for_the_end_of_quiet_hours_is_not_sent_to_the_accused(
    cast: SimpleNamespace,
) -> None:
    case = theft(cast)
    for officer in (cast.sho, cast.operator):
        Wish.objects.create(officer=officer, by_phone=["assigned"])
        notices.tell([officer.pk], "assigned", case=case, key="assigned", now=NOW)
    accused(cast, case, cast.kotwali)
    before = Delivery.objects.count()
    with as_role("rabta_worker"):
        assert noticing.send(now=LATER) == 1
        assert noticing.send(now=LATER) == 0
    new = Delivery.objects.order_by("id")[before:]
    assert [delivery.number for delivery in new] == [cast.operator.phone]


def test_an_ordered_case_that_the_desk_categorises_as_an_accusation_leaves_all_units(
    cast: SimpleNamespace,
) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="against_police", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.state, case.lead_unit, case.visible_to) == ("new", None, [cast.hq.pk])
    assert set(Order.objects.values_list("state", flat=True)) == {"replaced"}
    told = Delivery.objects.filter(number__in=[cast.sho.phone, cast.co.phone])
    assert set(told.values_list("state", flat=True)) == {"failed"}


def test_the_nearest_desk_above_the_accused_gets_it(cast: SimpleNamespace) -> None:
    case = accused(cast, accusation(cast), cast.kotwali)
    assert (case.desk_unit, case.visible_to) == (cast.peshawar, sorted([cast.hq.pk, cast.peshawar.pk]))


def test_with_the_whole_district_accused_headquarters_keeps_it(cast: SimpleNamespace) -> None:
    case = accused(cast, accusation(cast), cast.peshawar)
    assert (case.desk_unit, case.visible_to) == (cast.hq, [cast.hq.pk])


@pytest.mark.usefixtures("headquarters_alone")
def test_a_unit_outside_the_accused_keeps_its_order(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.order(
            case=case, post=post_named(cast.ctd_head), part="support", instruction="", by=by, now=LATER
        )
    accused(cast, case, cast.kotwali)
    assert case.visible_to == sorted([cast.hq.pk, cast.ctd.pk])
    assert Order.objects.get(part="support").state == "issued"


@pytest.mark.usefixtures("headquarters_alone")
def test_an_inquiry_is_ordered_once_the_accused_is_named_and_never_to_the_accused(
    cast: SimpleNamespace,
) -> None:
    case, inquirer = accusation(cast), post_named(cast.sp)

    def order(post: Any) -> None:
        journey.order(case=case, post=post, part="lead", instruction="Inquire", by=by, now=LATER)

    with acting(cast.operator) as by, pytest.raises(Refused):
        order(inquirer)
    accused(cast, case, cast.city)
    with acting(cast.operator) as by:
        for post in (post_named(cast.sho), post_named(cast.co)):
            with pytest.raises(Refused):
                order(post)
        order(inquirer)
    case.refresh_from_db()
    assert case.visible_to == sorted([cast.hq.pk, cast.peshawar.pk])
    with acting(cast.co):
        assert not Case.objects.exists()


@pytest.mark.parametrize(
    "name", ["sho", "co", "sp", "ctd_head", "administrator", "nobody", "operator_mardan"]
)
def test_whoever_may_not_decide_is_refused(cast: SimpleNamespace, name: str) -> None:
    case = theft(cast)
    with acting(getattr(cast, name)) as by:
        with pytest.raises(Refused):
            journey.accuse(case=case, accused_unit=None, by=by, now=LATER)
        with pytest.raises(Refused):
            journey.release(case=case, remark="x", by=by, now=LATER)


def test_released_it_is_a_case_as_any_other(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("The police of Kotwali did not take my stolen motorcycle seriously, corrupt"))
    case = Case.objects.get()
    assert case.withheld == "accusation"
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            journey.release(case=case, remark="  ", by=by, now=LATER)
        journey.release(case=case, remark="Only asks for news", by=by, now=LATER)
        journey.categorise(case=case, category="theft", by=by, now=LATER)
        journey.order_suggested(case=case, by=by, now=LATER)
    case.refresh_from_db()
    assert (case.withheld, case.kind, case.state, case.lead_unit) == (
        "",
        "complaint",
        "forwarded",
        cast.kotwali,
    )
    said = Event.objects.get(case=case, what="released").data
    assert (said["was"], said["remark"]) == ("accusation", "Only asks for news")
    with acting(cast.sho):
        assert Case.objects.get() == case


@pytest.mark.usefixtures("headquarters_alone")
def test_a_unit_that_was_named_wrongly_can_be_ordered_after_the_release(cast: SimpleNamespace) -> None:
    case = accused(cast, theft(cast), cast.kotwali)
    with acting(cast.operator) as by:
        journey.release(case=case, remark="Nobody is accused", by=by, now=LATER)
        journey.order(case=case, post=post_named(cast.sho), part="lead", instruction="", by=by, now=LATER)
    with acting(cast.sho):
        assert Case.objects.get() == case


def test_what_is_not_withheld_cannot_be_released(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.release(case=case, remark="x", by=by, now=LATER)
