"""The phone page in a real browser: a citizen writes, the police answer, nothing is reloaded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import browsing
from tests.simulator.stage import CITIZEN, NUMBER, OFFICER, Stage, a_simulator

PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
BUTTONS = {
    "type": "button",
    "body": {"text": "کیا یہ چوری ہے؟"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "جی ہاں"}}]},
}


class Backstage:
    """The stage of the other tests, run in a thread because the browser's driver blocks."""

    def __init__(self, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
        self.stage, self.loop = stage, loop
        self.base = str(stage.client._base_url)

    def do(self, step: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(10)


@contextmanager
def backstage(home: Path) -> Iterator[Backstage]:
    ready: Future[Backstage] = Future()

    async def play() -> None:
        async with a_simulator(home) as stage:
            end = asyncio.Event()
            here = Backstage(stage, asyncio.get_running_loop())
            here.end = end  # type: ignore[attr-defined]
            ready.set_result(here)
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(play()))
    thread.start()
    here = ready.result(10)
    try:
        yield here
    finally:
        here.loop.call_soon_threadsafe(here.end.set)  # type: ignore[attr-defined]
        thread.join(10)


@contextmanager
def a_browser(address: str, *, width: int = 1280) -> Iterator[Page]:
    with browsing.chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800})
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        yield page
        assert troubles == []


@pytest.mark.browser
def test_a_citizen_writes_in_urdu_with_a_photo_and_a_place_and_sees_the_answer(tmp_path: Path) -> None:
    photo = tmp_path / "shop.png"
    photo.write_bytes(PHOTO)
    with (
        backstage(tmp_path / "home") as here,
        a_browser(f"{here.base}?left=%2B{CITIZEN}&account={NUMBER}") as page,
    ):
        here.do(here.stage.call("PUT", "/sim/places", [{"name": "Qissa Khwani", "lat": 34.01, "lng": 71.57}]))
        phone = page.locator("#phone-left")
        phone.get_by_test_id("composer-text").fill("میری دکان میں چوری ہوئی")
        phone.get_by_test_id("send").click()
        expect(phone.get_by_test_id("bubble")).to_have_count(1)
        expect(phone.locator("[data-testid=bubble][data-status=delivered]")).to_have_count(1)
        assert phone.locator(".row").evaluate("node => getComputedStyle(node).direction") == "rtl"
        phone.get_by_test_id("attach").click()
        with page.expect_file_chooser() as chooser:
            phone.get_by_test_id("attach-photo").click()
        chooser.value.set_files(photo)
        page.get_by_test_id("ask-ok").click()
        expect(phone.get_by_test_id("photo")).to_have_count(1)
        phone.get_by_test_id("attach").click()
        phone.get_by_test_id("attach-location").click()
        page.get_by_test_id("place").click()
        page.get_by_test_id("send-location").click()
        expect(phone.get_by_test_id("location")).to_contain_text("Qissa Khwani")
        here.do(here.stage.until(lambda: len(here.stage.business.messages()) == 3))
        assert [m["type"] for m in here.stage.business.messages()] == ["text", "image", "location"]
        assert here.stage.business.messages()[2]["location"]["latitude"] == 34.01
        _the_police_answer(here, page)
        _a_newcomer_is_told_what_to_try(here, page)


def _a_newcomer_is_told_what_to_try(here: Backstage, page: Page) -> None:
    guide = {
        "desk": f"{here.base.rstrip('/')}/desk/",
        "review": f"{here.base.rstrip('/')}/supervisor/",
        "logins": {"desk": "operator", "review": "head"},
        "password": "p",
        "officer": "Khan",
        "phones": f"left={CITIZEN}&account={NUMBER}",
        "samples": [{"label": "Theft", "text": "My bicycle is gone"}],
    }
    here.do(here.stage.call("PUT", "/sim/guide", guide))
    page.goto(here.base)  # without an address of his own
    page.wait_for_selector("body[data-ready]")
    expect(page.get_by_role("link", name="Police desk", exact=False).first).to_have_attribute(
        "href", guide["desk"]
    )
    page.get_by_test_id("sample").click()
    text = page.locator("#phone-left").get_by_test_id("composer-text")
    expect(text).to_have_value("My bicycle is gone")
    expect(text).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#phone-left")).to_contain_text("My bicycle is gone")


def _the_police_answer(here: Backstage, page: Page) -> None:
    phone = page.locator("#phone-left")
    first = here.stage.business.messages()[0]["id"]
    here.do(here.stage.graph({"status": "read", "message_id": first}))
    expect(phone.locator(f"[data-id='{first}']")).to_have_attribute("data-status", "read")
    sent = here.do(here.stage.graph({"type": "interactive", "interactive": BUTTONS}))[1]["messages"][0]["id"]
    expect(phone.get_by_test_id("tap")).to_have_text("جی ہاں")
    here.do(here.stage.until(lambda: "read" in here.stage.business.reached(sent)))
    phone.get_by_test_id("tap").click()
    here.do(here.stage.until(lambda: len(here.stage.business.messages()) == 4))
    answer = here.stage.business.messages()[3]
    assert answer["interactive"]["button_reply"] == {"id": "yes", "title": "جی ہاں"}
    assert answer["context"]["id"] == sent


@pytest.mark.browser
def test_an_unopened_chat_counts_what_is_unread_and_opening_it_reads(tmp_path: Path) -> None:
    with backstage(tmp_path) as here, a_browser(f"{here.base}?left={CITIZEN}&right={OFFICER}") as page:
        here.do(here.stage.writes())
        sent = here.do(here.stage.text("جواب: see http://127.0.0.1:8000/s/1 <b>"))[1]["messages"][0]["id"]
        phone = page.locator("#phone-left")
        expect(phone.get_by_test_id("unread")).to_have_text("1")
        assert "read" not in here.stage.business.reached(sent)
        phone.get_by_test_id("chat").click()
        here.do(here.stage.until(lambda: "read" in here.stage.business.reached(sent)))
        text = phone.get_by_test_id("bubble-text").last
        expect(text).to_have_text("جواب: see http://127.0.0.1:8000/s/1 <b>")
        expect(text.locator("a")).to_have_attribute("href", "http://127.0.0.1:8000/s/1")
        expect(page.locator("#phone-right").get_by_test_id("chat")).to_have_count(1)


@pytest.mark.browser
def test_letting_25_hours_pass_closes_the_window_and_the_page_says_so(tmp_path: Path) -> None:
    with (
        backstage(tmp_path) as here,
        a_browser(f"{here.base}?left={CITIZEN}&account={NUMBER}", width=390) as page,
    ):
        here.do(here.stage.writes())
        window = page.get_by_test_id("window")
        expect(page.get_by_test_id("phone")).to_have_count(1)
        expect(window).to_have_attribute("data-open", "true")
        page.get_by_test_id("chat-menu").click()
        page.get_by_test_id("choice").first.click()
        expect(window).to_have_attribute("data-open", "false")
        here.do(here.stage.text("too late"))
        expect(page.get_by_test_id("refused")).to_contain_text("131047")
