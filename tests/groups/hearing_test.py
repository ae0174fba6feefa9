"""What members write: greetings are held back, hints wait for a moderator, police matters are the desk's alone."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rabta.audit.models import Record
from rabta.cases.models import Case, Message
from rabta.groups.models import (
    CardRequest,
    ClaimReport,
    Group,
    Item,
    Member,
    Membership,
    Recipient,
    Said,
    Strike,
)
from rabta.jobs import group_talk
from rabta.journey.groups.broadcasts import saying
from rabta.journey.press.asking import MOST_OPEN
from rabta.outbox.models import Delivery
from rabta.people.models import Person
from rabta.publishing.models import Question
from tests.cast import DAY, NOW, TODAY, Citizen, acting, hears
from tests.groups import stage
from tests.groups.stage import member

pytestmark = pytest.mark.django_db
HINT = "ہماری گلی کے چوک میں اسٹریٹ لائٹ خراب ہے، رات کو اندھیرا رہتا ہے"
RUMOUR = "کہتے ہیں ہشت نگری سکول کے پاس سے دو بچے اٹھا لیے گئے ہیں، سب کو بتائیں"
TIP = "محلے میں چرس بیچنے والے آئے ہیں، گودام پرانی حویلی میں ہے"


@pytest.fixture
def groups(cast: SimpleNamespace) -> SimpleNamespace:
    return stage.groups(cast)


def someone(group: Group, **facts: Any) -> tuple[Member, Citizen]:
    """A member, and the telephone from which he writes."""
    phone = Citizen()
    return member(group, number=f"+{phone.phone}", **facts), phone


def told(who: Member) -> list[str]:
    """What was written to a member, in order."""
    return [letter.text for letter in Delivery.objects.filter(address=who.address_id).order_by("id")]


def counts(group: Group) -> dict[str, int]:
    return dict(Said.objects.filter(group=group, count__gt=0).values_list("what", "count"))


def test_a_greeting_is_held_back_and_answered_politely_once_a_day(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="en")
    hears(cast, phone.says("Good morning everyone"))
    hears(cast, phone.says("Happy Eid to all 🌹"))
    items = Item.objects.filter(member=who)
    assert {(item.state, item.noise, item.text) for item in items} == {("held", "greeting", "")}
    assert all(item.sealed for item in items)
    assert len(told(who)) == 1 and "Thank you for your greeting" in told(who)[0]
    assert counts(groups.station) == {"heard": 2, "greeting": 2}
    assert not Case.objects.exists() and not Person.objects.exists()


@pytest.mark.parametrize("text", ["Seen", "دیکھ لیا", "ومې لیدل", "देखा", "Dekh liya"])
def test_who_says_that_he_saw_something_has_not_greeted(cast: Any, groups: Any, text: str) -> None:
    who, phone = someone(groups.station, language="en")
    hears(cast, phone.says(text))
    assert told(who) == [] and not Case.objects.exists()


def test_a_hint_waits_for_the_moderators_of_the_lowest_group(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.district, language="ur")
    Membership.objects.create(group=groups.station, member=who, since=NOW)
    hears(cast, phone.says(HINT))
    (item,) = Item.objects.filter(member=who)
    assert (item.group, item.state, item.text, item.noise) == (groups.station, "waiting", HINT, "")
    assert not Case.objects.exists() and len(told(who)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Please issue me an identity card of police mitra",
        "Kindly provide ID card to all CLG members so that people respect us",
        "मुझे पुलिस मित्र का पहचान पत्र चाहिए",
        "پولیس رضاکار کا شناختی کارڈ چاہیے",
        "زه د پولیسو د رضاکارانو کارډ غواړم",
        "Mujhe police mitra ka card chahiye",
    ],
)
def test_who_wants_a_card_of_the_police_is_told_the_policy(cast: Any, groups: Any, text: str) -> None:
    who, phone = someone(groups.station, language="en")
    hears(cast, phone.says(text))
    assert not Case.objects.exists() and not Item.objects.exists()
    assert len(told(who)) == 1 and "nobody gets an identity card" in told(who)[0]
    assert CardRequest.objects.get().requests == 1


@pytest.mark.parametrize(
    "text", ["The SHO wants 500 rupees for each police card", "I lost my identity card, I need a report"]
)
def test_a_card_that_is_sold_or_lost_is_a_matter(cast: Any, groups: Any, text: str) -> None:
    _who, phone = someone(groups.station)
    hears(cast, phone.says(text))
    assert Case.objects.count() == 1 and not CardRequest.objects.exists()


def test_who_greeted_in_the_morning_is_told_that_his_hint_has_come(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="en")
    hears(cast, phone.says("Good morning everyone"))
    hears(cast, phone.says(HINT), at=NOW + timedelta(hours=2))
    hears(cast, phone.says(HINT), phone.says("Good night all"), at=NOW + timedelta(hours=3))
    greeting, receipt = told(who)
    assert "Thank you for your greeting" in greeting and "The moderators of" in receipt


def test_a_rumour_is_the_desks_and_waits_among_the_rumours(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="ur")
    hears(cast, phone.says(RUMOUR))
    assert Case.objects.count() == 1 and not Item.objects.exists()
    report = ClaimReport.objects.get()
    assert (report.text, report.group, report.member, report.claim) == (RUMOUR, groups.station, who, None)
    hears(cast, Citizen().says(RUMOUR))  # no member: a case, too, and no greeting's answer
    assert Case.objects.count() == 2 and ClaimReport.objects.count() == 1


def test_what_accuses_is_no_rumour_for_a_moderator(cast: Any, groups: Any) -> None:
    _who, phone = someone(groups.station)
    hears(cast, phone.says("They say the SHO took two children from the school, share with everyone"))
    assert Case.objects.get().withheld == "accusation" and not ClaimReport.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        TIP,
        "صبح بخیر، کل رات دو آدمی گھروں کی ریکی کر رہے تھے",
        "Good morning sir. A white Corolla without number plate has been standing here since noon, four men in it",
        "The SHO takes bribes from shopkeepers",
        "My motorcycle was stolen in Gulbahar",
    ],
)
def test_a_matter_of_the_police_leaves_no_trace_with_the_group(cast: Any, groups: Any, text: str) -> None:
    who, phone = someone(groups.station)
    before = Record.objects.count()
    hears(cast, phone.says(text))
    assert Case.objects.count() == 1
    assert not Item.objects.exists() and not Said.objects.exists() and not Strike.objects.exists()
    assert told(who) == [] and Record.objects.exclude(subject="case").count() == before


def test_what_was_said_just_before_an_accusation_goes_with_it(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station)
    hears(cast, phone.says("Listen, something happened yesterday at the bazaar"))
    assert Item.objects.filter(member=who, state="waiting").exists()
    hears(cast, phone.says("The constable beat my brother and took money"))
    assert not Item.objects.exists() and counts(groups.station) == {}
    case = Case.objects.get()
    assert case.withheld == "accusation"


def test_what_was_looked_at_stays_when_its_writer_accuses_and_the_desk_has_it_too(
    cast: Any, groups: Any
) -> None:
    _who, phone = someone(groups.station)
    hears(cast, phone.says("Listen, something happened yesterday at the bazaar"))
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(cast.sho)
    assert "Listen, something" in browser.get(f"/groups/{groups.station.public_id}/talk/").content.decode()
    for words in ("The constable beat my brother and took money", "He takes bribes from all of us"):
        hears(cast, phone.says(words))
    item = Item.objects.get()
    assert (item.state, counts(groups.station)) == ("waiting", {"heard": 1})
    case = Case.objects.get()
    said = case.messages.filter(direction="in")
    assert case.withheld == "accusation"
    assert said.filter(text__startswith="Listen").count() == 1 and said.count() == 3
    Item.objects.update(state="to_desk")
    group_talk.to_desk(item.pk, now=NOW)
    assert said.count() == 3 and not Item.objects.exists()


def test_several_parts_in_one_batch_are_one_matter(cast: Any, groups: Any) -> None:
    _who, phone = someone(groups.station)
    hears(
        cast,
        phone.says("I want to tell something about the bazaar"),
        phone.says("The SHO takes bribes there"),
    )
    assert not Item.objects.exists() and counts(groups.station) == {}


def test_who_has_an_open_case_writes_to_the_desk(cast: Any, groups: Any) -> None:
    _who, phone = someone(groups.station)
    hears(cast, phone.says("My motorcycle was stolen in Gulbahar"))
    hears(cast, phone.says("It was a red one"))
    assert Case.objects.get().messages.filter(direction="in").count() == 2
    assert not Item.objects.exists()


def test_stop_leaves_all_groups_and_start_comes_back(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="en")
    Membership.objects.create(group=groups.circle, member=who, since=NOW)
    letter = Delivery.objects.create(
        account=cast.number, address=who.address, address_digest=b"x" * 16, text="news", priority=4,
        queued_at=NOW, due_at=NOW,
    )  # fmt: skip
    hears(cast, phone.says("STOP"))
    who.refresh_from_db()
    letter.refresh_from_db()
    assert who.state == "left" and who.stopped_at and letter.state == "failed"
    assert not Membership.objects.filter(member=who, ended_at=None).exists()
    assert "START" in told(who)[-1]
    hears(cast, phone.says("Good morning"), at=NOW + timedelta(hours=1))
    assert not Item.objects.exists()
    hears(cast, phone.says("start"), at=NOW + timedelta(hours=2))
    who.refresh_from_db()
    assert who.state == "active" and who.stopped_at is None and who.opted_in_by == "message"
    assert Membership.objects.filter(member=who, ended_at=None).count() == 2


@pytest.mark.parametrize(
    "since", [{"state": "removed"}, {"state": "refused"}, {"state": "applied"}, {"valid_until": TODAY - DAY}]
)
def test_start_brings_nobody_back_who_would_have_to_be_checked(cast: Any, groups: Any, since: Any) -> None:
    who, phone = someone(groups.station)
    hears(cast, phone.says("STOP"))
    Member.objects.filter(pk=who.pk).update(**since)
    hears(cast, phone.says("START"), at=NOW + timedelta(hours=1))
    who.refresh_from_db()
    assert who.state == since.get("state", "left")
    assert not Membership.objects.filter(member=who, ended_at=None).exists()


def test_a_number_alone_answers_the_desk_where_the_writer_has_a_case(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station)
    with acting(cast.igp) as by:
        said = saying.say(groups=[groups.station], words={"": "x"}, what="bulletin", by=by, now=NOW)
    stage.sent(said)
    hears(cast, phone.says("My motorcycle was stolen in Gulbahar"))
    hears(cast, phone.says("1"), at=NOW + timedelta(minutes=1))
    place = Recipient.objects.get(broadcast=said, member=who)
    assert place.answered_at is None
    assert Message.objects.filter(text="1", case=Case.objects.get()).exists()


def test_stop_with_a_name_leaves_that_group(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station)
    Membership.objects.create(group=groups.circle, member=who, since=NOW)
    hears(cast, phone.says(f"بند {groups.circle.code}"))
    who.refresh_from_db()
    assert who.state == "active"
    assert [row.group for row in Membership.objects.filter(member=who, ended_at=None)] == [groups.station]


def test_who_goes_on_greeting_is_reminded_and_then_silenced_for_a_week(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="en")
    for _ in range(7):
        hears(cast, phone.says("Good morning"))
    who.refresh_from_db()
    assert who.strikes == 6 and who.muted_until == NOW + timedelta(days=7)
    assert ["Thank you" in told(who)[0], "If it goes on" in told(who)[1], "Until" in told(who)[2]] == [
        True
    ] * 3
    assert len(told(who)) == 3
    hears(cast, phone.says(HINT))
    assert Item.objects.filter(member=who, state="held", noise="muted").count() == 1
    hears(cast, phone.says(TIP))
    assert Case.objects.count() == 1


def test_who_is_silenced_is_told_once_and_the_station_decides_only_after_the_week(
    cast: Any, groups: Any
) -> None:
    who, phone = someone(groups.station, language="en")
    for second in range(14):
        hears(cast, phone.says("Good morning"), at=NOW + timedelta(seconds=second))
    who.refresh_from_db()
    assert who.strikes == 6 and who.muted_until == NOW + timedelta(days=7, seconds=6)
    assert len([letter for letter in told(who) if "Until" in letter]) == 1
    for second in range(5):  # one a day is nobody's fault
        hears(cast, phone.says("Good morning"), at=NOW + timedelta(days=8, seconds=second))
    who.refresh_from_db()
    assert who.strikes == 10 and len([letter for letter in told(who) if "Until" in letter]) == 2


def test_what_comes_at_once_has_one_consequence(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station, language="en")
    hears(cast, *(phone.says("Good morning") for _ in range(14)))
    who.refresh_from_db()
    assert (who.strikes, who.muted_until, len(told(who))) == (3, None, 1)
    assert "If it goes on" in told(who)[0]


def test_strikes_fade(cast: Any, groups: Any) -> None:
    who, phone = someone(groups.station)
    for _ in range(3):
        hears(cast, phone.says("Good morning"))
    hears(cast, phone.says("Good night"), phone.says("Good night all"), at=NOW + timedelta(days=31))
    who.refresh_from_db()
    assert who.strikes == 1


def test_a_voice_goes_to_the_desk_as_nobody_knows_what_it_says(cast: Any, groups: Any) -> None:
    _who, phone = someone(groups.station)
    hears(cast, phone._message("audio", audio={"id": "1", "mime_type": "audio/ogg", "sha256": "ab" * 32}))
    assert Case.objects.count() == 1 and not Item.objects.exists()


def test_strangers_cost_one_query(cast: Any, groups: Any) -> None:
    someone(groups.station)
    with CaptureQueriesContext(connection) as caught:
        hears(cast, Citizen().says("hello"), Citizen().says("hello again"))
    asked = [query["sql"] for query in caught.captured_queries if "groups_" in query["sql"]]
    assert len(asked) == 1


def test_a_journalist_who_goes_on_asking_is_heard_at_the_desk(cast: Any, groups: Any) -> None:
    """No question of his is lost, none begins a clock without end, and he is not written to each time."""
    media = stage.opened(cast.hq, Group.Kind.MEDIA, cast.igp)
    who, phone = someone(media, kind="journalist", language="en")
    for number in range(MOST_OPEN + 3):
        hears(cast, phone.says(f"What is known of fire number {number}?"))
    assert Question.objects.filter(asker=who.public_id).count() == MOST_OPEN
    assert Case.objects.count() == 1 and Message.objects.filter(direction="in").count() == 3
