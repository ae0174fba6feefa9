"""Officers answer instructions from their own telephone: by button, by a number; a code where senders are forged."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Case, Message, Order
from rabta.groups.models import Hop
from rabta.journey.groups.directions import telling
from rabta.journey.orders import answering
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from tests.cast import HOUR, NOW, hears, post_named
from tests.groups import stage
from tests.groups.relay_stage import given, hop
from tests.steps.answering_test import last_to, phone_of, presses
from tests.steps.stage import theft

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: SimpleNamespace) -> SimpleNamespace:
    cast.groups = stage.groups(cast)
    cast.direction = given(cast)
    cast.hop = hop(cast.direction, cast.groups.district)
    return cast


def says(cast: SimpleNamespace, text: str, **more: Any) -> str:
    hears(cast, phone_of(cast.sp).says(text, **more), at=NOW + HOUR)
    return last_to(cast.sp)


def fresh(cast: SimpleNamespace) -> Hop:
    return hop(cast.direction, cast.groups.district)


def test_the_buttons_receive_and_pass_on(told: SimpleNamespace) -> None:
    receive, onward = (
        button["key"] for button in Delivery.objects.filter(number=told.sp.phone).latest("pk").buttons
    )
    assert "received" in presses(told, told.sp, receive)
    assert (fresh(told).state, fresh(told).received_by) == ("received", told.sp)
    assert "passed on" in presses(told, told.sp, onward)
    assert (fresh(told).state, fresh(told).addition) == ("passed", "")
    assert "passed this on at" in presses(told, told.sp, onward)
    assert not Case.objects.exists()


def test_the_letter_is_quoted_with_words_of_ones_own(told: SimpleNamespace) -> None:
    letter = Delivery.objects.filter(number=told.sp.phone).latest("pk")
    letter.provider_digest = receipts.provider_digest(
        account_id=letter.account_id, provider_id="wamid.letter"
    )
    letter.save()
    says(told, "5 Begin at the railway station", answers="wamid.letter")
    assert fresh(told).addition == "Begin at the railway station"


def test_a_bare_number_is_enough_where_one_instruction_waits_and_no_order(told: SimpleNamespace) -> None:
    says(told, "1")
    assert fresh(told).received_by == told.sp


def test_of_several_the_officer_is_asked_which(told: SimpleNamespace) -> None:
    given(told, title="Second")
    answer = says(told, "1")
    assert "Several instructions" in answer and "Second" in answer and "/groups/hops/" in answer
    assert fresh(told).received_by is None


def test_where_an_order_is_open_a_bare_number_is_about_the_order(told: SimpleNamespace) -> None:
    theft(told)
    station = given(told, group=told.groups.circle, by="co")
    hears(told, phone_of(told.sho).says("1"), at=NOW + HOUR)
    assert hop(station, told.groups.station).received_by is None
    assert "accepted" in last_to(told.sho)
    # The order is accepted: now the instruction is meant.
    hears(told, phone_of(told.sho).says("1"), at=NOW + HOUR)
    assert hop(station, told.groups.station).received_by == told.sho


@pytest.mark.parametrize("facts", [{"part": "inform"}, {"case__state": "closed"}])
def test_what_is_only_for_information_or_closed_does_not_stand_before_an_instruction(
    told: SimpleNamespace, facts: dict[str, str]
) -> None:
    theft(told)
    orders = Order.objects.filter(post=post_named(told.sho))
    if "part" in facts:
        orders.update(part="inform")
    else:
        Case.objects.filter(orders__in=orders).update(state="closed", outcome="action_taken", closed_at=NOW)
    station = given(told, group=told.groups.station, by="co")
    (letter,) = Delivery.objects.filter(number=told.sho.phone, about__startswith="hop:")
    assert "جواب میں 1" in letter.text or "answer 1" in letter.text
    hears(told, phone_of(told.sho).says("1"), at=NOW + HOUR)
    assert hop(station, told.groups.station).received_by == told.sho


def test_the_button_of_an_instruction_is_not_about_an_order(told: SimpleNamespace) -> None:
    theft(told)
    station = given(told, group=told.groups.circle, by="co")
    found = hop(station, told.groups.station)
    assert "received" in presses(told, told.sho, telling.key(found, telling.Act.ACCEPT))


def test_somebody_elses_instruction_is_not_received(told: SimpleNamespace) -> None:
    key = telling.key(told.hop, telling.Act.ACCEPT)
    assert presses(told, told.co, key)
    assert fresh(told).received_by is None


def test_where_senders_are_forged_nothing_is_done_without_the_code(
    told: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "forgeable", lambda _one: True)
    code = telling.code_of(told.hop)
    answer = says(told, "1")
    assert "nothing was done" in answer and code in answer
    assert fresh(told).received_by is None
    says(told, f"1 {code}")
    assert fresh(told).received_by == told.sp


def test_what_is_news_becomes_a_case_and_no_answer(told: SimpleNamespace) -> None:
    says(told, "1 person was robbed in Gulbahar bazaar")
    assert fresh(told).received_by is None
    assert Case.objects.exists()


@pytest.mark.parametrize(
    ("text", "cases"), [("1 Understood", 0), ("1 Firing is going on here, two are shot", 1)]
)
def test_a_cry_behind_the_number_is_heard_as_well(told: SimpleNamespace, text: str, cases: int) -> None:
    letter = Delivery.objects.filter(number=told.sp.phone).latest("pk")
    digest = receipts.provider_digest(account_id=letter.account_id, provider_id="wamid.letter")
    Delivery.objects.filter(pk=letter.pk).update(provider_digest=digest)
    number = letter.account.external_id
    hears(told, phone_of(told.sp).says(text, answers="wamid.letter"), at=NOW + HOUR, to=number)
    assert fresh(told).received_by == told.sp
    assert list(Case.objects.values_list("urgency", flat=True)) == [0] * cases


def test_an_accusation_that_begins_with_an_act_is_passed_on_to_nobody(told: SimpleNamespace) -> None:
    says(told, "Forward this: our DPO takes bribes")
    assert fresh(told).state == "told" and Message.objects.get(direction="in").case
    says(told, "5 All SHOs begin at the railway station")
    assert fresh(told).addition == "All SHOs begin at the railway station"
