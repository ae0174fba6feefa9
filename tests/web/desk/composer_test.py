"""What an operator writes while the line is slow, broken or lying: every word is kept, and once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, Route, expect

from rabta.cases.models import Message
from tests.web.desk import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long
SENT = "**/say/**"


@pytest.fixture
def page(web: Any, chromium: Any) -> Iterator[Page]:
    """A case open at the desk, the composer ready for a note."""
    force = stage.make()
    case = stage.case(force, subject="A matter")
    client = Client()
    client.force_login(force.operator)
    address = f"http://127.0.0.1:{web.port}"
    session = {"name": "rabta_session", "value": client.cookies["rabta_session"].value, "url": address}
    with chromium.new_context(base_url=address, viewport={"width": 1280, "height": 800}) as context:
        context.add_cookies([session])
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        tab = context.new_page()
        tab.goto(f"/desk/case/{case.public_id}/")
        tab.keyboard.press("n")
        expect(tab.locator("[name=tab][value=note]")).to_be_checked()
        yield tab


@pytest.fixture
def held(page: Page) -> list[Route]:
    """What is sent from now on waits here on its way to the server."""
    waiting: list[Route] = []
    page.route(SENT, lambda route: waiting.append(route))
    return waiting


def let_go(page: Page, held: list[Route]) -> None:
    """What waits goes on, and nothing waits any more."""
    for route in held:
        route.continue_()
    page.unroute(SENT)


def field(page: Page) -> Locator:
    return page.locator("#composer-text")


def writes(page: Page, text: str) -> None:
    field(page).fill(text)
    page.keyboard.press("Control+Enter")


def until(page: Page, true: Callable[[], bool]) -> None:
    """Let the browser go on until it is true."""
    for _ in range(PATIENCE // 50):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("it does not come about")


def notes() -> list[str]:
    return list(Message.objects.filter(direction="note").order_by("id").values_list("text", flat=True))


def test_what_is_typed_while_a_note_is_on_its_way_stays_and_goes_next(page: Page, held: list[Route]) -> None:
    writes(page, "The first")
    until(page, lambda: len(held) == 1)
    field(page).fill("The second")
    let_go(page, held)
    expect(page.locator("#conversation")).to_contain_text("The first")
    expect(field(page)).to_have_value("The second")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#conversation")).to_contain_text("The second")
    expect(field(page)).to_have_value("")
    assert notes() == ["The first", "The second"]


def test_two_notes_one_after_the_other_are_two(page: Page) -> None:
    for text in ("Same words", "Same words"):
        writes(page, text)
        expect(field(page)).to_have_value("")
    expect(page.locator("#conversation").get_by_text("Same words")).to_have_count(2)
    assert notes() == ["Same words", "Same words"]


def test_a_note_sent_twice_at_once_is_kept_once_and_the_next_one_too(page: Page, held: list[Route]) -> None:
    writes(page, "Impatient")
    until(page, lambda: len(held) == 1)
    page.keyboard.press("Control+Enter")
    let_go(page, held)
    expect(page.locator("#conversation")).to_contain_text("Impatient")
    writes(page, "Patient")
    expect(page.locator("#conversation")).to_contain_text("Patient")
    assert notes() == ["Impatient", "Patient"]


def test_a_note_that_did_not_arrive_stays_and_can_be_sent_again(page: Page) -> None:
    page.route(SENT, lambda route: route.abort())
    writes(page, "Unlucky")
    expect(page.locator("#flashes")).not_to_be_empty()
    expect(field(page)).to_have_value("Unlucky")
    assert notes() == []
    page.unroute(SENT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#conversation")).to_contain_text("Unlucky")
    assert notes() == ["Unlucky"]


def test_after_an_answer_that_was_lost_the_note_is_there_once_and_what_was_added_is_not_lost(
    page: Page,
) -> None:
    def answer_lost(route: Route) -> None:
        route.fetch()  # the server keeps the note
        route.abort()

    page.route(SENT, answer_lost)
    writes(page, "Kept")
    expect(page.locator("#flashes")).not_to_be_empty()
    page.unroute(SENT)
    writes(page, "Kept, and more")
    expect(page.locator("#notice [data-again]")).to_be_visible()
    expect(page.locator("#conversation")).to_contain_text("Kept")
    expect(field(page)).to_have_value("Kept, and more")
    assert notes() == ["Kept"]
    page.keyboard.press("Control+Enter")
    expect(page.locator("#conversation")).to_contain_text("Kept, and more")
    expect(field(page)).to_have_value("")
    assert notes() == ["Kept", "Kept, and more"]
