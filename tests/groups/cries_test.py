"""A keyword in front of a cry, an accusation or an answer to the desk never swallows it, and who forges a sender sets
no trap for anybody."""

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force import directory
from rabta.groups import members, phrases
from rabta.groups.models import Application, Decision, Group, Item, Recipient, Sighting
from rabta.intake.contents import Incoming
from rabta.journey.groups.bulletins import claiming, verifying
from rabta.journey.groups.members import by_message, strangers, vetting
from rabta.journey.groups.members.vetting import Why
from rabta.journey.groups.talk import hearing
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.publishing.models import Question
from tests.cast import HOUR, KOTWALI, MINUTE, NOW, Citizen, acting, as_role, hears
from tests.groups import stage
from tests.groups.joining_stage import door_of

pytestmark = pytest.mark.django_db
numbers = count(1)
CRIES = [
    "Haan SHO ne rishwat li",
    "yes SHO takes bribes",
    "Haan goli chal rahi hai",
    "ہاں مجھے بچاؤ",
    "हाँ मुझे बचाओ",
    "haan chor andar hain",
    "yes he beats me daily",
    "yes please help me",
    "Yes it was Karim Khan",
]


@pytest.fixture
def word(cast: SimpleNamespace) -> str:
    """The word of an address of Kotwali's group."""
    return door_of(cast, stage.groups(cast).station).word.upper()


def sms(cast: SimpleNamespace) -> Account:
    found = Account.objects.filter(channel="sms").first()
    return found or Account.objects.create(
        channel="sms", name="SMS", external_id="8787", address="8787", unit=cast.hq, credential=cast.app
    )


def by_sms(cast: SimpleNamespace, text: str, *, of: Citizen) -> bool:
    """Whether an SMS in the name of this number is taken as a word about groups."""
    number, n = f"+{of.phone}", next(numbers)
    sender = Sender(scheme="phone", handle=number, address=number)
    item = Arrived(account="8787", key=f"{n}", provider_id=f"s{n}", kind="text", text=text, sender=sender)
    one = Incoming(account=sms(cast), item=item, journal_id=1, position=n, received_at=NOW)
    with as_role("rabta_worker", system="a test"):
        left = hearing.take(
            [one], directory=directory.current(now=NOW), press=lambda **_facts: False, now=NOW
        )
    return not left


@pytest.mark.parametrize("text", CRIES)
def test_yes_after_join_swallows_no_cry(cast: SimpleNamespace, word: str, text: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(f"JOIN {word}"), at=NOW)
    hears(cast, citizen.says(text), at=NOW + MINUTE)
    assert Case.objects.count() == 1 and not Application.objects.exists()


@pytest.mark.parametrize("text", CRIES)
def test_join_swallows_no_cry(cast: SimpleNamespace, word: str, text: str) -> None:
    first, second = Citizen(), Citizen()
    hears(cast, first.says(f"JOIN {word} {text}"), second.says(f"JOIN {word} {text.split(' ', 1)[1]}"))
    assert Case.objects.count() == 2 and not Application.objects.exists()
    assert Delivery.objects.filter(about__startswith=by_message.ABOUT).count() == 2, "asked anyway"


@pytest.mark.parametrize(
    "text", ["Shamil 25lakh rupees chheen kar bhag gaye", "join 1a2b3c goli chal rahi hai"]
)
def test_what_only_looks_like_a_wish_to_join_goes_to_the_desk(cast: SimpleNamespace, text: str) -> None:
    hears(cast, Citizen().says(text))
    assert Case.objects.count() == 1


@pytest.mark.parametrize("text", ["Haan SHO ne rishwat li", "Haan Karim Khan", "haan"])
def test_who_forges_a_wish_to_join_sets_no_trap(cast: SimpleNamespace, word: str, text: str) -> None:
    citizen = Citizen()
    assert by_sms(cast, f"JOIN {word}", of=citizen)
    assert not by_sms(cast, text, of=citizen), "by SMS nobody says yes without the word"
    hears(cast, citizen.says(text), at=NOW + HOUR)
    assert Message.objects.filter(direction="in").exists() and not Application.objects.exists()


def test_who_forges_wishes_has_few_letters_sent(cast: SimpleNamespace, word: str) -> None:
    citizen = Citizen()
    for n in range(20):
        assert by_sms(cast, f"JOIN {word}" if n % 2 else "JOIN 8XK2M4QR", of=citizen)
    assert Delivery.objects.count() == strangers.ANSWERS_A_DAY


