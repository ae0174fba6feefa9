"""The public form in a real browser: a line that breaks loses nothing and doubles nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from rabta.intake.models import Journal
from tests.files import pictures
from tests.web.citizen.stage import handed_in, with_a_form

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SOON = 60_000
WORDS = "میری سائیکل چوری ہو گئی"
NO_LINE = {
    "en": "There is no connection right now",
    "hi": "अभी कनेक्शन नहीं है",
    "ur": "اس وقت کنکشن نہیں ہے",
}
Visit = Callable[..., Page]


@pytest.fixture
def visit(web: Any, chromium: Browser) -> Iterator[Visit]:
    """Opens the form of a force. Nothing on the page breaks its policy or fails unseen."""
    force, errors, opened = with_a_form(), [], []
    assert force.form

    def visit(language: str = "en", **facts: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, base_url=f"http://127.0.0.1:{web.port}", **facts
        )
        context.set_default_timeout(SOON)
        expect.set_options(timeout=SOON)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"/?lang={language}")
        return page

    yield visit
    for context in opened:
        context.close()
    assert errors == []


def written(page: Page) -> None:
    page.fill("#id_text", WORDS)
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": pictures.photo()}
    page.set_input_files("#id_photos", [photo])
    page.locator("input[value=anonymous]").check()


def post(page: Page) -> None:
    page.click("#post button.btn-primary")


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_without_a_line_the_form_says_so_and_keeps_all_until_it_goes_out(visit: Visit, language: str) -> None:
    page = visit(language)
    written(page)
    label = page.inner_text("#post button.btn-primary")
    page.context.set_offline(True)
    for _ in range(2):  # the button works again
        post(page)
        expect(page.locator("#unsent")).to_contain_text(NO_LINE[language])
        expect(page.locator("#post button.btn-primary")).to_be_enabled()
    assert page.inner_text("#post button.btn-primary") == label
    assert page.input_value("#id_text") == WORDS
    assert page.evaluate("document.forms.post.elements.photos.files.length") == 1
    assert not Journal.objects.exists()
    page.context.set_offline(False)
    post(page)
    expect(page.locator("#code")).to_be_visible()
    (body,) = handed_in()
    assert (body["text"], len(body["files"]), body["language"]) == (WORDS, 1, language)


def lose_the_answer(route: Route) -> None:
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort()
    else:
        route.fallback()


@pytest.mark.parametrize("more", ["", " He has a gun."])
def test_what_was_taken_though_its_answer_was_lost_counts_once_and_what_was_added_is_not_lost(
    visit: Visit, more: str
) -> None:
    page = visit()
    page.fill("#id_text", WORDS)
    page.route("**/*", lose_the_answer)
    post(page)
    expect(page.locator("#unsent")).to_contain_text(NO_LINE["en"])
    page.unroute("**/*")
    if more:
        page.locator("#id_text").press_sequentially(more)
    post(page)
    expect(page.locator("#code")).to_be_visible()
    first, second = handed_in()
    assert (first["text"], second["text"]) == (WORDS, WORDS + more)
    assert (first["submission"] == second["submission"]) == (not more)


def test_a_field_to_be_corrected_and_a_refused_upload_are_said_as_the_server_says_them(visit: Visit) -> None:
    page = visit()
    written(page)
    large = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 3_500_000}
    page.set_input_files("#id_photos", [large])
    post(page)
    expect(page.locator("#unsent")).to_contain_text("too large (40 MB at most)")
    assert page.input_value("#id_text") == WORDS
    page.set_input_files("#id_photos", [])
    page.locator("input[value=named]").check()
    page.fill("#id_phone", "12")
    post(page)
    expect(page.locator("main .flash-error").first).to_contain_text("Not sent yet")
    expect(page.locator("#id_text")).to_have_value(WORDS)
    page.fill("#id_phone", "")
    post(page)
    expect(page.locator("#code")).to_be_visible()
    assert [body["text"] for body in handed_in()] == [WORDS]


def test_without_script_the_form_is_complete(visit: Visit) -> None:
    page = visit("ur", java_script_enabled=False)
    page.fill("#id_text", WORDS)
    post(page)
    expect(page.locator("#code")).to_be_visible()
    assert handed_in()[0]["text"] == WORDS
