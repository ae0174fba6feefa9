"""Safe contact: nothing beyond the neutral receipt goes by itself until somebody said that it is safe."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection, transaction

from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.intake.forms import Entry, submit
from rabta.journey.deciding import desk
from rabta.journey.ending import closing
from rabta.journey.protecting import sources
from rabta.outbox.models import Delivery
from rabta.people.models import Handle
from rabta.people.reveal import reveal
from rabta.replying import texts
from rabta.replying.letters import safe_of
from rabta.replying.safety import answer
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, as_role, hears, read

TIP = {
    "en": "Secret information, do not tell anyone my name: a drug dealer near Kotwali",
    "ur": "خفیہ اطلاع: کوتوالی کے پاس منشیات فروش ہے",
    "hi": "गुप्त सूचना: कोतवाली के पास नशे का अड्डा है",
}


def told(case: Case) -> list[str]:
    rows = Message.objects.filter(conversation=case.conversation, direction="out").order_by("id")
    return list(rows.values_list("text", flat=True))


def letters(case: Case) -> int:
    return Delivery.objects.filter(handle=case.conversation.handle).count()


@pytest.mark.parametrize("language", TIP)
def test_a_tip_gets_the_neutral_receipt_with_the_question(cast: SimpleNamespace, language: str) -> None:
    hears(cast, Citizen().says(TIP[language]))
    case = Case.objects.get()
    (receipt,) = told(case)
    assert case.withheld == "tip" and case.reference in receipt and "1" in receipt and "2" in receipt
    for word in ("drug", "tip", "منشیات", "नशे", "Kotwali", "کوتوالی", "कोतवाली"):
        assert word not in receipt


def test_whoever_says_it_is_safe_hears_what_is_hidden_and_what_is_not(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(TIP["en"]))
    hears(cast, citizen.says("1"), at=NOW + MINUTE)
    case = Case.objects.get()
    assert (case.safe, Handle.objects.get(pk=case.conversation.handle_id).safe) == ("yes", "")
    assert "Meta for WhatsApp" in told(case)[-1] and "30 days" in told(case)[-1]


@pytest.mark.parametrize(("words", "means"), [("2", "no"), ("haan", "yes"), ("نہیں", "no"), ("जी हाँ", "yes"),
    ("YES!", "yes"), ("1 2", ""), ("yes the dealer is back at the bazaar", ""), ("", "")])  # fmt: skip
def test_answers_are_heard_in_every_script(words: str, means: str) -> None:
    assert answer(words) == means


def test_after_no_nothing_leaves_not_even_an_officer_s_words(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(TIP["en"]))
    hears(cast, citizen.says("2"), at=NOW + MINUTE)
    case, before = Case.objects.get(), letters(Case.objects.get())
    hears(cast, citizen.says("They are back, two men"), at=NOW + HOUR)
    with acting(cast.operator) as scope, pytest.raises(Refused, match="not safe"):
        desk.reply(case=case, text="Where exactly?", by=scope, now=NOW + HOUR)
    assert letters(case) == before


def test_a_matter_that_turns_urgent_asks_then_and_only_once(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali last night"))
    Case.objects.update(urgency=1, category_source="desk")
    for hours, words in enumerate(("It was black", "It had a red seat", "وہ نئی تھی"), start=1):
        hears(cast, citizen.says(words), at=NOW + hours * HOUR)
    assert Case.objects.count() == 1
    asks = [
        any(text.endswith(each) for each in texts.replies("safe_question"))
        for text in told(Case.objects.get())
    ]
    assert asks == [False, True, False, False]


def test_an_answer_is_heard_only_when_we_asked(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My bicycle was stolen near Kotwali"))
    hears(cast, citizen.says("2"), at=NOW + MINUTE)
    assert Handle.objects.get().safe == ""


@pytest.mark.parametrize(("safe", "sent"), [("", 0), ("yes", 1), ("no", 0)])
def test_an_urgent_case_is_closed_in_silence_unless_it_is_safe(
    cast: SimpleNamespace, safe: str, sent: int
) -> None:
    hears(cast, Citizen().says("My husband beats me every night, please help"))
    case = Case.objects.get()
    assert case.urgency == 1
    with acting(cast.operator) as scope:
        if safe:
            sources.set_safe(case=case, safe=safe, by=scope, now=NOW)
        before = letters(case)
        assert scope.has(Permission.RELEASE)
        if case.withheld:
            desk.release(case=case, remark="Handled by the women's cell", by=scope, now=NOW)
        closing.close_with_advice(case=Case.objects.get(), remark="Advice given", by=scope, now=NOW)
    assert letters(case) - before == sent


def test_the_desk_keeps_what_it_was_told(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(TIP["en"]))
    with acting(cast.operator) as scope:
        sources.set_safe(case=Case.objects.get(), safe="yes", by=scope, now=NOW)
        with pytest.raises(Refused):
            sources.set_safe(case=Case.objects.get(), safe="maybe", by=scope, now=NOW)
    assert (Case.objects.get().safe, Handle.objects.get().safe) == ("yes", "")


@pytest.mark.parametrize("who", ["the same", "another"])
def test_a_reference_number_alone_tells_nothing_on_whatsapp(cast: SimpleNamespace, who: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali last night"))
    case = Case.objects.get()
    asker = citizen if who == "the same" else Citizen()
    hears(cast, asker.says(f"status of {case.reference}"), at=NOW + HOUR)
    hears(cast, asker.says("status of PRY-0000-0000"), at=NOW + 2 * HOUR)
    states = (
        "forwarded",
        "passed on",
        "received, being looked",
        "inquiry",
        "closed",
        "Kotwali",
        "motorcycle",
    )
    if who == "another":
        answers = [
            text.replace(case.reference, "")
            for text in Message.objects.exclude(conversation=case.conversation)
            .filter(direction="out").values_list("text", flat=True)
        ]  # fmt: skip
        assert not any(word in text for text in answers for word in states)
        assert not Message.objects.exclude(conversation=case.conversation).filter(case=case).exists()


@pytest.mark.parametrize("choice", ["", "yes", "no"])
def test_the_form_asks_it_too(cast: SimpleNamespace, choice: str) -> None:
    entry = Entry(submission=f"form {choice}", text=TIP["en"], phone="+923001234567", safe=choice)
    submit(account=cast.form, entry=entry, files=[], now=NOW)
    read(at=NOW)
    assert (Case.objects.get().safe, Handle.objects.get().safe) == (choice, "")


def test_in_an_ordinary_matter_the_answer_is_the_persons(cast: SimpleNamespace) -> None:
    case = urgent(cast, Citizen())
    with acting(cast.operator) as scope:
        sources.set_safe(case=case, safe="no", by=scope, now=NOW)
    case.refresh_from_db()
    assert (case.safe, Handle.objects.get().safe, safe_of(case)) == ("", "no", "no")


# Said in a withheld case


def both(cast: SimpleNamespace, citizen: Citizen) -> tuple[Case, Case]:
    """A theft, and later a tip by the same person."""
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali last night"))
    hears(cast, citizen.says(TIP["en"]), at=NOW + HOUR)
    return Case.objects.get(withheld=""), Case.objects.get(withheld="tip")


def test_what_was_said_in_a_tip_shows_on_no_other_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft, tip = both(cast, citizen)
    with acting(cast.operator) as scope:
        sources.set_safe(case=tip, safe="no", by=scope, now=NOW + HOUR)
    with acting(cast.sho):
        theft = Case.objects.select_related("conversation__handle").get(pk=theft.pk)
        assert (safe_of(theft), theft.safe, theft.conversation.handle.safe) == ("", "", "")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            says_no(theft.conversation.handle_id)  # the pages can't ask either


def test_yet_nothing_leaves_for_that_person_any_more(cast: SimpleNamespace) -> None:
    theft, tip = both(cast, Citizen())
    with acting(cast.operator) as scope:
        sources.set_safe(case=tip, safe="no", by=scope, now=NOW + HOUR)
        with pytest.raises(Refused, match="not safe"):
            desk.reply(case=tip, text="Where?", by=scope, now=NOW + HOUR)
        desk.reply(case=theft, text="We look for it", by=scope, now=NOW + HOUR)  # the relay stops it
    handle = theft.conversation.handle_id
    with as_role("rabta_relay"):
        assert says_no(handle)
    Case.objects.filter(pk=tip.pk).update(safe="yes")
    with as_role("rabta_relay"):
        assert not says_no(handle)


def says_no(handle: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_says_no(%s)", [handle])
        return bool(cursor.fetchone()[0])


def test_a_yes_in_one_case_does_not_outweigh_a_no_in_another(cast: SimpleNamespace) -> None:
    theft, tip = both(cast, Citizen())
    with acting(cast.operator) as scope:
        sources.set_safe(case=theft, safe="no", by=scope, now=NOW)
        with pytest.raises(Refused, match="more careful"):
            sources.set_safe(case=tip, safe="yes", by=scope, now=NOW)


# What an officer writes


def urgent(cast: SimpleNamespace, citizen: Citizen) -> Case:
    hears(cast, citizen.says("My husband beats me every night, please help"))
    return Case.objects.get(urgency=1)


def replied(cast: SimpleNamespace, case: Case, *, at: datetime = NOW) -> Message:
    with acting(cast.operator) as scope:
        return desk.reply(case=case, text="The women's cell calls you at six", by=scope, now=at)


def test_an_officers_words_wait_until_it_is_safe_and_a_neutral_sentence_goes(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = urgent(cast, citizen)
    message = replied(cast, case)
    neutral = Delivery.objects.get(pk=message.delivery_id)
    assert message.waits and case.reference in neutral.text and "safe" in neutral.text
    assert "cell" not in neutral.text and "cell" not in str(neutral.template)
    quoting = Message.objects.filter(case=case, direction="in").latest("id")
    with acting(cast.operator) as scope:
        quotes = desk.reply(case=case, text="On this:", quotes=quoting, by=scope, now=NOW)
    assert Delivery.objects.get(pk=quotes.delivery_id).answers_id is None
    hears(cast, citizen.says("1"), at=NOW + MINUTE)
    message.refresh_from_db()
    assert not message.waits
    assert Delivery.objects.get(pk=message.delivery_id).text == "The women's cell calls you at six"


def test_after_a_no_they_never_leave(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = replied(cast, urgent(cast, citizen))
    before = Delivery.objects.count()
    hears(cast, citizen.says("2"), at=NOW + MINUTE)
    message.refresh_from_db()
    assert message.waits and Delivery.objects.count() == before


def test_when_the_window_is_closed_they_wait_for_the_next_message(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = urgent(cast, citizen)
    hears(cast, citizen.says("1"), at=NOW + MINUTE)
    message = replied(cast, case, at=NOW + 30 * HOUR)
    assert message.waits
    hears(cast, citizen.says("Are you there?"), at=NOW + 31 * HOUR)
    message.refresh_from_db()
    assert not message.waits


def test_words_leave_at_once_where_it_is_safe_and_in_ordinary_matters(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali last night"))
    case = urgent(cast, citizen := Citizen())
    hears(cast, citizen.says("1"), at=NOW + MINUTE)
    for one in (case, Case.objects.exclude(pk=case.pk).get()):
        message = replied(cast, one, at=NOW + HOUR)
        assert not message.waits
        assert Delivery.objects.get(pk=message.delivery_id).text == message.text


def test_a_number_left_on_the_form_is_shown_to_who_handles_an_ordinary_matter(cast: SimpleNamespace) -> None:
    entry = Entry(
        submission="named", text="My cycle was stolen near Kotwali", name="Bano", phone="+923001234567"
    )
    submit(account=cast.form, entry=entry, files=[], now=NOW)
    read(at=NOW)
    handle = Handle.objects.select_related("person").get()
    with acting(cast.operator) as scope:
        shown = reveal([handle], by=scope, purpose="case", now=NOW)[handle.pk]
    assert (shown.name, shown.number) == ("Bano", "+923001234567")
