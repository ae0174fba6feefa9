"""Quiet hours: announcements that are not urgent wait till they end; bulletins never do."""

from collections.abc import Iterator
from datetime import time, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from rabta.force import access
from rabta.groups import fanning
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.bulletins import issuing
from rabta.publishing import checklist
from tests.cast import NOW, acting
from tests.groups import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The station's group is quiet from eight in the evening to six; it is nine there."""
    cast.groups = stage.groups(cast)
    group = cast.groups.station
    group.quiet_from, group.quiet_to = time(20), time(6)
    group.save()
    cast.at = timezone.localtime(NOW).replace(hour=21, minute=0)
    cast.morning = (cast.at + timedelta(days=1)).replace(hour=6)
    with access.system("test"):
        yield cast


def test_an_announcement_waits_till_quiet_hours_end_unless_it_is_urgent(night: SimpleNamespace) -> None:
    groups = [night.groups.station, night.groups.circle]
    with acting(night.co) as by:
        made = saying.announce(groups=groups, words={"": "A meeting"}, by=by, now=night.at)
        urgent = saying.announce(groups=groups, words={"": "A flood"}, by=by, now=night.at, urgent=True)
        elsewhere = saying.announce(groups=groups[1:], words={"": "x"}, by=by, now=night.at)
        by_day = saying.announce(groups=groups, words={"": "x"}, by=by, now=night.morning)
    assert [one.due_at for one in (made, urgent, elsewhere)] == [night.morning, night.at, night.at]
    assert by_day.due_at == night.morning
    with access.system("test"):
        assert made.pk not in fanning.due(now=night.at + timedelta(hours=8))
        assert made.pk in fanning.due(now=night.morning)


def test_a_bulletin_never_waits(night: SimpleNamespace) -> None:
    with acting(night.sho) as by:
        facts = issuing.Facts(
            title="Flood", words={"": "Leave the low ground"}, groups=[night.groups.station]
        )
        made = issuing.write(facts=facts, ticked=frozenset(checklist.POINTS), by=by, now=night.at)
    with acting(night.co) as by:
        done = issuing.let_go(bulletin=made, by=by, now=night.at)
    assert done.broadcast is not None and done.broadcast.due_at == night.at


def test_the_page_says_that_it_waits_and_lets_it_be_stopped(
    night: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: night.at)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(night.sho)
    address = f"/groups/{night.groups.station.public_id}/say/"
    looked = browser.post(address, {"text": "A meeting", "step": "look"}).content.decode()
    assert "Quiet hours: it goes out at" in looked
    urgent = browser.post(address, {"text": "A meeting", "step": "look", "urgent": "on"}).content.decode()
    assert "Quiet hours: it goes out at" not in urgent
    sent = browser.post(address, {"text": "A meeting", "step": "send"})
    page = browser.get(sent.headers["Location"]).content.decode()
    assert "It waits: it goes out at" in page and "Stop what has not left yet" in page
    browser.post(f"{sent.headers['Location']}stop/")
    stopped = browser.get(sent.headers["Location"]).content.decode()
    assert "It waits" not in stopped and "stopped" in stopped
