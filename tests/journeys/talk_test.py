"""A volunteer writes good morning, a hint, a tip, and STOP; the station in-charge moderates on a telephone, in Urdu."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from rabta.cases.models import Case
from rabta.groups import fanning
from rabta.groups.models import Item, Member
from rabta.outbox.models import Delivery
from tests import cast as casts
from tests.cast import Citizen, hears
from tests.groups import stage
from tests.groups.stage import member
from tests.journeys.review_test import window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HINT = "ہماری گلی کے چوک میں اسٹریٹ لائٹ خراب ہے، رات کو اندھیرا رہتا ہے"
TIP = "محلے میں چرس بیچنے والے آئے ہیں، گودام پرانی حویلی میں ہے"


def told(who: Member) -> list[str]:
    rows = Delivery.objects.filter(address=who.address_id).select_related("body").order_by("id")
    return [row.body.text if row.body else row.text for row in rows]


def test_what_a_volunteer_writes(transactional_db: None, web: Any, browser: Browser) -> None:
    with transaction.atomic():
        cast: SimpleNamespace = casts.make()
        group = stage.groups(cast).station
        phone = Citizen()
        writer, other = member(group, number=f"+{phone.phone}", language="en"), member(group, language="ur")
    now = timezone.now()
    hears(cast, phone.says("Good morning everyone"), at=now)
    assert "Thank you for your greeting" in told(writer)[-1]
    hears(cast, phone.says(HINT), at=now)

    page = window(browser, web, cast.sho, width=390, language="ur")
    page.goto(f"/groups/{group.public_id}/talk/")
    expect(page.locator(".t-item")).to_have_count(1)
    expect(page.locator(".t-item .said")).to_have_text(HINT)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator(".t-item")).to_have_count(0)
    item = Item.objects.get(text=HINT)
    assert item.broadcast
    item.broadcast.due_at = now
    item.broadcast.save()
    while fanning.go_on(item.broadcast.pk, now=timezone.now()):
        pass
    assert HINT in told(other)[-1]

    page.reload()
    before = page.locator(".g-facts").inner_text(), page.locator(".t-decided").count()
    hears(cast, phone.says(TIP), at=timezone.now())
    case = Case.objects.get()
    assert case.withheld == "tip" and case.conversation.handle.person.protected
    page.reload()
    expect(page.locator(".t-item")).to_have_count(0)
    assert (page.locator(".g-facts").inner_text(), page.locator(".t-decided").count()) == before
    hears(cast, phone.says("STOP"), at=timezone.now())
    writer.refresh_from_db()
    assert writer.state == "left" and any("START" in text for text in told(writer))
    page.context.close()
