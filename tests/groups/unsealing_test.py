"""What was removed from a group's talk is opened by who commands there, for a reason, and the record keeps it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from rabta.audit.models import Record
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.groups.models import Item
from rabta.journey.groups.talk import moderating, unsealing
from tests.cast import NOW, acting
from tests.groups import stage
from tests.groups.moderating_test import HINT, wrote

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(cast: SimpleNamespace) -> SimpleNamespace:
    """A hint that the station refused."""
    cast.groups = stage.groups(cast)
    _who, cast.item = wrote(cast, cast.groups.station)
    with acting(cast.sho) as by:
        moderating.refuse(item=cast.item, reason="unproved", by=by, now=NOW)
    cast.item = Item.objects.select_related("group").get(pk=cast.item.pk)
    cast.pages = f"/groups/{cast.groups.station.public_id}"
    return cast


def client(who: Officer) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    Officer.objects.filter(pk=who.pk).update(language="en")
    made.force_login(who)
    return made


def opened() -> list[dict[str, Any]]:
    return list(Record.objects.filter(act="item_opened").values_list("detail", flat=True))


def test_a_commander_reads_it_for_a_reason_and_the_record_says_so(refused: SimpleNamespace) -> None:
    browser = client(refused.co)
    page = f"{refused.pages}/removed/{refused.item.public_id}/"
    assert f"{refused.pages}/removed/" in browser.get(f"{refused.pages}/talk/").content.decode()
    listed = browser.get(f"{refused.pages}/removed/").content.decode()
    assert page in listed and HINT not in listed
    asked = browser.get(page).content.decode()
    assert "Why do you open it?" in asked and HINT not in asked and opened() == []
    answer = browser.post(page, {"reason": "because"})
    assert (answer.status_code, opened()) == (400, []) and HINT not in answer.content.decode()
    answer = browser.post(page, {"reason": "complaint"})
    assert HINT in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]
    (record,) = Record.objects.filter(act="item_opened")
    assert (record.actor_officer, record.subject_ids) == (refused.co.pk, [refused.item.pk])
    assert record.detail == {"reason": "complaint", "group": refused.groups.station.pk}
    assert HINT not in browser.get(page).content.decode(), "it is shown once"


def test_who_only_runs_the_group_does_not_read_it_and_others_do_not_know_of_it(
    refused: SimpleNamespace,
) -> None:
    page = f"{refused.pages}/removed/{refused.item.public_id}/"
    station = client(refused.sho)
    assert "/removed/" not in station.get(f"{refused.pages}/talk/").content.decode()
    assert station.get(page).status_code == station.post(page, {"reason": "court"}).status_code == 403
    for foreign in (refused.sp_mardan, refused.co_rural):
        assert client(foreign).post(page, {"reason": "court"}).status_code == 404
    with acting(refused.sho) as by, pytest.raises(Refused, match="Only who commands"):
        unsealing.read(item=refused.item, reason="court", by=by, now=NOW)
    assert opened() == []


def test_what_waits_or_was_let_through_is_no_evidence(refused: SimpleNamespace) -> None:
    with acting(refused.sho) as by:
        waiting = moderating.undo(item=refused.item, by=by, now=NOW)
    page = f"{refused.pages}/removed/{waiting.public_id}/"
    assert client(refused.co).get(page).status_code == 404
    with acting(refused.co) as by, pytest.raises(Refused, match="not removed any more"):
        unsealing.read(item=waiting, reason="court", by=by, now=NOW)
