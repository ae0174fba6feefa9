"""An order along the chain of command: each post receives it by name and passes it on, and the case follows."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Officer, Posting
from rabta.journey import Choice
from rabta.journey.orders import chain
from rabta.outbox.models import Delivery
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, hears, post_named
from tests.steps.stage import happened, phones_told, theft

LATER = NOW + HOUR


@pytest.fixture
def sent(cast: SimpleNamespace) -> Order:
    """The chief's desk sends it along: district, circle, station."""
    return along(cast, waiting(cast))


def waiting(cast: SimpleNamespace) -> Case:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen last night"))
    return Case.objects.get(conversation__handle__person__handles__isnull=False, state="new")


def along(cast: SimpleNamespace, case: Case) -> Order:
    choice = Choice(
        post=post_named(cast.sho), part="lead", instruction="Find it", proof=True, proof_words="It"
    )
    with acting(cast.operator) as by:
        (made,) = journey.order_several(case=case, choices=[choice], along=True, by=by, now=NOW)
    return made


def open_lead(case: Case) -> Order:
    return case.orders.select_related("post", "goal", "parent").get(
        part="lead", state__in=["issued", "accepted", "reported"]
    )


def test_each_post_gets_it_in_turn_and_the_last_one_acts(cast: SimpleNamespace, sent: Order) -> None:
    case = sent.case
    assert (sent.post, sent.goal) == (post_named(cast.sp), post_named(cast.sho))
    assert phones_told().get(cast.sp.phone) and not phones_told().get(cast.sho.phone)
    with acting(cast.sp) as by:
        second = journey.pass_on(order=sent, words="At once, please", by=by, now=LATER)
    assert (second.post, second.parent, second.instruction) == (post_named(cast.co), sent, "Find it")
    with acting(cast.co) as by:
        last = journey.pass_on(order=second, by=by, now=LATER + HOUR)
    assert (last.post, last.goal, last.parent) == (post_named(cast.sho), None, second)
    assert (last.proof, last.proof_words, last.due_at) == (True, "It", case.report_due_at)
    sent.refresh_from_db()
    assert (sent.state, sent.accepted_by, sent.accepted_at) == ("passed", cast.sp, LATER)
    assert sent.added_words == "At once, please"
    assert [word for word in happened(case) if word in ("sent_along", "received", "passed_down")] == [
        "sent_along", "received", "passed_down", "sent_along", "received", "passed_down",
    ]  # fmt: skip
    assert open_lead(case) == last
    case.refresh_from_db()
    assert (case.state, case.lead_unit) == ("forwarded", cast.kotwali)


def test_receiving_it_by_name_is_not_yet_acting_on_it(cast: SimpleNamespace, sent: Order) -> None:
    with acting(cast.sp) as by:
        journey.accept(order=sent, by=by, now=LATER)
        for act in (
            lambda: journey.on_the_way(order=sent, by=by, now=LATER),
            lambda: journey.report(order=sent, text="Done", outcome="action_taken", by=by, now=LATER),
        ):
            with pytest.raises(Refused, match="on its way"):
                act()
    sent.refresh_from_db()
    assert (sent.state, sent.accepted_by) == ("accepted", cast.sp)
    assert Case.objects.get(pk=sent.case_id).state == "forwarded"


def test_a_hop_has_its_own_limit_and_an_urgent_one_fifteen_minutes(cast: SimpleNamespace) -> None:
    usual = along(cast, waiting(cast))
    assert NOW < usual.due_at <= NOW + 4 * 24 * HOUR
    Case.objects.filter(pk=usual.case_id).update(urgency=1)
    with acting(cast.sp) as by:
        urgent = journey.pass_on(order=usual, by=by, now=LATER)
    assert urgent.due_at == LATER + 15 * MINUTE


