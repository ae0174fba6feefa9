"""Proof that does not come: a reminder before the day, and after it the level above hears of it by name, once."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from rabta.force.models import Officer, Posting
from rabta.groups.models import Hop
from rabta.journey.groups.directions import directing, proof_watch, proving
from rabta.outbox.models import Delivery
from tests.cast import DAY, HOUR, MINUTE, NOW, acting
from tests.groups import stage
from tests.groups.proving_test import decides, sends, taken
from tests.groups.relay_stage import asking_photos, hop, scope, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: SimpleNamespace) -> SimpleNamespace:
    """A station that was asked for a photo till tomorrow; the circle above it."""
    Officer.objects.update(language="en")
    cast.groups = stage.groups(cast)
    cast.direction = asking_photos(cast, at_once=True)
    cast.hop = hop(cast.direction, cast.groups.station)
    return cast


def ticks(at: datetime) -> None:
    with worker():
        proof_watch.tick(now=at)


def letters(who: Officer) -> list[str]:
    """What he was told of proof, without the letter that first asked for it."""
    rows = Delivery.objects.filter(number=who.phone, text__contains="roof of").order_by("pk")
    return [row.text for row in rows]


def station(asked: SimpleNamespace) -> Hop:
    return hop(asked.direction, asked.groups.station)


def test_it_is_reminded_of_once_and_then_told_one_level_up_once(asked: SimpleNamespace) -> None:
    ticks(NOW + 17 * HOUR)
    assert letters(asked.sho) == []
    for minutes in (0, 1, 30):
        ticks(NOW + 18 * HOUR + minutes * MINUTE)
    (reminder,) = letters(asked.sho)
    assert "has not come yet" in reminder and "answer this message with a photo" in reminder
    assert Delivery.objects.filter(number=asked.sho.phone).latest("pk").about, "a photo may answer it"
    assert (letters(asked.co), station(asked).is_proof_late) == ([], False)
    for minutes in (0, 1, 600):
        ticks(NOW + DAY + minutes * MINUTE)
    (late,) = letters(asked.co)
    assert asked.hop.post is not None
    assert str(asked.hop.post) in late and "in time" in late
    assert (station(asked).proof_late_to, station(asked).is_proof_late) == (
        hop(asked.direction, asked.groups.circle).post,
        True,
    )
    assert len(letters(asked.sho)) == 1


def test_what_was_sent_is_not_late_and_what_comes_late_is_late_no_more(asked: SimpleNamespace) -> None:
    sends(asked)
    ticks(NOW + DAY + HOUR)
    assert letters(asked.co) == [] and not station(asked).proof_late_at
    other = asking_photos(asked, at_once=True)
    ticks(NOW + DAY + HOUR)
    late = hop(other, asked.groups.station)
    assert late.is_proof_late
    with acting(asked.sho) as by:
        proving.send(hop=late, text="", files=taken(), by=by, now=NOW + DAY + 2 * HOUR)
    after = hop(other, asked.groups.station)
    assert not after.is_proof_late and after.proof_late_at, "that it was late stays written"


def test_who_was_sent_back_has_the_time_of_a_hop_for_another(asked: SimpleNamespace) -> None:
    proof = sends(asked)
    Hop.objects.filter(pk=asked.hop.pk).update(proof_reminded_at=NOW)
    asked.direction.proof_due_at = NOW + HOUR
    asked.direction.save()
    decides(proof, asked.co, "rejected", "Too dark")  # two hours after the beginning, one after the day
    ticks(NOW + 5 * HOUR)
    assert letters(asked.co) == []
    ticks(NOW + 6 * HOUR)
    assert len(letters(asked.co)) == 1


def test_where_the_post_above_is_vacant_whoever_gave_it_is_told(asked: SimpleNamespace) -> None:
    Posting.objects.filter(officer=asked.co).delete()
    ticks(NOW + DAY)
    assert (letters(asked.co), len(letters(asked.igp))) == ([], 1)


def test_ended_or_without_reminders_nobody_is_told(asked: SimpleNamespace) -> None:
    quiet = asking_photos(asked, at_once=True, reminders=0)
    directing.end(direction=asked.direction, why="Over", by=scope(asked.igp), now=NOW + HOUR)
    ticks(NOW + 20 * HOUR)
    assert letters(asked.sho) == []
    ticks(NOW + DAY)
    assert len(letters(asked.co)) == 1
    assert hop(quiet, asked.groups.station).is_proof_late


def test_the_pages_say_whose_proof_is_late_and_who_was_told(asked: SimpleNamespace) -> None:
    ticks(NOW + DAY)
    browser = Client()
    browser.force_login(asked.sp)
    page = browser.get(f"/groups/directions/{asked.direction.public_id}/?proof=late").content.decode()
    assert "of these, not in time" in page and f'id="hop-{asked.hop.public_id}"' in page
    circle = hop(asked.direction, asked.groups.circle)
    assert f'id="hop-{circle.public_id}"' not in page
    assert (
        "was told that the proof is late"
        in browser.get(f"/groups/hops/{asked.hop.public_id}/").content.decode()
    )
