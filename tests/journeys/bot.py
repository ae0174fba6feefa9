"""A citizen presses Start at the bot, tells what happened, and reads the desk's answer in the same chat."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

CITIZEN, GROUP = "5590000003", "Gulbahar volunteers"  # Jamil, whose Telegram speaks Urdu
WORDS = "گلبہار میں میرے گھر سے بکری چوری ہو گئی ہے"
ANSWER = "آپ کی بکری کی تلاش جاری ہے"
REFERENCE = re.compile(r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def goes_all_the_way(visit: Callable[..., Page], *, simulator: str) -> None:
    """Greeting in his language, reference number, case at the desk, answer by hand; the group hears nothing."""
    page = visit("/telegram", base=simulator)
    page.get_by_test_id("tg-me").select_option(CITIZEN)
    page.get_by_test_id("tg-start").click()
    said = page.get_by_test_id("tg-talk").locator("[data-author=bot]")
    expect(said.last).to_contain_text("السلام علیکم")
    page.get_by_test_id("tg-text").fill(WORDS)
    page.get_by_test_id("tg-send").click()
    answer = said.filter(has_text=REFERENCE).last
    expect(answer).to_be_visible()
    reference = REFERENCE.search(answer.inner_text())
    assert reference

    desk = visit("/desk/?lang=en", user="arif-zaman")
    desk.get_by_role("searchbox").fill(reference[0])
    desk.keyboard.press("Enter")
    desk.locator(".case-row", has_text="بکری").click()
    expect(desk.locator("#case")).to_contain_text(reference[0])
    desk.locator("#composer-text").fill(ANSWER)
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(said.filter(has_text=ANSWER).last).to_be_visible()

    page.get_by_test_id("tg-chats").get_by_role("button", name=GROUP).click()
    expect(page.get_by_test_id("tg-talk").locator("[data-author=person]").first).to_be_visible()
    expect(said).to_have_count(0)
