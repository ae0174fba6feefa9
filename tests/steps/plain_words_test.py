"""What officers say in plain words about their orders, from their own telephone: the report, a note, or told how."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Evidence, Message, Order, Report
from rabta.outbox.models import Delivery
from rabta.tasking import answers
from tests.cast import HOUR, HQ_NUMBER, MINUTE, PESHAWAR_NUMBER, Citizen, hears
from tests.steps import answering_test, photos_test
from tests.steps.answering_test import LATER, fresh, last_to, phone_of, presses, says
from tests.steps.photos_test import photo, provider, quotable, run
from tests.steps.stage import lead, theft

WORDS = "Boy found, handed to father"
TOLD_HOW = "Your message is with the desk as one of your own."
__all__ = ["forgeable", "provider"]
forgeable = answering_test.forgeable


def ordered(cast: SimpleNamespace) -> Order:
    return lead(theft(cast, Citizen()))


def accepted(cast: SimpleNamespace) -> Order:
    order = ordered(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:accept")
    return fresh(order)


def letter_of(order: Order) -> str:
    """The provider's id of the letter that gave the order."""
    first = Delivery.objects.filter(about=f"order:{order.public_id}").earliest("id")
    return photos_test.name_of(first)


def reports(order: Order) -> list[str]:
    return list(Report.objects.filter(order=order).values_list("text", flat=True))


@pytest.mark.parametrize("quotes", ["the order", "what was answered to Accept"])
def test_plain_words_that_quote_a_letter_of_an_accepted_order_are_the_report(
    cast: SimpleNamespace, quotes: str
) -> None:
    order, other = accepted(cast), ordered(cast)
    rows = Delivery.objects.filter(about=f"order:{order.public_id}").order_by("id")
    quoted = rows.first() if quotes == "the order" else rows.last()
    assert quoted
    to = quoted.account.external_id
    answer = says(cast, cast.sho, WORDS, answers=photos_test.name_of(quoted), to=to)
    assert answer.startswith(f"{order.case.reference}: your report is with your superior.")
    assert reports(order) == [WORDS] and fresh(other).state == "issued"
    assert Case.objects.count() == 2, "no case of the officer's own"


