"""A surge: many write about one matter, and it is one line, one order and one answer; nobody is lost in it."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.refusal import Refused
from rabta.cases.related import Likeness
from rabta.journey import parts
from rabta.journey.matters import merging
from rabta.journey.orders import officer
from rabta.web.desk import queries
from rabta.web.desk.queues import BY_CODE
from tests.cast import KOTWALI, MINUTE, NOW, Citizen, acting, hears, post_named
from tests.steps.stage import happened, lead, told

JAM = (
    "There is a huge traffic jam at Kotwali chowk, ambulances cannot pass, please send somebody there at once"
)
LATER = NOW + 30 * MINUTE


def surge(cast: SimpleNamespace, people: int, *, at_once: bool = False, words: str = JAM) -> list[Case]:
    """So many people write nearly the same; the cases in order."""
    said = [Citizen().says(f"{words}!") for _ in range(people)]
    if at_once:
        hears(cast, *said)
    else:
        for n, one in enumerate(said):
            hears(cast, one, at=NOW + n * MINUTE)
    return list(Case.objects.order_by("id"))


def lines(cast: SimpleNamespace) -> list[Case]:
    """What the operator's list of open cases shows."""
    with acting(cast.operator) as by:
        return list(queries.cases(by).filter(BY_CODE["open"].holds(by)))


@pytest.mark.parametrize("at_once", [True, False])
def test_from_the_third_on_all_are_gathered_under_the_first(cast: SimpleNamespace, at_once: bool) -> None:
    first, second, *others = surge(cast, 6, at_once=at_once)
    assert {case.part_of for case in (second, *others)} == {first}
    assert first.part_of is None
    assert lines(cast) == [first]
    assert (
        "gathers" in happened(first) and "gathered" in happened(others[0]) and "gathered" in happened(second)
    )
    assert set(Likeness.objects.values_list("case_id", flat=True)) == {first.pk}


def test_two_of_a_kind_stand_by_themselves(cast: SimpleNamespace) -> None:
    first, second = surge(cast, 2)
    assert set(lines(cast)) == {first, second} and lead(second).post == post_named(cast.sho)


def test_the_second_that_waited_keeps_its_teller_and_its_orders_end(cast: SimpleNamespace) -> None:
    first, second = surge(cast, 2)
    assert {order.state for order in Order.objects.filter(case=second)} == {"issued"}
    hears(cast, Citizen().says(JAM), at=NOW + 3 * MINUTE)
    second.refresh_from_db()
    assert (second.part_of, second.state, second.lead_unit, second.waiting_why) == (first, "new", None, {})
    assert {order.state for order in Order.objects.filter(case=second)} == {"replaced"}
    assert {order.state for order in Order.objects.filter(case=first)} == {"issued"}
    with acting(cast.sho):
        assert Message.objects.filter(case=second, direction="in").count() == 1
    with acting(cast.operator) as by:
        assert parts.reply_to_all(case=first, text="Somebody is there.", by=by, now=LATER) == 3
    assert second.reference in told(second)[-1] and "Somebody is there." in told(second)[-1]


def test_the_second_stays_where_somebody_works_on_it_or_the_first_is_ordered_to_somebody_else(
    cast: SimpleNamespace,
) -> None:
    first, second = surge(cast, 2)
    with acting(cast.sho) as by:
        officer.accept(order=lead(second), by=by, now=NOW + 2 * MINUTE)
    hears(cast, *(Citizen().says(JAM) for _ in range(2)), at=NOW + 3 * MINUTE)
    second.refresh_from_db()
    assert (second.part_of, lead(second).state) == (None, "accepted")
    assert set(lines(cast)) == {first, second}


def test_the_second_stays_where_the_first_has_no_order_for_its_station(cast: SimpleNamespace) -> None:
    first, second = surge(cast, 2)
    Order.objects.filter(case=first).update(state="withdrawn", finished_at=NOW)
    hears(cast, Citizen().says(JAM), at=NOW + 3 * MINUTE)
    second.refresh_from_db()
    assert (second.part_of, lead(second).state) == (None, "issued")
    assert Case.objects.latest("id").part_of == first


def test_the_second_stays_while_its_teller_writes_in_the_same_batch(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(JAM))
    citizen = Citizen()
    hears(cast, citizen.says(JAM), at=NOW + MINUTE)
    second = Case.objects.latest("id")
    hears(cast, citizen.says("Please come"), Citizen().says(JAM), at=NOW + 2 * MINUTE)
    second.refresh_from_db()
    assert second.part_of is None and lead(second).state == "issued"


def test_what_the_desk_took_out_is_not_taken_along_again(cast: SimpleNamespace) -> None:
    _first, second, third = surge(cast, 3)
    with acting(cast.operator) as by:
        merging.take_out(case=second, by=by, now=LATER)
        merging.take_out(case=third, by=by, now=LATER)
    hears(cast, *(Citizen().says(JAM) for _ in range(3)), at=NOW + 5 * MINUTE)
    second.refresh_from_db()
    assert second.part_of is None and second in lines(cast)


