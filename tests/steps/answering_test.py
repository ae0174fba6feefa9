"""Officers who answer their orders by button or by words, from their own telephone."""

import csv
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Case, Message, Order, Report
from rabta.channels.contract import Button, numbered
from rabta.channels.registry import BY_KIND
from rabta.force.models import Officer
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.rules import answers as rule
from rabta.tasking import answers
from tests.cast import HOUR, HQ_NUMBER, NOW, Citizen, also_holds, hears, post_named
from tests.steps.stage import happened, lead, theft

LATER = NOW + HOUR


def phone_of(who: Officer) -> Citizen:
    """The officer's own telephone."""
    return Citizen(phone=who.phone.lstrip("+"))


def says(
    cast: SimpleNamespace, who: Officer, text: str, *, at: datetime = LATER, to: str = HQ_NUMBER, **more: Any
) -> str:
    """The officer writes; returns what he is answered."""
    hears(cast, phone_of(who).says(text, **more), at=at, to=to)
    return last_to(who)


def presses(cast: SimpleNamespace, who: Officer, key: str, title: str = "Accept") -> str:
    reply = {"type": "button_reply", "button_reply": {"id": key, "title": title}}
    hears(cast, phone_of(who)._message("interactive", interactive=reply), at=LATER)
    return last_to(who)


