"""Groups elsewhere: what is read there counts, and what is said goes into a Telegram group as one letter."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.refusal import Refused
from rabta.channels.models import Account, Credential
from rabta.force import access
from rabta.groups import outside
from rabta.groups.models import Group, Said
from rabta.groups.outside import Overheard
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.talk import linking
from rabta.outbox.models import Delivery
from tests.cast import NOW, TODAY, acting
from tests.groups import stage
from tests.groups.stage import member, sent

pytestmark = pytest.mark.django_db
CHAT = "-1001234567890"


@pytest.fixture
def groups(cast: SimpleNamespace) -> SimpleNamespace:
    return stage.groups(cast)


@pytest.fixture
def bot(cast: SimpleNamespace) -> Account:
    credential = Credential.objects.create(channel="telegram", name="bot", sealed_values=b"x")
    return Account.objects.create(
        channel="telegram", credential=credential, external_id="77", name="Bot", unit=cast.hq
    )


def test_an_announcement_goes_into_the_linked_group_as_one_letter(
    cast: Any, groups: Any, bot: Account
) -> None:
    member(groups.station)
    with acting(cast.sho) as scope:
        linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
        said = saying.say(
            groups=[groups.station], words={"": "Road closed"}, what="announcement", by=scope, now=NOW
        )
    sent(said)
    (letter,) = Delivery.objects.filter(account=bot)
    assert letter.number == CHAT and "Road closed" in letter.text


def test_what_is_for_the_police_only_stays_out(cast: Any, groups: Any, bot: Account) -> None:
    with acting(cast.sho) as scope:
        linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
        said = saying.say(
            groups=[groups.station], words={"": "Raid at six"}, what="announcement", by=scope, now=NOW,
            officers_only=True,
        )  # fmt: skip
    sent(said)
    assert not Delivery.objects.filter(account=bot).exists()


def test_what_is_read_there_counts_for_the_group(cast: Any, groups: Any, bot: Account) -> None:
    with acting(cast.sho) as scope:
        linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
    there = [Overheard(account_id=bot.pk, chat=CHAT, noise=noise) for noise in (True, True, False)]
    outside.count([*there, Overheard(account_id=bot.pk, chat="-999999", noise=True)], at=NOW)
    assert dict(Said.objects.values_list("what", "count")) == {"chat": 3, "chat_noise": 2}


def test_a_chat_belongs_to_one_group_and_has_a_number(cast: Any, groups: Any, bot: Account) -> None:
    with acting(cast.sho) as scope, pytest.raises(Refused, match="minus"):
        linking.link(group=groups.station, account=bot, chat="Volunteers", by=scope, now=NOW)
    with acting(cast.sp) as scope:
        linking.link(group=groups.circle, account=bot, chat=CHAT, by=scope, now=NOW)
        with pytest.raises(Refused, match="Another group"):
            linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
        linking.unlink(group=groups.circle, by=scope, now=NOW)
        linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
    with pytest.raises(Refused, match="None of your posts"):
        linking.unlink(group=groups.station, by=access.scope_of(cast.sho_rustam, on=TODAY), now=NOW)


def test_a_chat_of_another_station_is_not_taken_from_it(cast: Any, groups: Any, bot: Account) -> None:
    other = stage.opened(cast.gulbahar, Group.Kind.VOLUNTEERS, cast.sho_gulbahar)
    with acting(cast.sho) as scope:
        linking.link(group=groups.station, account=bot, chat=CHAT, by=scope, now=NOW)
    with acting(cast.sho_gulbahar) as scope, pytest.raises(Refused, match="Another group"):
        linking.link(group=other, account=bot, chat=CHAT, by=scope, now=NOW)