def test_everybody_is_acknowledged_under_a_number_of_his_own_and_the_station_is_ordered_once(
    cast: SimpleNamespace,
) -> None:
    first, *others = surge(cast, 5, at_once=True)
    assert len({case.reference for case in (first, *others)}) == 5
    assert all(case.reference in told(case)[0] for case in others)
    assert not Order.objects.filter(case__in=others).exists()
    assert lead(first).post == post_named(cast.sho)
    with acting(cast.sho):  # one order, with what all of them said
        assert Message.objects.filter(case__in=others, direction="in").count() == 4


def test_danger_to_life_always_has_a_line_of_its_own(cast: SimpleNamespace) -> None:
    words = "They are shooting with guns at people near Kotwali right now, somebody will be killed, help us"
    cases = surge(cast, 5, at_once=True, words=words)
    assert {case.urgency for case in cases} == {0} and not any(case.part_of for case in cases)
    assert len(lines(cast)) == 5


def test_a_gathered_case_that_turns_out_to_be_danger_shows_again(cast: SimpleNamespace) -> None:
    *_, last = surge(cast, 4, at_once=True)
    with acting(cast.operator) as by:
        journey.categorise(case=last, category="life_in_danger", by=by, now=LATER)
    assert last in lines(cast)


def test_one_answer_and_one_end_for_all(cast: SimpleNamespace) -> None:
    first, *others = surge(cast, 5, at_once=True)
    Case.objects.filter(pk=others[0].pk).update(language="ur")
    with acting(cast.operator) as by:
        assert parts.reply_to_all(case=first, text="Somebody is there.", by=by, now=LATER) == 5
    for case in (first, *others):
        assert case.reference in told(case)[-1] and "Somebody is there." in told(case)[-1]
    assert told(others[0])[-1] != told(others[1])[-1].replace(others[1].reference, others[0].reference)
    Order.objects.filter(case=first).update(state="verified", finished_at=LATER)
    with acting(cast.operator) as by:
        journey.close_with_advice(case=first, remark="The road is free.", by=by, now=LATER)
    for case in others:
        case.refresh_from_db()
        assert (case.state, case.outcome, case.part_of) == ("closed", "duplicate", first)
        assert "The road is free." in told(case)[-1] and case.reference in told(case)[-1]


def test_who_said_that_it_is_not_safe_is_not_written_to(cast: SimpleNamespace) -> None:
    first, *others = surge(cast, 5, at_once=True)
    Case.objects.filter(pk=others[0].pk).update(safe="no")
    before = len(told(others[0]))
    with acting(cast.operator) as by:
        assert parts.reply_to_all(case=first, text="Somebody is there.", by=by, now=LATER) == 4
    assert len(told(others[0])) == before


def test_a_case_is_taken_out_of_the_incident_and_stands_by_itself(cast: SimpleNamespace) -> None:
    first, *_, last = surge(cast, 4, at_once=True)
    with acting(cast.operator) as by:
        merging.take_out(case=last, by=by, now=LATER)
        with pytest.raises(Refused):
            merging.take_out(case=Case.objects.get(pk=last.pk), by=by, now=LATER)
    last.refresh_from_db()
    assert (last.part_of, last.state, last.waiting_why) == (None, "new", {"code": "taken_out"})
    assert last in lines(cast)
    with acting(cast.sho):
        assert not Message.objects.filter(case=last).exists()
    with acting(cast.operator) as by:
        assert journey.order_suggested(case=last, by=by, now=LATER)
    assert lead(last).post == post_named(cast.sho) and happened(first).count("taken_out") == 1


def test_a_later_word_of_a_gathered_teller_orders_nobody_again(cast: SimpleNamespace) -> None:
    hears(cast, *[Citizen().says(JAM) for _ in range(2)])
    citizen = Citizen()
    hears(cast, citizen.says(JAM), at=NOW + MINUTE)
    hears(cast, citizen.pins(KOTWALI), at=NOW + 2 * MINUTE)
    last = Case.objects.latest("id")
    assert last.part_of and not Order.objects.filter(case=last).exists()
    assert "part_in" in happened(last.part_of)


def test_a_reading_that_is_repeated_gathers_nothing_twice(cast: SimpleNamespace) -> None:
    said = [Citizen().says(JAM) for _ in range(4)]
    hears(cast, *said)
    hears(cast, *said)
    assert Case.objects.count() == 4 and Case.objects.exclude(part_of=None).count() == 3


def test_an_accusation_in_the_same_words_is_never_gathered(cast: SimpleNamespace) -> None:
    words = "The SHO of Kotwali asked me for a bribe to register my FIR yesterday evening at the gate"
    cases = surge(cast, 4, at_once=True, words=words)
    assert not any(case.part_of for case in cases)