def last_to(who: Officer) -> str:
    return Delivery.objects.filter(number=who.phone).latest("id").text


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_an_order_letter_can_be_answered_by_pressing(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    letter = Delivery.objects.filter(number=cast.sho.phone).latest("id")
    assert [button["title"] for button in letter.buttons] == ["Accept", "Done", "Return"]
    assert letter.about == f"order:{order.public_id}"
    informed = Delivery.objects.filter(number=cast.co.phone).latest("id")
    assert (informed.buttons, informed.about) == ([], "")


def test_accept_way_and_done_by_button(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    answer = presses(cast, cast.sho, f"order:{order.public_id}:accept")
    assert answer.startswith(f"{order.case.reference}: accepted.")
    next_buttons = Delivery.objects.filter(number=cast.sho.phone).latest("id").buttons
    assert [button["title"] for button in next_buttons] == ["On my way", "Done", "Return"]
    presses(cast, cast.sho, f"order:{order.public_id}:way", "On my way")
    assert fresh(order).on_the_way_at == LATER
    assert "what was done?" in presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    assert fresh(order).state == "accepted"  # nothing was said yet
    assert "with your superior" in says(cast, cast.sho, "2 Visited, statement taken")
    report = Report.objects.get(order=order)
    assert (report.text, report.outcome, report.officer) == (
        "Visited, statement taken", "action_taken", cast.sho,
    )  # fmt: skip
    assert happened(order.case).count("accepted") == 1
    assert Case.objects.count() == 1, "an answer opens no case"


SAID = [
    ("1", "accepted"), ("१", "accepted"), ("۱", "accepted"), ("Accept", "accepted"), ("qabool hai", "accepted"),
    ("स्वीकार है", "accepted"), ("قبول ہے", "accepted"), ("منظور", "accepted"),
    ("2 done: found the owner", "reported"), ("done found the owner", "reported"), ("2 visited the spot", "reported"),
    ("हो गया, बयान लिया", "reported"), ("ہو گیا، بیان لے لیا", "reported"), ("ho gaya bayan le liya", "reported"),
    ("3 not our area", "returned"), ("वापस, हमारा क्षेत्र नहीं", "returned"), ("واپس، ہمارا علاقہ نہیں", "returned"),
    ("4", "accepted"), ("on the way", "accepted"), ("روانہ ہیں", "accepted"),
]  # fmt: skip


def test_words_of_every_language_mean_the_act() -> None:
    acts = {"accepted": ("accept", "way"), "reported": ("done",), "returned": ("return",)}
    for text, state in SAID:
        found = rule.of_text(text, words=answers.words())
        assert found, text
        assert found.act in acts[state], text
        assert bool(found.words) == (state != "accepted"), text


@pytest.mark.parametrize("text", ["قبول ہے", "2 visited the spot"])
def test_words_do_the_act(cast: SimpleNamespace, text: str) -> None:
    order = lead(theft(cast))
    says(cast, cast.sho, text)
    assert fresh(order).state == dict(SAID)[text]
    assert Case.objects.count() == 1


def test_what_is_news_goes_to_the_desk(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    for text in (
        "3 shops were robbed in Kotwali tonight, theft of motorcycles",
        "1 man is lying on the road at Kotwali",
        "4 men are at the bazaar",
        "Salaam, please call me",
    ):
        says(cast, cast.sho, text)
        assert Message.objects.filter(text=text, direction="in").exists(), text
    assert fresh(order).state == "issued"


def test_nobody_else_can_answer(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    refusal = "This order is not addressed to a post that you hold today. Nothing was done."
    assert presses(cast, cast.sho_rustam, f"order:{order.public_id}:accept") == refusal
    assert presses(cast, cast.sho_rustam, "order:0000000000000000:accept") == refusal
    assert says(cast, cast.sho_rustam, f"1 {order.case.reference}") == refusal
    assert "no open order" in says(cast, cast.sho_rustam, "1")
    stranger = Citizen()
    reply = {"type": "button_reply", "button_reply": {"id": f"order:{order.public_id}:accept", "title": "A"}}
    hears(cast, stranger._message("interactive", interactive=reply), stranger.says("1"), at=LATER)
    assert fresh(order).state == "issued"
    Officer.objects.filter(pk=cast.nobody.pk).update(phone=cast.sho.phone)  # two with one number
    says(cast, cast.sho, "1")
    assert fresh(order).state == "issued"


def test_whoever_lost_the_post_can_answer_no_more(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    cast.sho.postings.update(ends=NOW.date())
    also_holds(cast.sho, post_named(cast.sho_rustam))
    hears(cast, phone_of(cast.sho).says(f"1 {order.case.reference}"), at=LATER + 48 * HOUR)
    assert fresh(order).state == "issued"
    assert "Nothing was done" in last_to(cast.sho)


def test_of_several_orders_one_is_named(cast: SimpleNamespace) -> None:
    first, second = lead(theft(cast)), lead(theft(cast))
    asked = says(cast, cast.sho, "1")
    assert f"1 {first.case.reference}" in asked
    assert f"1 {second.case.reference}" in asked
    assert {fresh(first).state, fresh(second).state} == {"issued"}
    says(cast, cast.sho, f"1 {second.case.reference.lower()}")
    assert (fresh(first).state, fresh(second).state) == ("issued", "accepted")
    says(cast, cast.sho, f"done {second.case.reference} Owner has it back")
    assert Report.objects.get().text == "Owner has it back"


def test_a_quoted_letter_says_which_order_is_meant(cast: SimpleNamespace) -> None:
    first, second = lead(theft(cast)), lead(theft(cast))
    letter = Delivery.objects.get(about=f"order:{first.public_id}")
    digest = receipts.provider_digest(account_id=letter.account_id, provider_id="wamid.ours")
    Delivery.objects.filter(pk=letter.pk).update(provider_digest=digest, state="sent")
    answer = phone_of(cast.sho).says("1", answers="wamid.ours")
    hears(cast, answer, at=LATER, to=letter.account.external_id)
    assert (fresh(first).state, fresh(second).state) == ("accepted", "issued")


def test_what_cannot_be_done_is_said(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    says(cast, cast.sho, "2 done, found it")
    assert "already with the superior" in says(cast, cast.sho, "2 done, found it again")
    assert Report.objects.count() == 1
    presses(cast, cast.sho, f"order:{order.public_id}:return", "Return")
    assert "why do you return it?" in last_to(cast.sho)
    says(cast, cast.sho, "3 not ours after all")
    assert fresh(order).return_reason == "not ours after all"
    assert "no longer open" in presses(cast, cast.sho, f"order:{order.public_id}:accept")


@pytest.fixture
def forgeable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if anybody could write in another's name on WhatsApp, as it is with SMS."""
    monkeypatch.setitem(BY_KIND, "whatsapp", replace(BY_KIND["whatsapp"], forgeable=True))


def test_the_channels_on_which_anybody_can_be_named_as_the_sender_say_so() -> None:
    assert {kind for kind, channel in BY_KIND.items() if channel.forgeable} == {"sms", "kannel", "email"}


@pytest.mark.usefixtures("forgeable")
def test_where_senders_are_forged_nothing_is_done_without_the_code_of_the_order(
    cast: SimpleNamespace,
) -> None:
    order = lead(theft(cast))
    code = answers.code_of(order)
    assert len(code) == 6 and code.isdecimal() and code not in (order.public_id, order.case.reference)
    assert code in last_to(cast.sho), "the letter that gives the order tells it"
    assert code not in last_to(cast.co), "and to nobody else"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for text in (
        "1",
        f"1 {order.case.reference}",
        "2 done, case closed",
        "3 not ours",
        f"1 {wrong}",
        "accept",
    ):
        assert (
            f"nothing was done. If it was you, write: {text[0] if text[0].isdigit() else 1} {code}"
            in says(cast, cast.sho, text)
        ), text
    presses(cast, cast.sho, f"order:{order.public_id}:accept")
    assert fresh(order).state == "issued" and not Report.objects.exists()


@pytest.mark.usefixtures("forgeable")
@pytest.mark.parametrize(
    "text", ["1 {code}", "{code} 1", "1 {reference} {code}.", "۱ {urdu}", "accept {code}"]
)
def test_the_code_says_which_order_and_that_it_is_the_officer(cast: SimpleNamespace, text: str) -> None:
    other, order = lead(theft(cast)), lead(theft(cast))
    code = answers.code_of(order)
    urdu = "".join(chr(ord("۰") + int(digit)) for digit in code)
    answer = says(cast, cast.sho, text.format(code=code, urdu=urdu, reference=order.case.reference))
    assert (fresh(other).state, fresh(order).state) == ("issued", "accepted")
    assert code in answer, "the next answer needs it too"
    says(cast, cast.sho, f"2 {code} Visited, statement taken")
    assert Report.objects.get(order=order).text == "Visited, statement taken"


@pytest.mark.usefixtures("forgeable")
def test_another_orders_code_opens_nothing(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    theirs = answers.code_of(order)
    says(cast, cast.sho_rustam, f"1 {theirs}")
    assert fresh(order).state == "issued"


def test_answers_come_in_the_officers_language(cast: SimpleNamespace) -> None:
    Officer.objects.filter(pk=cast.sho.pk).update(language="ur")
    theft(cast)
    Officer.objects.filter(pk=cast.sho.pk).update(language="en")
    assert says(cast, cast.sho, "1").isascii()


def test_words_after_accepting_are_kept_as_a_note(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    says(cast, cast.sho, "Accepted, Gul Khan goes there")
    assert fresh(order).state == "accepted"
    assert Message.objects.get(direction="note").text == "Gul Khan goes there"


def test_words_after_accepting_that_name_the_police_go_to_the_desk(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    says(cast, cast.sho, "Accepted, ASI Gul goes there")
    assert fresh(order).state == "accepted"
    assert Message.objects.get(text__contains="ASI Gul").case != order.case


def test_numbers_stand_where_nothing_can_be_pressed() -> None:
    buttons = [Button(key="a", title="On my way", number=4), Button(key="b", title="Done", number=2)]
    assert numbered("Text", buttons) == "Text\n4 On my way\n2 Done"
    assert numbered("Text", [Button(key="a", title="Yes")]) == "Text\n1 Yes"


def test_every_word_of_the_table_is_an_act() -> None:
    with answers.SHIPPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = rule.of_text(row["word"], words=answers.words())
            assert found, row
            assert found.act == row["act"], row
            assert not found.words
    assert rule.of_key("order:") is None
    assert rule.of_key("other:abc:accept") is None
    assert rule.of_key("order:abc:explode") is None


ACCUSING = "Manzoor Khan, our munshi, collects bribes from shopkeepers for SHO Kotwali"


@pytest.mark.parametrize(
    "text", [ACCUSING, "2 constables of ours take bribes", "Forward this: DPO takes bribes"]
)
def test_what_may_accuse_is_the_desks_whatever_it_begins_with(cast: SimpleNamespace, text: str) -> None:
    order = lead(theft(cast))
    says(cast, cast.sho, text)
    kept = Message.objects.get(text=text)
    assert kept.case and kept.case != order.case and kept.case.withheld == "accusation"
    assert (fresh(order).state, Report.objects.count()) == ("issued", 0)


def test_what_accuses_beside_an_act_that_names_its_order_is_heard_by_the_desk_alone(
    cast: SimpleNamespace,
) -> None:
    order = lead(theft(cast))
    text = f"1 {order.case.reference} my inspector takes bribes"
    says(cast, cast.sho, text)
    assert fresh(order).state == "accepted"
    kept = Message.objects.get(text__contains="bribes")
    assert (kept.text, kept.direction) == (text, "in") and kept.case != order.case
    report = f"2 {order.case.reference} Inquiry held: the constable took a bribe"
    says(cast, cast.sho, report)
    assert fresh(order).state == "reported", "what was done names its order, whatever it sounds like"