def test_each_hop_sees_the_case_from_then_on_and_none_before(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    sent = along(cast, case)
    with acting(cast.co) as by:
        assert not Case.objects.filter(by.visible(), pk=case.pk).exists()
    with acting(cast.sp) as by:
        journey.pass_on(order=sent, by=by, now=LATER)
    for who, sees in ((cast.sp, True), (cast.co, True), (cast.sho, False), (cast.sp_mardan, False)):
        with acting(who) as by:
            assert Case.objects.filter(by.visible(), pk=case.pk).exists() == sees, who


def test_only_the_holder_passes_it_on_and_only_once(cast: SimpleNamespace, sent: Order) -> None:
    with acting(cast.igp) as by, pytest.raises(Refused):
        journey.pass_on(order=sent, by=by, now=LATER)
    with acting(cast.sp) as by:
        journey.pass_on(order=sent, by=by, now=LATER)
        with pytest.raises(Refused, match="no longer open"):
            journey.pass_on(order=sent, by=by, now=LATER)


def test_a_superior_jumps_down_and_whom_he_passed_over_is_told(cast: SimpleNamespace, sent: Order) -> None:
    with acting(cast.igp) as by:
        made = journey.jump(order=sent, by=by, now=LATER)
    sent.refresh_from_db()
    assert (made.post, made.goal, made.parent, sent.state) == (post_named(cast.sho), None, sent, "replaced")
    ended = Delivery.objects.filter(template__name="order_ended_v1")
    assert [delivery.visible_to for delivery in ended] == [made.visible_to]


def test_a_vacant_post_is_left_out_and_its_linked_one_passes_it_on(cast: SimpleNamespace) -> None:
    Posting.objects.filter(officer=cast.sp).delete()
    sent = along(cast, waiting(cast))
    assert sent.post == post_named(cast.co)


def test_what_is_kept_from_somebody_goes_straight(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.gulbahar, by=by, now=NOW)
        choice = Choice(post=post_named(cast.ctd_head), part="lead")
        with pytest.raises(Refused, match="straight"):
            journey.order_several(case=case, choices=[choice], along=True, by=by, now=NOW)


def test_a_case_that_is_withheld_meanwhile_is_not_passed_through_the_accused(
    cast: SimpleNamespace, sent: Order
) -> None:
    with acting(cast.desk_head) as by:
        journey.accuse(case=sent.case, accused_unit=cast.city, by=by, now=LATER)
    with acting(cast.sp) as by, pytest.raises(Refused, match="accused"):
        journey.pass_on(order=sent, by=by, now=LATER)
    assert open_lead(sent.case) == sent
    with acting(cast.co) as by:
        assert not Order.objects.filter(case=sent.case_id).exists()


def test_who_is_next_is_told_before(cast: SimpleNamespace, sent: Order) -> None:
    from rabta.force import directory

    found = directory.current(now=NOW)
    assert chain.next_post(sent, directory=found) == post_named(cast.co)


def writes(cast: SimpleNamespace, who: Officer, text: str) -> str:
    """The officer answers on WhatsApp from his own number, and what comes back."""
    hears(cast, Citizen(phone=who.phone.lstrip("+")).says(text), at=LATER)
    return phones_told()[who.phone]


def test_it_is_received_and_passed_on_by_answering_the_letter(cast: SimpleNamespace, sent: Order) -> None:
    reference = sent.case.reference
    assert "5" in writes(cast, cast.sp, f"1 {reference}")
    assert "passed on" in writes(cast, cast.sp, f"5 {reference} Today please")
    sent.refresh_from_db()
    assert (sent.state, sent.added_words) == ("passed", "Today please")
    assert open_lead(sent.case).post == post_named(cast.co)


def test_done_is_no_answer_to_what_is_to_be_passed_on(cast: SimpleNamespace, sent: Order) -> None:
    assert "Pass it on" in writes(cast, cast.sp, f"2 {sent.case.reference} done")
    assert open_lead(sent.case) == sent


def test_whoever_passes_an_accusation_on_sees_it_no_more_and_the_next_is_told(
    cast: SimpleNamespace, sent: Order
) -> None:
    with acting(cast.desk_head) as by:
        journey.accuse(case=sent.case, accused_unit=cast.cyber, by=by, now=LATER)
    with acting(cast.sp) as by:
        made = journey.pass_on(order=sent, by=by, now=LATER)
        assert not Order.objects.filter(case=sent.case).exists()
    letter = Delivery.objects.get(pk=made.letters[0])
    assert letter.number == cast.co.phone and cast.peshawar.pk not in letter.visible_to