@pytest.mark.parametrize("text", ["Yes Karim Khan", "yes"])
def test_what_answers_the_desk_is_no_answer_to_us(cast: SimpleNamespace, word: str, text: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"))
    hears(cast, citizen.says(f"JOIN {word}"), at=NOW + HOUR)
    case = Case.objects.get()
    with acting(cast.operator) as by:
        journey.reply(case=case, text="Do you know the thief?", by=by, now=NOW + 2 * HOUR)
    hears(cast, citizen.says(text), at=NOW + 3 * HOUR)
    assert [m.text for m in Message.objects.filter(direction="in").order_by("pk")][1:] == [text]
    assert not Application.objects.exists()


def test_who_has_an_open_case_quotes_what_he_agrees_to(cast: SimpleNamespace, word: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"))
    hears(cast, citizen.says(f"JOIN {word}"), at=NOW + HOUR)
    hears(cast, citizen.says("Yes Karim Khan"), at=NOW + 2 * HOUR)
    assert not Application.objects.exists()
    hears(cast, citizen.says(f"JOIN {word} YES Karim Khan"), at=NOW + 3 * HOUR)
    assert Application.objects.get().state == "open"


@pytest.mark.parametrize("at", ["number", "number_peshawar"])
def test_yes_is_said_to_the_account_that_asked(cast: SimpleNamespace, word: str, at: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(f"JOIN {word}"))
    account: Any = getattr(cast, at)
    hears(cast, citizen.says("Yes Karim Khan"), at=NOW + MINUTE, to=account.external_id)
    assert Application.objects.exists() is (at == "number")


@pytest.mark.parametrize(
    "name", ["Karam Khan", "Wali Khan", "Said Rasool", "Zakir Mian", "ذاکر میاں", "خان ولي", "فضل ربی"]
)
def test_a_name_of_words_that_mean_something_else_is_a_name(
    cast: SimpleNamespace, word: str, name: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(f"JOIN {word}"), at=NOW)
    hears(cast, citizen.says(f"yes {name}"), at=NOW + MINUTE)
    member = Application.objects.get().member
    assert member is not None and members.shown(member).name == name
    assert BY_KIND[member.channel].forgeable is False and not Case.objects.exists()


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("firing is going on at my house now, my son is shot", "life_in_danger"),
        ("my motorcycle was stolen near Kotwali yesterday", "theft"),
        ("the SHO of Kotwali was rude to my brother", ""),
    ],
)
def test_who_asks_for_a_review_may_cry_for_help(cast: SimpleNamespace, said: str, category: str) -> None:
    group, citizen = stage.groups(cast).station, Citizen()
    member = stage.member(group, number=f"+{citizen.phone}")
    with acting(cast.sho) as by:
        vetting.remove(member=member, group=group, why=Why(reason="posed"), unrelated=True, by=by, now=NOW)
    hears(cast, citizen.says(f"REVIEW {said}"))
    decision = Decision.objects.get()
    assert decision.contested_at == NOW and decision.contest_words == "", (
        "asked for, and the words are the desk's"
    )
    case = Case.objects.get()
    assert case.category == category or case.withheld
    assert (case.urgency == 0) is (category == "life_in_danger")


@pytest.mark.parametrize(
    ("text", "kept", "cases"),
    [
        (
            "Yes and firing is going on at my house now, two people are shot, come quickly to gali five",
            "yes",
            1,
        ),
        ("yes firing is going on, two people are shot", "yes", 1),
        ("Not true, I am teacher at that school, all children are here", "no", 0),
        ("Yes. My neighbour Akbar has hidden rifles and heroin in the old haveli", "", 1),
    ],
)
def test_what_answers_a_rumour_may_cry_for_help(
    cast: SimpleNamespace, text: str, kept: str, cases: int
) -> None:
    group, citizen = stage.groups(cast).station, Citizen()
    asked = stage.member(group, number=f"+{citizen.phone}", lat=KOTWALI[0], lng=KOTWALI[1])
    with as_role("rabta_worker", system="a test"):
        report = claiming.offered(member=stage.member(group), text="They say schools are closed.", now=NOW)
    with acting(cast.co) as by:
        claim = claiming.open_claim(
            text="Schools are closed.", unit=cast.city, by=by, now=NOW, reports=[report], at=KOTWALI
        )
        made = verifying.ask(claim=claim, by=by, now=NOW)
    stage.sent(made)
    letter = Recipient.objects.get(broadcast=made, member=asked).delivery
    assert letter is not None
    digest = receipts.provider_digest(account_id=letter.account_id, provider_id="wamid.asked")
    Delivery.objects.filter(pk=letter.pk).update(provider_digest=digest)
    sent_from: Any = letter.account
    hears(cast, citizen.says(text, answers="wamid.asked"), to=sent_from.external_id)
    assert [one.answer for one in Sighting.objects.all()] == [kept] * bool(kept)
    assert Recipient.objects.get(broadcast=made, member=asked).answer == ("answered" if kept else "")
    assert Case.objects.count() == cases


def test_a_plain_answer_about_a_rumour_is_not_read_twice() -> None:
    for row in phrases._rows("sighting_words"):
        assert not verifying.is_more(row["word"], key=""), row
    for code in verifying.ANSWERS:
        for language in phrases.LANGUAGES:
            assert not verifying.is_more(phrases.phrase(code, language=language), key="")


@pytest.mark.parametrize(
    "text",
    [
        "Firing is going on at my house now, my son is shot, where are the police?",
        "I want an identity card of the police, firing is going on at my house now, my son is shot",
        "I want an identity card of the police, my motorcycle was robbed in Saddar",
    ],
)
def test_a_journalist_or_who_wants_a_card_may_have_a_matter(cast: SimpleNamespace, text: str) -> None:
    group, citizen = stage.opened(cast.peshawar, Group.Kind.MEDIA, cast.sp), Citizen()
    stage.member(group, number=f"+{citizen.phone}", kind="journalist")
    hears(cast, citizen.says(text))
    assert Case.objects.get().category == ("theft" if "robbed" in text else "life_in_danger")
    assert not Question.objects.exists() and not Item.objects.exists()


@pytest.mark.parametrize(("channel", "back"), [("whatsapp", False), ("sms", True)])
def test_nobody_is_brought_back_by_an_sms_in_his_name(
    cast: SimpleNamespace, channel: str, back: bool
) -> None:
    group, citizen = stage.groups(cast).station, Citizen()
    member = stage.member(group, number=f"+{citizen.phone}", channel=channel)
    assert by_sms(cast, "STOP", of=citizen), "who wants to leave leaves"
    assert by_sms(cast, "START", of=citizen) is back
    member.refresh_from_db()
    assert (member.state == "active") is back
    hears(cast, citizen.says("START"), at=NOW + MINUTE)
    member.refresh_from_db()
    assert member.state == "active"
