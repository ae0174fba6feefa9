"""Officers answer bulletins from their own telephone; their "I told 50" counts as the volunteers' does."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case
from rabta.force import access
from rabta.force.models import Officer
from rabta.groups.models import Broadcast, Recipient
from rabta.journey.groups.bulletins import receipts
from rabta.outbox.models import Delivery
from tests.cast import DAY, HOUR, NOW, PESHAWAR_NUMBER, acting, hears
from tests.groups.bulletins_test import bridge, heard, let_go, written  # noqa: F401
from tests.steps.answering_test import last_to, phone_of
from tests.steps.photos_test import quotable
from tests.steps.stage import theft

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR


@pytest.fixture
def told(bridge: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """A bulletin that came to the in-charge of the station, too."""
    Officer.objects.update(language="en")
    done = let_go(bridge, written(bridge))
    heard(done)
    assert done.broadcast is not None
    bridge.broadcast = done.broadcast
    with access.system("test"):
        bridge.mine = Recipient.objects.get(broadcast=done.broadcast, officer=bridge.sho)
        letter = Delivery.objects.get(pk=bridge.mine.delivery_id)
        Delivery.objects.filter(pk=letter.pk).update(number=bridge.sho.phone)
    return bridge


def answer(told: SimpleNamespace) -> str:
    return str(Recipient.objects.get(pk=told.mine.pk).answer)


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ({"key": "told_50", "title": "I told 50"}, "told_50"),
        ({"text": "2"}, "told_50"),
        ({"text": "50 کو بتایا"}, "told_50"),
        ({"text": "Seen"}, "seen"),
    ],
)
def test_in_answer_to_the_bulletin_it_counts(
    told: SimpleNamespace, message: dict[str, str], kept: str
) -> None:
    hears_quoting(told, message)
    assert answer(told) == kept
    with acting(told.sho):
        assert receipts.told(told.broadcast) == {told.kotwali.pk: {kept: 1}}
    assert not Case.objects.exists()


def hears_quoting(told: SimpleNamespace, message: dict[str, str]) -> None:
    phone, quoted = phone_of(told.sho), quotable(told.sho)
    if "key" in message:
        reply = {
            "type": "button_reply",
            "button_reply": {"id": message["key"], "title": message["title"]},
        }
        sent = phone._message("interactive", interactive=reply, answers=quoted)
    else:
        sent = phone.says(message["text"], answers=quoted)
    account = Delivery.objects.get(pk=told.mine.delivery_id).account.external_id
    hears(told, sent, at=LATER, to=account)


def test_without_a_quotation_the_words_are_enough_and_a_number_is_not(told: SimpleNamespace) -> None:
    hears(told, phone_of(told.sho).says("I told 50"), at=LATER, to=PESHAWAR_NUMBER)
    assert answer(told) == "told_50"
    theft(told)
    hears(told, phone_of(told.sho).says("1"), at=LATER)
    assert "accepted" in last_to(told.sho) and answer(told) == "told_50"


def test_what_is_no_answer_or_too_late_or_of_nobody_who_heard_it_goes_on(told: SimpleNamespace) -> None:
    hears(told, phone_of(told.sho_rustam).says("I told 50"), at=LATER)
    hears(told, phone_of(told.sho).says("Seen"), at=LATER)
    hears(told, phone_of(told.sho).says("I told 50"), at=NOW + 4 * DAY)
    assert answer(told) == ""
    assert not Recipient.objects.exclude(answer="").exists()
    assert Broadcast.objects.filter(what="bulletin").count() == 1
