"""A message comes in: it becomes a case, is acknowledged, and the right posts are ordered. Once."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Conversation, Message, Order
from rabta.cases.reasons import in_words
from rabta.outbox.models import Delivery, Window
from rabta.people.models import Handle
from tests.cast import (
    DAY,
    GULBAHAR,
    HOUR,
    ISLAMABAD,
    KATLANG,
    KOTWALI,
    MINUTE,
    NOW,
    PESHAWAR_NUMBER,
    RUSTAM,
    Citizen,
    deliver,
    hears,
    post_named,
    read,
)  # fmt: skip
from tests.steps.stage import THEFT, counts, happened, phones_told, theft, told

ACKNOWLEDGES = {
    "en": "We have received",
    "ur": "موصول",
    "hi": "मिल गया",
    "ps": "راورسېد",
    "roman": "mil gaya",
}


@pytest.mark.parametrize("language", THEFT)
def test_one_message_becomes_a_case_an_answer_and_an_order(cast: SimpleNamespace, language: str) -> None:
    hears(cast, Citizen().says(THEFT[language]))
    case, conversation = Case.objects.get(), Conversation.objects.get()
    assert (case.category, case.language, conversation.language) == ("theft", language, language)
    assert case.state == "forwarded"
    assert case.lead_unit == cast.kotwali
    (answer,) = told(case)
    assert ACKNOWLEDGES[language] in answer and case.reference in answer
    assert happened(case) == ["opened", "ordered_lead", "ordered_inform"]


def test_the_answer_waits_in_the_outbox_for_the_citizen_and_for_nobody_else(cast: SimpleNamespace) -> None:
    case = theft(cast)
    letter = Message.objects.get(case=case, direction="out").delivery
    assert letter and letter.handle == case.conversation.handle and letter.number == ""
    assert letter.state == "queued" and letter.account == cast.number
    assert letter.template["name"] == "update_v1" and case.reference in letter.template["params"]
    assert letter.visible_to == case.visible_to


def test_the_station_is_ordered_and_the_circle_officer_is_informed_with_the_reason(
    cast: SimpleNamespace,
) -> None:
    case = theft(cast)
    by_part = {order.part: order for order in Order.objects.filter(case=case)}
    assert by_part["lead"].post == post_named(cast.sho) and by_part["inform"].post == post_named(cast.co)
    assert "location that was sent" in in_words(by_part["lead"].why)
    assert in_words(by_part["inform"].why) == "For information, as the superior of Kotwali."
    assert by_part["lead"].due_at == NOW + 10 * DAY and by_part["inform"].due_at is None


def test_officers_get_a_link_and_no_name_of_the_citizen(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    words = phones_told()
    assert set(words) == {cast.sho.phone, cast.co.phone}
    order = Order.objects.get(case=case, part="lead")
    assert f"/o/{order.public_id}" in words[cast.sho.phone] and case.reference in words[cast.sho.phone]
    assert not any(citizen.phone[-7:] in text for text in words.values())


def test_limits_run_from_our_receipt_of_the_first_message(cast: SimpleNamespace) -> None:
    case = theft(cast)
    assert case.opened_at == NOW
    assert (case.reply_due_at, case.contact_due_at, case.report_due_at) == (
        NOW + 4 * HOUR, NOW + DAY, NOW + 10 * DAY,
    )  # fmt: skip
    assert case.replied_at is None  # an automatic answer stops no clock


@pytest.mark.parametrize("many", [2, 5])
def test_the_same_sender_several_times_in_one_batch_has_one_case(cast: SimpleNamespace, many: int) -> None:
    citizen = Citizen()
    hears(cast, *(citizen.says(THEFT["en"]) for _ in range(many)))
    assert (Case.objects.count(), Conversation.objects.count(), Handle.objects.count()) == (1, 1, 1)
    assert Message.objects.filter(direction="in").count() == many
    assert len(told(Case.objects.get())) == 1
    assert Order.objects.count() == 2


def test_cries_for_help_of_one_sender_in_one_batch_are_one_emergency(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, *(citizen.says(f"They are shooting at us, help {n}") for n in range(5)))
    assert Case.objects.values_list("urgency", flat=True).get() == 0
    hears(cast, citizen.says("My motorcycle was stolen"), citizen.says("They are shooting at us again"))
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("My motorcycle was stolen from my house", None),
        ("My motorcycle was stolen from my house, he says bring money first", "retold"),
        ("They are shooting at our house, he says he will kill us", None),
    ],
)
def test_what_tells_of_anothers_words_is_read_by_a_person_first_unless_life_is_in_danger(
    cast: SimpleNamespace, text: str, code: str | None
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(text), citizen.pins(GULBAHAR))
    case = Case.objects.get()
    assert (case.state, case.waiting_why.get("code")) == ("new" if code else "forwarded", code)
    assert case.waiting_why.get("words") == (code and "he says")


def test_a_flood_from_one_number_is_one_line_at_the_desk_one_answer_and_one_order(
    cast: SimpleNamespace,
) -> None:
    citizen = Citizen()
    for n in range(0, 90, 30):
        hears(cast, *(citizen.says(f"{THEFT['en']} {m}") for m in range(n, n + 30)))
    case = Case.objects.get()
    assert case.messages.filter(direction="in").count() == 90  # nothing is dropped
    assert len(told(case)) == 1
    assert [order.part for order in Order.objects.order_by("id")] == ["lead", "inform"]
    assert Delivery.objects.exclude(number="").count() == 2


def test_several_bodies_of_one_sender_read_together_have_one_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    for _ in range(3):
        deliver(cast, citizen.says(THEFT["en"]))
    assert read() == 3
    assert Case.objects.count() == 1


def test_a_photo_then_words_then_a_pin_are_one_case_ordered_at_the_pin(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.photographs())
    case = Case.objects.get()
    assert (case.category, case.state, case.waiting_why["code"]) == ("", "new", "no_category")
    hears(cast, citizen.says("My motorcycle was stolen"), at=NOW + MINUTE)
    case.refresh_from_db()
    assert (case.category, case.state, case.waiting_why["code"]) == ("theft", "new", "no_place")
    assert not Order.objects.exists()
    hears(cast, citizen.pins(GULBAHAR), at=NOW + 2 * MINUTE)
    case.refresh_from_db()
    assert (Case.objects.count(), case.state, case.lead_unit) == (1, "forwarded", cast.gulbahar)
    assert set(phones_told()) == {cast.sho_gulbahar.phone, cast.co.phone}
    assert case.subject == "My motorcycle was stolen"
    assert Message.objects.filter(case=case, visible_to=case.visible_to).count() == Message.objects.count()


def test_a_replay_has_no_second_effect(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(THEFT["en"])
    deliver(cast, message)
    deliver(cast, message)
    read()
    before = counts()
    deliver(cast, message, at=NOW + HOUR)
    read(at=NOW + HOUR)
    assert counts() == before
    assert before[0] == 1


def test_two_citizens_have_two_cases_with_different_references(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(THEFT["en"]), Citizen().says(THEFT["ur"]))
    references = set(Case.objects.values_list("reference", flat=True))
    assert len(references) == 2 and all(each.startswith("PRY-") for each in references)


def test_one_citizen_on_two_numbers_has_two_conversations(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(THEFT["en"]))
    hears(cast, citizen.says(THEFT["en"]), to=PESHAWAR_NUMBER)
    assert (Handle.objects.count(), Conversation.objects.count(), Case.objects.count()) == (1, 2, 2)
    desks = Case.objects.order_by("id").values_list("desk_unit__code", flat=True)
    assert list(desks) == ["hq", "peshawar"]


def test_a_matter_without_a_place_waits_and_the_citizen_is_asked_where(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("My motorcycle was stolen"))
    case = Case.objects.get()
    assert (case.state, case.waiting_why["code"]) == ("new", "no_place")
    assert "tell us where" in told(case)[0]
    assert case.visible_to == [cast.hq.pk]


def test_a_point_outside_the_force_waits(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen"), citizen.pins(ISLAMABAD))
    assert Case.objects.get().waiting_why == {"code": "outside"}


def test_a_vacant_station_s_order_goes_to_the_linked_post(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen"), citizen.pins(KATLANG))
    order = Order.objects.get(part="lead")
    assert order.post == post_named(cast.sho_rustam)
    assert order.why["code"] == "vacant_linked" and "Katlang" in in_words(order.why)
    assert cast.sho_rustam.phone in phones_told()


def test_a_post_of_two_holders_tells_both(cast: SimpleNamespace) -> None:
    from tests.cast import also_holds

    also_holds(cast.sho_gulbahar, post_named(cast.sho))
    theft(cast)
    assert set(phones_told()) == {cast.sho.phone, cast.sho_gulbahar.phone, cast.co.phone}


def test_an_officer_s_own_number_waits_at_the_desk(cast: SimpleNamespace) -> None:
    officer = Citizen(phone=cast.sho_rustam.phone.lstrip("+"))
    hears(cast, officer.says("My motorcycle was stolen"), officer.pins(RUSTAM))
    case = Case.objects.get()
    assert (case.state, case.waiting_why["code"]) == ("new", "from_officer")
    assert not Order.objects.exists()


def test_a_greeting_opens_no_case_and_is_answered_once_a_day(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("Good morning"))
    hears(cast, citizen.says("Good night"), at=NOW + 12 * HOUR)
    assert not Case.objects.exists()
    assert Message.objects.filter(direction="in", noise="greeting", case=None).count() == 2
    assert Delivery.objects.count() == 1
    hears(cast, citizen.says("Good morning"), at=NOW + DAY)
    assert Delivery.objects.count() == 2


def test_greetings_of_one_sender_in_one_batch_are_answered_once(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, *(citizen.says("Good morning") for _ in range(5)))
    assert Delivery.objects.count() == 1


def test_a_greeting_in_an_open_case_stands_in_it_and_changes_nothing(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("Good morning"), at=NOW + HOUR)
    assert Message.objects.get(noise="greeting").case == case
    assert Case.objects.count() == 1


def test_a_photo_with_a_greeting_is_no_noise(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().photographs("Good morning"))
    assert Case.objects.count() == 1


def test_a_later_word_is_confirmed_only_when_the_talk_had_paused(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("It is red"), at=NOW + 5 * MINUTE)
    assert len(told(case)) == 1
    hears(cast, citizen.says("Its number is 1234"), at=NOW + 5 * HOUR)
    assert "added this" in told(case)[1]
    assert happened(case)[-1] == "message_in"


def test_another_matter_after_a_pause_opens_its_own_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says("There is a traffic jam near Kotwali"), at=NOW + 3 * HOUR)
    assert list(Case.objects.order_by("id").values_list("category", flat=True)) == ["theft", "traffic"]


def test_another_matter_in_the_same_talk_joins_and_is_offered(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("There is also a traffic jam near Kotwali"), at=NOW + 10 * MINUTE)
    case.refresh_from_db()
    assert Case.objects.count() == 1 and case.split_offered_at == NOW + 10 * MINUTE


def test_after_a_case_is_closed_the_next_message_opens_another(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="advice", closed_at=NOW)
    hears(cast, citizen.says("My purse was stolen"), at=NOW + HOUR)
    assert Case.objects.count() == 2


def test_the_window_for_free_text_opens_with_each_word(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says("It is red"), at=NOW + HOUR)
    assert Window.objects.get().last_in_at == NOW + HOUR


def test_the_citizen_s_number_is_nowhere_in_plain(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    rows = [
        *Handle.objects.values(),
        *Message.objects.values(),
        *Case.objects.values(),
        *Delivery.objects.values(),
    ]
    assert case.conversation.handle.digest
    assert not any(citizen.phone in repr(row) for row in rows)


def test_a_place_named_in_words_is_shown_on_the_map(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(THEFT["en"]))
    case = Case.objects.get()
    assert (case.place, (case.lat, case.lng), case.place_source) == ("Kotwali", KOTWALI, "text")


@pytest.mark.parametrize("language", THEFT)
def test_words_followed_by_a_pin_are_answered_in_the_language_of_the_words(
    cast: SimpleNamespace, language: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(THEFT[language]), citizen.pins(KOTWALI), citizen.photographs())
    case = Case.objects.get()
    assert case.language == language and ACKNOWLEDGES[language] in told(case)[0]


def test_a_plain_emergency_is_told_the_number_and_ordered_where_it_burns(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("fire in my house in Kotwali, help"))
    case = Case.objects.get()
    assert (case.category, case.urgency, (case.lat, case.lng)) == ("life_in_danger", 0, KOTWALI)
    assert "Call 15 now" in told(case)[0]
    assert case.state == "forwarded"
