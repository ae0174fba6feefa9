"""Words of people with an old telephone: answered about their own matters, and about nobody else's."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Message
from rabta.outbox.models import Delivery
from rabta.people.models import Handle
from rabta.replying import commands
from rabta.replying.letters import say, to_citizen
from rabta.rules.commands import Word
from tests.cast import NOW, Citizen, hears
from tests.steps.stage import ACCUSATION, accusation, theft


def last_words(phone: str = "") -> str:
    return Message.objects.filter(direction="out").latest("id").text


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [
        ("STATUS", Word.STATUS, ""),
        (" status. ", Word.STATUS, ""),
        ("स्थिति", Word.STATUS, "hi"),
        ("حالت", Word.STATUS, "ur"),
        ("بند", Word.STOP, "ur"),
        ("बंद", Word.STOP, "hi"),
        ("Help", Word.HELP, ""),
        ("اردو", Word.LANGUAGE, "ur"),
        ("हिन्दी", Word.LANGUAGE, "hi"),
    ],
)
def test_words(text: str, word: Word, language: str) -> None:
    found = commands.command(text)
    assert found
    assert (found.word, found.language) == (word, language)


@pytest.mark.parametrize("text", ["status of my stolen bike", "Stop thief", "مدد", "मदद", "", "help me", "1"])
def test_whoever_says_more_is_telling_something(text: str) -> None:
    assert commands.command(text) is None


def test_status_tells_the_senders_own_matters_and_no_others(cast: SimpleNamespace) -> None:
    mine, other = Citizen(), Citizen(phone="923009999999")
    case, foreign = theft(cast, mine), theft(cast, other)
    hears(cast, mine.says("STATUS"), at=NOW)
    assert Case.objects.count() == 2
    assert case.reference in last_words()
    assert foreign.reference not in last_words()
    for named in (case.reference, foreign.reference):  # whichever is named: the sender's own are told
        hears(cast, mine.says(f"Status {named}"), at=NOW)
        assert case.reference in last_words() and foreign.reference not in last_words()
    hears(cast, Citizen(phone="923008888888").says(f"STATUS {case.reference}"), at=NOW)
    assert case.reference not in last_words()
    assert Case.objects.count() == 2
    hears(cast, Citizen(phone="923008888888").says("حالت"), at=NOW)
    assert "کوئی کھلا معاملہ نہیں" in last_words()


def test_status_of_a_withheld_matter_is_the_neutral_word_and_seen_by_its_own_desk_alone(
    cast: SimpleNamespace,
) -> None:
    citizen = Citizen()
    case = accusation(cast, citizen)
    hears(cast, citizen.says("STATUS"), at=NOW)
    answer = Message.objects.filter(direction="out").latest("id")
    assert case.reference in answer.text
    case.refresh_from_db()
    assert set(answer.visible_to) <= set(case.visible_to)
    assert set(answer.hidden_from) >= set(case.hidden_from)
    plain = commands._line(case, "en")
    Case.objects.filter(pk=case.pk).update(state="forwarded")
    Case.objects.filter(pk=case.pk).update(state="in_inquiry")
    case.refresh_from_db()
    assert commands._line(case, "en") == plain


def test_stop_is_kept_and_start_undoes_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("STOP"), at=NOW)
    handle = Handle.objects.get()
    assert handle.stopped_at
    case = Case.objects.select_related("conversation__handle__person", "conversation__account").get()

    def written(**facts: object) -> int:
        case.conversation.handle.refresh_from_db()
        return len(say([to_citizen(case, text="news", language="en", **facts)], now=NOW))  # type: ignore[arg-type]

    assert (written(), written(receipt=True), written(automatic=False)) == (0, 1, 1)
    hears(cast, citizen.says("start"), at=NOW)
    assert written() == 1


def test_stop_takes_back_what_waits_but_not_what_is_urgent_or_an_officers_own(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    case = Case.objects.select_related("conversation__handle__person", "conversation__account").get()
    Delivery.objects.update(state="sent")
    usual, personal = to_citizen(case, text="news", language="en"), {"automatic": False}
    urgent = replace(usual, text="danger", priority=Delivery.Priority.URGENT)
    say([usual, urgent, to_citizen(case, text="I will call you", language="en", **personal)], now=NOW)  # type: ignore[arg-type]
    hears(cast, citizen.says("STOP"), at=NOW)
    queued = set(Delivery.objects.filter(state="queued").values_list("text", flat=True))
    assert {"danger", "I will call you"} < queued
    assert len(queued) == 3, "and the answer to STOP itself"
    held = Delivery.objects.get(text="news")
    assert (held.state, held.trouble, held.trouble_text) == ("failed", "taken_back", "STOP")


def test_a_language_is_remembered(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("اردو"), at=NOW)
    assert "اردو میں" in last_words()
    hears(cast, citizen.says("STATUS"), at=NOW)
    assert "کوئی کھلا معاملہ نہیں" in last_words()
    assert ACCUSATION
