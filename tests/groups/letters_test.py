"""Letters to members: in one language throughout, and in the chat where somebody wrote lately."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.groups import words
from rabta.groups.models import Group
from rabta.intake.contents import Incoming
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.members import by_message, doors, letters
from rabta.outbox import windows
from rabta.outbox.models import Body, Delivery
from rabta.people.handles import digest_of
from rabta.replying import texts
from tests.cast import NOW, acting, as_role
from tests.groups import stage

NUMBER = "+923005550077"


@pytest.fixture
def group(cast: SimpleNamespace) -> Group:
    made = stage.groups(cast).station
    made.name_ur = "رضاکار کوتوالی"
    made.save()
    return made


def test_whoever_asks_to_join_is_answered_where_he_wrote(cast: SimpleNamespace, group: Group) -> None:
    with acting(cast.sho) as by:
        word = doors.open_door(group=group, by=by, now=NOW).word
    sender = Sender(scheme="phone", handle=NUMBER, address=NUMBER)
    item = Arrived(
        account="1", key="1", provider_id="1", kind="text", text=f"JOIN {word} YES Karim", sender=sender
    )
    one = Incoming(account=cast.number, item=item, journal_id=1, position=1, received_at=NOW)
    assert letters.account_for(group.unit_id, channel="whatsapp", now=NOW) == cast.number_peshawar
    with as_role("rabta_worker", system="reading what came in"):
        assert by_message.take(one, now=NOW)
    assert Delivery.objects.get().account == cast.number


def test_where_nobody_wrote_lately_the_nearest_account_writes(cast: SimpleNamespace) -> None:
    digest = digest_of(scheme="phone", handle=NUMBER)
    windows.wrote([(cast.number.pk, digest, NOW)])
    with as_role("rabta_worker"):
        assert windows.written_to(digest, channel="whatsapp", now=NOW) == cast.number
        assert windows.written_to(digest, channel="whatsapp", now=NOW + timedelta(hours=25)) is None
        assert windows.written_to(digest, channel="sms", now=NOW) is None
    cast.number.paused = True
    cast.number.save()
    assert windows.written_to(digest, channel="whatsapp", now=NOW) is None


def test_who_named_no_language_reads_everything_in_that_of_the_force(
    cast: SimpleNamespace, group: Group, settings: Settings
) -> None:
    settings.CITIZEN_LANGUAGE = "ur"
    member = stage.member(group, number=NUMBER, language="")
    with as_role("rabta_worker", system="a letter"):
        assert letters.write(
            group=group, address=member.address, channel="whatsapp", account=None, language="", letter="taken",
            now=NOW,
        )  # fmt: skip
    letter = Delivery.objects.get()
    assert "رضاکار کوتوالی" in letter.text
    assert letter.template["language"] == "ur" and letter.template["params"][0] == "رضاکار کوتوالی"
    assert letters.name_in(group, language="ps") == "رضاکار کوتوالی"
    assert letters.name_in(group, language="roman") == group.name


def test_lines_of_a_template_end_as_sentences(cast: SimpleNamespace, group: Group) -> None:
    stage.member(group)
    with acting(cast.sho) as by:
        saying.announce(groups=[group], words={"": "Poster\nPut it up"}, by=by, now=NOW)
    assert Body.objects.get().template["params"][1] == "Poster. Put it up."
    assert texts.one_line("پوسٹر\n\nلگائیں:\n") == "پوسٹر۔ لگائیں:"


@pytest.mark.parametrize(
    ("spoken", "read"),
    [("hi", "hi"), ("ur", "ur"), ("ps", "ur"), ("en", "en"), ("roman", "en"), ("pa", "en")],
)
def test_names_times_and_reasons_are_told_as_pages_tell_them(spoken: str, read: str) -> None:
    assert words.page_language(spoken) == read