def test_plain_words_with_the_number_of_the_case_are_about_its_order(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    ordered(cast)
    says(cast, cast.sho, f"{order.case.reference} {WORDS}")
    assert reports(order) == [f"{order.case.reference} {WORDS}"]
    stranger = theft(cast, phone_of(cast.sho_rustam))
    hears(cast, phone_of(cast.sho_rustam).says(f"{stranger.reference} it was a red one"), at=LATER)
    assert Message.objects.get(text=f"{stranger.reference} it was a red one").case == stranger


def test_about_an_order_that_is_not_accepted_they_are_a_note(cast: SimpleNamespace) -> None:
    order = ordered(cast)
    answer = says(cast, cast.sho, "Send me the owner's name", answers=letter_of(order), to=PESHAWAR_NUMBER)
    assert answer.startswith(f"{order.case.reference}: your words are noted on the case.")
    note = Message.objects.get(direction="note")
    assert (note.text, note.case, note.author) == ("Send me the owner's name", order.case, cast.sho)
    assert (fresh(order).state, Case.objects.count(), reports(order)) == ("issued", 1, [])


def test_after_the_report_they_are_a_note(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    says(cast, cast.sho, f"2 {WORDS}")
    says(cast, cast.sho, "The father thanks us", answers=quotable(cast.sho))
    assert reports(order) == [WORDS]
    assert Message.objects.get(direction="note").text == "The father thanks us"


def test_the_question_what_was_done_counts_for_a_while_without_being_quoted(cast: SimpleNamespace) -> None:
    order, other = accepted(cast), accepted(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    says(cast, cast.sho, "3 men arrested, the motorcycle is back", at=LATER + 29 * MINUTE)
    assert reports(order) == ["3 men arrested, the motorcycle is back"]
    assert (fresh(other).state, Case.objects.count()) == ("accepted", 2)


def test_two_and_the_words_answer_the_question_that_was_asked_last(cast: SimpleNamespace) -> None:
    order, other = accepted(cast), accepted(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    says(cast, cast.sho, "2 found the stolen motorcycle")
    assert (reports(order), reports(other)) == (["found the stolen motorcycle"], [])


@pytest.mark.parametrize("why", ["half an hour is over", "another order came"])
def test_later_or_after_another_order_it_must_be_quoted(cast: SimpleNamespace, why: str) -> None:
    order = accepted(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    at = LATER + HOUR
    if why == "another order came":
        hears(cast, Citizen().says("My motorcycle was stolen near Kotwali"), at=LATER + MINUTE)
        at = LATER + 2 * MINUTE
    answer = says(cast, cast.sho, WORDS, at=at)
    assert TOLD_HOW in answer and f"2 {order.case.reference}" in answer
    assert reports(order) == []


def test_words_that_fit_nothing_stay_with_the_desk_and_he_is_told_how_once(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    letters = Delivery.objects.filter(number=cast.sho.phone, text__startswith=TOLD_HOW)
    answer = says(cast, cast.sho, WORDS)
    assert Message.objects.get(text=WORDS, direction="in").case != order.case
    assert answer.startswith(TOLD_HOW) and answer.endswith(f"2 {order.case.reference}")
    assert [b["title"] for b in letters.get().buttons] == ["Done"]
    says(cast, cast.sho, "Nobody else was there", at=LATER + MINUTE)
    assert letters.count() == 1
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    says(cast, cast.sho, WORDS, at=LATER + MINUTE)
    assert reports(order) == [WORDS]


def test_who_quotes_an_answer_of_ours_is_told_each_time_and_a_citizen_never(cast: SimpleNamespace) -> None:
    accepted(cast)
    ordered(cast)
    assert "several orders" in says(cast, cast.sho, "3")
    for _ in range(2):
        assert TOLD_HOW in says(cast, cast.sho, WORDS, answers=quotable(cast.sho))
    letters = Delivery.objects.filter(text__startswith=TOLD_HOW)
    before = letters.count()
    assert before == 2
    receipt = Delivery.objects.filter(handle__isnull=False).latest("id")
    says(cast, cast.sho, "It was a red one", answers=photos_test.name_of(receipt), to=HQ_NUMBER)
    assert letters.count() == before


@pytest.mark.parametrize("text", ["Salaam", "STATUS"])
def test_greetings_and_words_of_their_own_need_no_such_answer(cast: SimpleNamespace, text: str) -> None:
    accepted(cast)
    says(cast, cast.sho, text)
    assert not Delivery.objects.filter(text__startswith=TOLD_HOW).exists()


def test_who_has_no_open_order_is_a_citizen_like_any(cast: SimpleNamespace) -> None:
    hears(cast, phone_of(cast.sho_rustam).says(WORDS), at=LATER)
    assert not Delivery.objects.filter(number=cast.sho_rustam.phone).exists()


@pytest.mark.parametrize("text", ["They are shooting at us", "The SHO took a bribe from the father"])
def test_cries_and_accusations_go_to_the_desk(cast: SimpleNamespace, text: str) -> None:
    order = accepted(cast)
    letter = letter_of(order)
    answer = says(cast, cast.sho, text, answers=letter, to=PESHAWAR_NUMBER)
    assert answer.startswith(TOLD_HOW)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    says(cast, cast.sho, text)
    said = Message.objects.filter(text=text, direction="in")
    assert said.count() == 2 and order.case not in {one.case for one in said}
    assert reports(order) == [] and not Message.objects.filter(direction="note").exists()


def test_what_is_forwarded_is_somebody_elses_words(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    message = phone_of(cast.sho).says("My shop was robbed near Kotwali")
    hears(cast, message | {"context": {"forwarded": True}}, at=LATER)
    assert reports(order) == []


@pytest.mark.usefixtures("forgeable")
def test_where_senders_are_forged_plain_words_need_the_code_too(cast: SimpleNamespace) -> None:
    order = accepted_by_code(cast)
    code = answers.code_of(order)
    says(cast, cast.sho, f"2 {code}")
    assert f"2 {code}" in says(cast, cast.sho, WORDS)
    assert reports(order) == []
    assert code in says(cast, cast.sho, f"{order.case.reference} {WORDS}")
    assert reports(order) == []
    says(cast, cast.sho, f"{code} {WORDS}")
    assert reports(order) == [WORDS]


def accepted_by_code(cast: SimpleNamespace) -> Order:
    order = ordered(cast)
    says(cast, cast.sho, f"1 {answers.code_of(order)}")
    return fresh(order)


def test_photos_with_and_after_the_words_belong_to_the_same_order(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    order, other = accepted(cast), accepted(cast)
    presses(cast, cast.sho, f"order:{order.public_id}:done", "Done")
    hears(cast, photo(cast.sho, provider, WORDS), at=LATER)
    assert reports(order) == [WORDS]
    hears(cast, photo(cast.sho, provider), at=LATER + MINUTE)
    assert last_to(cast.sho).startswith(f"{order.case.reference}: the photo goes to this order.")
    assert [args["order_id"] for args in photos_test.queued()] == [order.pk, order.pk]
    assert fresh(other).state == "accepted"


def test_a_caption_is_the_photos_where_nothing_was_asked(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    order = accepted(cast)
    hears(cast, photo(cast.sho, provider, "The gate", answers=letter_of(order)), at=LATER, to=PESHAWAR_NUMBER)
    run()
    assert Evidence.objects.get(order=order).caption == "The gate"
    assert (fresh(order).state, reports(order)) == ("accepted", [])
