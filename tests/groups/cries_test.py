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
from rabta.groups import members
from rabta.groups.models import Application
from rabta.intake.contents import Incoming
from rabta.journey.groups import hearing, joining_by_message
from rabta.outbox.models import Delivery
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, as_role, hears
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
    assert Delivery.objects.filter(about__startswith=joining_by_message.ABOUT).count() == 2, "asked anyway"


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
    assert Delivery.objects.count() == joining_by_message.ANSWERS_A_DAY


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
