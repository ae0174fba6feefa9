"""One journey for each channel: a citizen writes there, the case is at the desk, and the answer comes back there."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Demo, Visit

REFERENCE = re.compile(r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}")
OFFICER, CITIZEN, HEADQUARTERS = "noor-haider", "923010000118", "1065400000000001"


@dataclass(frozen=True)
class Stage:
    """What every journey has: the demonstration, the desk, which stays open, and pages of its own."""

    demo: Demo
    visiting: Visit
    desk: Page
    pages: list[Page] = field(default_factory=list)

    def visit(self, path: str, **how: Any) -> Page:
        """A page that is closed when the journey ends: open ones go on asking for news."""
        page = self.visiting(path, **how)
        self.pages.append(page)
        return page

    def play(self, journey: "Callable[[Stage], None]") -> None:
        journey(self)
        while self.pages:
            self.pages.pop().context.close()


def at_the_desk(desk: Page, *, words: str) -> Locator:
    """The line of the case with these words, which comes up without reloading."""
    line = desk.locator(".case-row", has_text=words)
    bar = desk.locator("#new-bar")
    expect(line.or_(bar).filter(visible=True).first).to_be_visible()
    if not line.first.is_visible():
        bar.click()
    return line


def answered_at_the_desk(desk: Page, *, words: str, answer: str) -> str:
    """The case with these words comes up without reloading; the operator answers it privately. Its reference number."""
    at_the_desk(desk, words=words).first.click()
    case = desk.locator("#case")
    expect(case).to_contain_text(words)
    expect(case).to_contain_text(REFERENCE)
    desk.locator("#composer-text").fill(answer)
    desk.locator("#composer button.btn-primary").click()
    expect(case.locator(".bubble-out", has_text=answer)).to_be_visible()
    found = REFERENCE.search(case.inner_text())
    assert found
    return found.group()


def whatsapp(stage: Stage) -> None:
    words, answer = (
        "Somebody broke the lock of my tailor shop",
        "We will send somebody to the tailor shop today",
    )
    phones = stage.visit(f"/?left={CITIZEN}&left_account={HEADQUARTERS}", base=stage.demo.phones)
    phones.wait_for_selector("body[data-ready]")
    phone = phones.locator("#phone-left")
    phone.get_by_test_id("composer-text").fill(words)
    phone.get_by_test_id("send").click()
    reference = answered_at_the_desk(stage.desk, words=words, answer=answer)
    expect(phone.locator("[data-author=business]", has_text=reference).first).to_be_visible()
    expect(phone.locator("[data-author=business]", has_text=answer)).to_be_visible()


def sms(stage: Stage) -> None:
    by_sms(
        stage,
        number="8300",
        words="My bicycle was stolen at the vegetable market",
        answer="Please come to the station with the bill",
    )


def sms_over_a_gateway(stage: Stage) -> None:
    by_sms(
        stage,
        number="8302",
        words="Thieves took the battery of my rickshaw",
        answer="We have found the battery",
    )


def by_sms(stage: Stage, *, number: str, words: str, answer: str) -> None:
    phone = stage.visit("/sms", base=stage.demo.phones)
    talk = phone.get_by_test_id("sms-talk")
    choose_last(phone.get_by_test_id("sms-me"))
    phone.get_by_test_id("sms-number").select_option(value=number)
    phone.get_by_test_id("sms-text").fill(words)
    phone.get_by_test_id("sms-send").click()
    reference = answered_at_the_desk(stage.desk, words=words, answer=answer)
    expect(talk.get_by_text(reference).first).to_be_visible()
    expect(talk.get_by_text(answer)).to_be_visible()


def facebook(stage: Stage) -> None:
    """A post is thanked for under it, without the number; what is private stays so."""
    words, answer = (
        "The street lamp at the girls' school is broken",
        "The lamp is on the list of the municipality",
    )
    wall = on_the_wall(stage, "Facebook")
    wall.get_by_test_id("wall-text").fill(words)
    wall.get_by_test_id("wall-send").click()
    posts, talk = wall.get_by_test_id("wall-posts"), wall.get_by_test_id("wall-talk")
    expect(posts.locator("li.reply")).not_to_have_count(0)
    expect(talk).to_contain_text(REFERENCE)
    assert not REFERENCE.search(posts.inner_text()), "the number is said in private only"
    wall.get_by_test_id("wall-words").fill("It is the lamp beside the gate")
    wall.get_by_test_id("wall-say").click()
    answered_at_the_desk(stage.desk, words="the lamp beside the gate", answer=answer)
    expect(talk.get_by_text(answer)).to_be_visible()


def instagram(stage: Stage) -> None:
    words, answer = "My camera was snatched at the fort", "Thank you. Please tell us which camera it was"
    wall = on_the_wall(stage, "Instagram")
    wall.get_by_test_id("wall-words").fill(words)
    wall.get_by_test_id("wall-say").click()
    reference = answered_at_the_desk(stage.desk, words=words, answer=answer)
    talk = wall.get_by_test_id("wall-talk")
    expect(talk.get_by_text(reference).first).to_be_visible()
    expect(talk.get_by_text(answer)).to_be_visible()


def x(stage: Stage) -> None:
    words, answer = "A pickpocket took my wallet in bus 14", "We have asked the driver of bus 14"
    page = stage.visit("/x", base=stage.demo.phones)
    expect(page.get_by_test_id("x-to").locator("option")).not_to_have_count(0)
    page.get_by_test_id("x-words").fill(words)
    page.get_by_test_id("x-tell").click()
    reference = answered_at_the_desk(stage.desk, words=words, answer=answer)
    private = page.get_by_test_id("x-private")
    expect(private.get_by_text(reference).first).to_be_visible()
    expect(private.get_by_text(answer)).to_be_visible()


def web_form(stage: Stage) -> None:
    """Whoever posts on the page gets a code, and reads the answer with it."""
    words, answer = "Boys race motorcycles behind the stadium each night", "A patrol will be there tonight"
    page = stage.visit("/?lang=en", width=390)
    page.locator("#id_text").fill(words)
    page.locator("#post button.btn-big").click()
    expect(page.locator("#code")).to_be_visible()
    expect(page.locator("#reference")).to_have_text(REFERENCE)
    reference = answered_at_the_desk(stage.desk, words=words, answer=answer)
    expect(page.locator("#reference")).to_have_text(reference)
    page.locator("a.btn-big[href*=status]").click()
    expect(page.get_by_text(answer)).to_be_visible()


def met(stage: Stage) -> None:
    """An officer writes down what somebody said in the street; that person reads the answer with the code."""
    words, answer = (
        "An old woman says her goats were taken in the night",
        "We ask the neighbours about the goats",
    )
    phone = stage.visit("/officer/met/?lang=en", user=OFFICER, width=390)
    phone.goto(f"{stage.demo.pages}/officer/met/?lang=en")
    phone.locator("input[name=met]").first.check()
    phone.locator("#id_text").fill(words)
    phone.locator("form.card button.btn-big").click()
    code = phone.locator(".o-code").inner_text()
    answered_at_the_desk(stage.desk, words=words, answer=answer)
    citizen = stage.visit("/status/?lang=en", width=390)
    citizen.locator("#code").fill(code)
    citizen.locator("form button.btn-big").click()
    expect(citizen.get_by_text(answer)).to_be_visible()


def exported_chat(stage: Stage) -> None:
    """The in-charge of a station brings in what his group's members wrote: the report waits at the desk, once."""
    words = "Thieves broke into my bakery at night and took the oven"
    day = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    chat = f"[{day}, 09:15:00] Gul: Good morning\n[{day}, 09:16:00] Gul: {words}\n"
    file = {"name": "chat.txt", "mimeType": "text/plain", "buffer": chat.encode()}
    phone = stage.visit("/groups/import/?lang=en", user=OFFICER, width=390)
    for told in ("2 new items were handed in", "2 came before"):
        phone.goto(f"{stage.demo.pages}/groups/import/?lang=en")
        phone.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        phone.locator("form button.btn-big").click()
        expect(phone.get_by_text("What was understood")).to_be_visible()
        phone.locator("form button.btn-big").click()
        expect(phone.get_by_text(told)).to_be_visible()
        line = at_the_desk(stage.desk, words=words)  # only what was read has come before
        expect(line).to_have_count(1)
    line.click()
    expect(stage.desk.locator("#case")).to_contain_text(words)


def on_the_wall(stage: Stage, network: str) -> Page:
    """The page or account of this network, as somebody who has not written there."""
    wall = stage.visit("/wall", base=stage.demo.phones)
    wall.wait_for_selector("body[data-ready]")
    pages = wall.get_by_test_id("wall-page")
    label = pages.locator("option", has_text=network).first.inner_text()
    pages.select_option(label=label)
    choose_last(wall.get_by_test_id("wall-me"), but=6)
    return wall


def choose_last(select: Locator, *, but: int = 0) -> None:
    """One of the citizens at the end of the list, who have no history here."""
    people = select.locator("option:not(:has-text('('))")
    expect(people).not_to_have_count(0)
    count = people.count()
    select.select_option(value=people.nth(count - 1 - min(but, count - 1)).get_attribute("value"))


JOURNEYS: tuple[Callable[[Stage], None], ...] = (
    whatsapp, sms, sms_over_a_gateway, facebook, instagram, x, web_form, met, exported_chat,
)  # fmt: skip
