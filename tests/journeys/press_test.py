"""A journalist asks by telephone, gets the version, and a screenshot is checked; a bulletin and its receipt."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from rabta.groups import fanning, reach
from rabta.groups.models import Broadcast, Bulletin, Group, Member, Recipient
from rabta.outbox.models import Delivery
from rabta.publishing.models import Question, Version
from tests import cast as casts
from tests.cast import Citizen, hears
from tests.groups import stage
from tests.groups.stage import member
from tests.journeys.review_test import window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = "What happened in Saddar last night?"
WORDS = "Two shops burned on Saddar Road. Nobody was hurt. The road is open again."


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    with transaction.atomic():
        made: SimpleNamespace = casts.make()
        made.groups = stage.groups(made)
        made.media = stage.opened(made.hq, Group.Kind.MEDIA, made.igp)
    return made


def told(who: Member) -> list[str]:
    rows = Delivery.objects.filter(address=who.address_id).select_related("body").order_by("id")
    return [row.body.text if row.body else row.text for row in rows]


def fan_out() -> None:
    """What the worker does with what was said."""
    now = timezone.now()
    for pk in fanning.due(now=now):
        while fanning.go_on(pk, now=now):
            pass


def tick(page: Page) -> None:
    for box in page.locator("[name=ticked]").all():
        box.check()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_from_a_question_to_a_checked_screenshot(cast: SimpleNamespace, web: Any, browser: Browser) -> None:
    expect.set_options(timeout=60_000)
    phone = Citizen()
    journalist = member(cast.media, number=f"+{phone.phone}", kind="journalist", language="en")
    hears(cast, phone.says(ASKED), at=timezone.now())
    fan_out()
    assert "We have your question" in told(journalist)[-1]
    assert Question.objects.get().text == ASKED

    page = window(browser, web, cast.operator, width=1366, language="en")
    page.goto("/press/")
    expect(page.get_by_text(ASKED)).to_be_visible()
    expect(page.get_by_text("clock runs")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Write the version").click()
    page.get_by_label("Title in English").fill("Fire on Saddar Road")
    page.get_by_label("Words in English").fill(WORDS)
    tick(page)
    fits(page)
    page.get_by_role("button", name="Hand it to a second officer").click()
    expect(page.get_by_text("You wrote it: another officer reads and approves it.")).to_be_visible()
    version = Version.objects.get()

    page = window(browser, web, cast.desk_head, width=390, language="ur")
    page.goto(f"/press/{version.public_id}/")
    fits(page)
    tick(page)
    page.locator("button[value=approve]").click()
    page.locator("input[name=groups]").check()
    fits(page)
    page.locator(".btn-big").click()
    page.wait_for_selector(".g-about")
    version.refresh_from_db()
    assert version.state == Version.State.RELEASED
    fan_out()
    assert WORDS in told(journalist)[-1] and version.number in told(journalist)[-1]

    page = browser.new_context(base_url=page.url.split("/press")[0], locale="en").new_page()
    page.goto("/versions/")
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_label("Words as they stand on the picture").fill(WORDS.replace("Nobody was", "Nine were"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("words were changed")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["nine", "were"])
    page.get_by_label("Words as they stand on the picture").fill(WORDS)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("exactly the words of the police")).to_be_visible()
    fits(page)


def test_a_bulletin_goes_out_and_i_have_told_50_comes_back(
    cast: SimpleNamespace, web: Any, browser: Browser
) -> None:
    expect.set_options(timeout=60_000)
    phone = Citizen()
    volunteer = member(cast.groups.station, number=f"+{phone.phone}", language="en")
    page = window(browser, web, cast.sho, width=390, language="en")
    page.goto("/groups/bulletins/new/")
    page.get_by_label("What it is about").fill("Bridge")
    page.get_by_label("Message", exact=True).fill("The bridge is closed. Stay away.")
    page.get_by_label("In these units, and all below").select_option(cast.kotwali.public_id)
    tick(page)
    page.get_by_role("button", name="See who hears it").click()
    expect(page.get_by_text("Before it goes")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Hand it to a second officer").click()
    page.wait_for_url(f"**/groups/bulletins/{Bulletin.objects.get().public_id}/")

    page = window(browser, web, cast.co, width=1366, language="en")
    page.goto(f"/groups/bulletins/{Bulletin.objects.get().public_id}/")
    page.get_by_role("button", name="Let it go").click()
    expect(page.get_by_role("heading", name="How far it came")).to_be_visible()
    fan_out()
    assert "The bridge is closed" in told(volunteer)[-1]
    hears(cast, phone.says("2"), at=timezone.now())
    assert Recipient.objects.get(member=volunteer).answer == "told_50"
    reach.count(Broadcast.objects.get(), now=timezone.now())
    page.reload()
    expect(page.locator("#bulletin-reach")).to_contain_text("I told 50")
    expect(page.get_by_role("row", name="Kotwali")).to_contain_text("50")
    fits(page)
