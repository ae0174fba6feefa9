"""Very many messages from one address wait; messages from elsewhere don't."""

from uuid import uuid4

import pytest

from rabta.channels.models import Account, Credential
from rabta.intake.models import Journal
from rabta.web.citizen import patience
from tests.web.officer import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db


def send(address: str) -> int:
    form = {"key": str(uuid4()), "text": "My cycle was stolen", "contact": "anonymous"}
    return Browser().post("/", form, REMOTE_ADDR=address).status_code


def test_more_words_to_a_matter_are_limited_too(monkeypatch):
    monkeypatch.setattr(patience, "MOST_SENT", 2)
    force = stage.make()
    credential = Credential.objects.create(channel="webform", name="Form", sealed_values=b"")
    Account.objects.create(
        credential=credential, channel="webform", name="Click and Post", external_id="form", unit=force.hq
    )
    browser = Browser()
    form = {"key": str(uuid4()), "text": "My cycle was stolen", "contact": "anonymous"}
    sent = [browser.post("/", form)]
    sent += [browser.post("/status/message/", {"key": str(uuid4()), "text": "More"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [302, 302, 429]
    assert "Very many messages" in sent[-1].body.decode()


def test_messages_of_one_address_are_limited_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr(patience, "MOST_SENT", 3)
    force = stage.make()
    credential = Credential.objects.create(channel="webform", name="Form", sealed_values=b"")
    Account.objects.create(
        credential=credential, channel="webform", name="Click and Post", external_id="form", unit=force.hq
    )
    assert [send("203.0.113.9") for _ in range(5)] == [302, 302, 302, 429, 429]
    assert send("198.51.100.7") == 302
    assert Journal.objects.count() == 4
    assert [send(f"2001:db8:0:7::{n}") for n in range(1, 5)] == [302, 302, 302, 429]
    assert send("2001:db8:0:8::1") == 302
    page = Browser().post("/", {"text": "Still here", "contact": "anonymous"}, REMOTE_ADDR="203.0.113.9")
    assert "Very many messages" in page.body.decode()
    assert "Still here" in page.body.decode()
