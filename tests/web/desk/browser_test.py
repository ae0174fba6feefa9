"""The desk in a real browser with a real web process and tailer: live, by keys, on a phone, and for everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from rabta.cases.models import Case
from rabta.cases.related import Link
from tests.web import small_force
from tests.web.desk import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long
COUNT_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def page(force, web, tailing, chromium) -> Iterator[Page]:
    """The operator's browser, signed in, with nothing open. An error of a script or against the policy fails it."""
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
        tab.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
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
    for _ in range(8):
        stage.case(force, urgency=4)
    page.add_init_script(COUNT_TONES)
    page.goto("/desk/?queue=open")
    expect(page.locator(".case-row")).to_have_count(10)
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text("The first")
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text("The second")
    expect(page).to_have_title(f"(8) {second.reference} · Rabta")

    # News comes into the open case and its line; what is half written stays, nothing moves.
    before = order_of(page)
    page.keyboard.press("r")
    page.keyboard.type("Half a sen")
    writes(second, "There is more to say")
    expect(page.locator("#conversation")).to_contain_text("There is more to say")
    expect(page.locator(f"#row-{second.public_id}")).to_contain_text("There is more to say")
    expect(page.locator("#composer-text")).to_have_value("Half a sen")
    assert order_of(page) == before

    # An emergency comes in at the top, is named above all and rings; who writes is not disturbed.
    height = page.locator(f"#row-{second.public_id}").bounding_box()["y"]
    third = stage.case(force, subject="The third", urgency=0)
    small_force.happens(third, "opened", timezone.now())
    expect(page.locator("#alarm-bar")).to_contain_text("The third")
    expect(page.locator("#announce-alarm")).not_to_be_empty()
    assert order_of(page) == [third.public_id, *before]
    expect(page).to_have_title(f"(9) {second.reference} · Rabta")
    expect(page.locator("[data-queue=open] .count")).to_have_text("11")
    page.wait_for_function("window.tones === 3")
    bar = page.locator("#alarm-bar").bounding_box()["height"]
    assert abs(page.locator(f"#row-{second.public_id}").bounding_box()["y"] - bar - height) < 2
    assert page.evaluate("document.activeElement.id") == "composer-text"
    expect(page.locator("#new-bar")).to_have_text("1 new")
    page.click("#new-bar")
    expect(page.locator("#new-bar")).to_be_hidden()
    expect(page.locator(".case-row[aria-current]")).to_have_attribute("data-case", second.public_id)

    # A reply goes out by keys; a prepared answer too.
    page.focus("#composer-text")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".bubble-out")).to_contain_text("Half a sen")
    expect(page.locator("#composer-text")).to_have_value("")
    page.keyboard.type("/thanks")
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).not_to_have_value("/thanks")
    expect(page.locator("#composer-text")).not_to_have_value("")

    # The draft outlives a reload; nothing on the page keeps anybody out.
    page.reload()
    expect(page.locator("#composer-text")).not_to_have_value("")
    page.evaluate(axe_script)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    assert first.public_id in order_of(page)


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


def test_another_language_keeps_the_case_that_a_click_opened(force, page):
    made = stage.case(force, subject="A matter")
    page.goto("/desk/?queue=open")
    page.click(f"#row-{made.public_id} a")
    expect(page.locator("#case-heading")).to_have_text("A matter")
    page.click("form.languages button[value=ur]")
    expect(page.locator("html")).to_have_attribute("lang", "ur")
    expect(page.locator("#case-heading")).to_have_text("A matter")


def test_a_place_is_set_on_the_map_while_it_is_open(force, page):
    made = stage.case(force)
    page.goto(f"/desk/case/{made.public_id}/")
    page.click("#map-box summary")
    page.click("#map .leaflet-container")
    page.click("[data-needs-place]:enabled")
    expect(page.locator(".map-box[open]")).to_have_count(0)
    made.refresh_from_db()
    assert made.lat is not None
    page.click("#map-box summary")  # what came in its place has a map of its own
    expect(page.locator("#map .map-pin")).to_be_visible()


TOO_WIDE = """pane => [...pane.querySelectorAll("*")].filter(one => {
  const box = one.getBoundingClientRect(), whole = pane.getBoundingClientRect();
  return box.width && (box.right > whole.right + 1 || box.left < whole.left - 1);
}).map(one => one.tagName + "." + one.className)"""


@pytest.mark.parametrize("width", [1366, NARROW["width"]])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_what_stands_beside_a_case_stays_within_its_column(force, page, width, language):
    long = (
        "My neighbour has stolen the generator from behind the mosque in Gulbahar, the third time this month"
    )
    now = timezone.now() - timedelta(minutes=1)
    first = stage.case(force, subject=long, lat=34.0, lng=71.5, opened_at=now)
    second = stage.case(force, subject=long, conversation=first.conversation, opened_at=now)
    third = stage.case(force, subject=long)
    one, other = sorted((second, third), key=lambda case: case.pk)
    Link.objects.create(one=one, other=other, reason=long, officer=force.operator, at=now)
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"/desk/case/{second.public_id}/?lang={language}")
    expect(page.locator(".suggested")).to_have_count(1)
    side = page.locator(".side")
    if not side.is_visible():  # on a telephone it is a page of its own
        page.click("[data-shows=side]")
    expect(page.locator(".suggested")).to_be_visible()
    assert side.evaluate(TOO_WIDE) == []
