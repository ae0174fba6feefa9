"""The desk in a real browser with a real web process and tailer: live, by keys, on a phone, and for everybody."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from rabta.cases.models import Case
from tests.web import small_force
from tests.web.desk import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 30_000  # milliseconds; only a test that fails waits so long
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def page(force, web, tailing, chromium) -> Iterator[Page]:
    """The operator's browser, signed in, with nothing open yet. An error of a script fails the test."""
    client = Client()
    client.force_login(force.operator)
    session, errors = client.cookies["rabta_session"].value, []
    address = f"http://127.0.0.1:{web.port}"
    with chromium.new_context(base_url=address, viewport={"width": 1280, "height": 800}) as context:
        context.add_cookies([{"name": "rabta_session", "value": session, "url": address}])
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        yield tab
    assert errors == []


def writes(case: Case, text: str) -> None:
    """The citizen writes once more, as the worker would record it."""
    now = timezone.now()
    stage.says(case, text)
    Case.objects.filter(pk=case.pk).update(last_in_at=now, changed_at=now)
    small_force.happens(case, "message_in", now)


def order_of(page: Page) -> list[str]:
    return page.locator(".case-row").evaluate_all("rows => rows.map(row => row.dataset.case)")


def test_a_working_day_at_the_desk(force, page, axe_script):
    first, second = stage.case(force, subject="The first"), stage.case(force, subject="The second")
    page.goto("/desk/?queue=open")
    expect(page.locator(".case-row")).to_have_count(2)
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text("The second")
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text("The first")

    # News comes into the open case; what is half written stays, nothing moves.
    before = order_of(page)
    page.keyboard.press("r")
    page.keyboard.type("Half a sen")
    writes(first, "There is more to say")
    expect(page.locator("#conversation")).to_contain_text("There is more to say")
    expect(page.locator("#composer-text")).to_have_value("Half a sen")
    assert order_of(page) == before

    # A new case waits behind the bar.
    third = stage.case(force, subject="The third")
    small_force.happens(third, "opened", timezone.now())
    expect(page.locator("#new-bar")).to_have_text("1 new")
    assert order_of(page) == before
    page.click("#new-bar")
    expect(page.locator(".case-row")).to_have_count(3)
    expect(page.locator(".case-row[aria-current]")).to_have_attribute("data-case", first.public_id)

    # A reply goes out by keys; a prepared answer too.
    page.focus("#composer-text")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".bubble-out")).to_contain_text("Half a sen")
    expect(page.locator("#composer-text")).to_have_value("")
    page.keyboard.type("/thanks")
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).not_to_have_value("/thanks")

    # The draft outlives a reload; nothing on the page keeps anybody out.
    page.reload()
    expect(page.locator("#composer-text")).not_to_have_value("")
    page.evaluate(axe_script)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    assert second.public_id in order_of(page)


def test_on_a_phone_the_panes_are_pages(force, page):
    made = stage.case(force, subject="A matter")
    page.set_viewport_size(NARROW)
    page.goto("/desk/?queue=open")
    for _ in range(2):  # the same case opens again after going back
        page.click(f"#row-{made.public_id} a")
        expect(page.locator("#composer-text")).to_be_visible()
        expect(page.locator("#rows")).not_to_be_visible()
        page.click("[data-back]")
        expect(page.locator("#rows")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
