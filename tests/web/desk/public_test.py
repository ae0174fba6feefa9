"""A public post on the desk's page: what is public is seen to be, and answering in public wants a second look."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Case, Message
from rabta.channels import accounts
from rabta.people.handles import Writer, recognise
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


def public_case(force: SimpleNamespace, **facts: Any) -> Case:
    """A case that a post at X opened."""
    values = {"consumer_secret": "s", "consumer_key": "k", "access_tokens": "11-t:s"}
    app = accounts.create_credential(channel="x", name="X", values=values)
    account = accounts.create_account(
        credential=app, name="X", external_id="11", unit=force.hq, address="@Police"
    )
    case = stage.case(force, **facts)
    writer = Writer(scheme="x", handle="21", address="21", name="Mariam", number="@mariam")
    case.conversation.handle = recognise([writer], now=case.opened_at)["x", "21"]
    case.conversation.account = case.account = account
    case.conversation.save()
    case.save()
    link = "https://x.com/mariam/status/5<script>"
    said = {
        "public": True,
        "link": link,
        "sealed_id": b"sealed",
        "about": "quote",
        "about_text": "Look at that",
        "text": "See https://elsewhere.example/who-opened-it",
    }
    case.messages.update(**said)
    return case


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


def test_a_post_is_seen_to_be_public_and_its_link_is_text(force: SimpleNamespace) -> None:
    case = public_case(force)
    page = Browser(force.operator).get(f"/desk/case/{case.public_id}/").content.decode()
    assert "Public post" in page and "Look at that" in page and "Quotes another post" in page
    assert "https://x.com/mariam/status/5&lt;script&gt;" in page
    assert "See https://elsewhere.example/who-opened-it" in page
    assert 'href="https:' not in page and 'src="https:' not in page
    assert "@mariam" in page and "tel:@" not in page
    assert 'value="public"' in page and "Private reply" in page


def test_answering_in_public_wants_confirmation_and_harmless_words(force: SimpleNamespace) -> None:
    case = public_case(force)
    browser, say = Browser(force.operator), f"/desk/case/{case.public_id}/say/"
    words = {"tab": "public", "text": "Thank you for telling us."}
    assert browser.post(say, words).status_code == 400
    assert browser.post(say, words | {"confirmed": "yes", "text": case.reference}).status_code == 400
    assert not Message.objects.filter(case=case, direction="out").exists()
    assert browser.post(say, words | {"confirmed": "yes"}).status_code in (200, 302)
    message = Message.objects.get(case=case, direction="out")
    assert message.public and message.delivery is not None and message.delivery.public


def test_a_withheld_case_offers_no_public_answer(force: SimpleNamespace) -> None:
    case = public_case(force, withheld="tip", withheld_why={"code": "tip", "words": "x"})
    page = Browser(force.operator).get(f"/desk/case/{case.public_id}/").content.decode()
    assert 'value="public"' not in page
