"""What a newcomer does in the first minute: write as a citizen, and follow the message until the answer comes back."""

import io
import json
import re
import time
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys import bot, channels, posts
from tests.journeys.conftest import Demo, Visit

pytestmark = pytest.mark.browser
CITIZEN, SHO = "923010000122", "923000000017"
HEADQUARTERS, DISTRICT = "1065400000000001", "1065400000000002"
REFERENCE = re.compile(r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}")
URDU = "گلبہار میں میری موٹر سائیکل گھر کے سامنے سے چوری ہو گئی ہے"
FOUND = "ہم نے موٹر سائیکل برآمد کر لی ہے"
GULBAHAR = ("34.0090", "71.5980")


def a_photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (160, 120, 80)).save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def ours(phone: Locator, text: str | re.Pattern[str]) -> Locator:
    """Bubbles that the police sent to this phone."""
    return phone.locator("[data-author=business]", has_text=text)


def test_a_message_goes_all_the_way_and_the_answer_comes_back(demo: Demo, visit: Visit) -> None:
    before = json.loads(demo.rabta("ledger", "--json"))
    desk = visit("/desk/", user="arif-zaman")
    expect(desk.get_by_text("No case is open")).to_be_visible()
    phones = visit(
        f"/?left={CITIZEN}&right={SHO}&left_account={HEADQUARTERS}&right_account={DISTRICT}", base=demo.phones
    )
    phones.wait_for_selector("body[data-ready]")
    citizen, sho = phones.locator("#phone-left"), phones.locator("#phone-right")

    reference = writes_with_a_photo(phones, citizen)
    sends_the_location(phones, citizen)
    expect(ours(sho, reference)).to_be_visible()
    the_case_appears_at_the_desk(desk, reference)

    the_station_works(visit, reference)
    the_circle_officer_verifies(visit, reference)

    expect(ours(citizen, f"{reference} نمٹا دیا گیا ہے")).to_be_visible()
    after = json.loads(demo.rabta("ledger", "--json"))
    assert after["balanced"]
    assert messages(after) == messages(before) + 2  # the photo with its words, and the location


def writes_with_a_photo(page: Page, citizen: Locator) -> str:
    """Send the photo with its words; returns the reference number of the acknowledgement, which comes within 3 s."""
    citizen.get_by_test_id("file").set_input_files(a_photo())
    page.get_by_test_id("ask-text").fill(URDU)
    page.get_by_test_id("ask-ok").click()
    started = time.monotonic()
    answer = ours(citizen, REFERENCE)
    answer.wait_for()
    took = time.monotonic() - started
    assert took < 3, f"the acknowledgement took {took:.1f} s"
    assert "حوالہ نمبر" in answer.inner_text()
    found = REFERENCE.search(answer.inner_text())
    assert found
    return found.group()


def sends_the_location(page: Page, citizen: Locator) -> None:
    citizen.get_by_test_id("attach").click()
    page.get_by_test_id("attach-location").click()
    page.get_by_test_id("lat").fill(GULBAHAR[0])
    page.get_by_test_id("lng").fill(GULBAHAR[1])
    page.get_by_test_id("send-location").click()


def the_case_appears_at_the_desk(desk: Page, reference: str) -> None:
    """Without reloading: its line comes in, or a bar says that it stands further down; a click opens it."""
    line = desk.locator(
        ".case-row.unread", has_text="Location"
    )  # the last that came, after the words and the photo
    bar = desk.get_by_role("button", name="1 new")
    expect(line.or_(bar).first).to_be_visible()
    if bar.is_visible():
        bar.click()
    line.click()
    case = desk.locator("#case")
    expect(case).to_contain_text(reference)
    expect(case).to_contain_text("Gulbahar")
    expect(case.locator("img").first).to_be_visible()


def the_station_works(visit: Visit, reference: str) -> None:
    """The SHO accepts, photographs and reports on the phone page."""
    page = visit("/officer/?lang=en", user="noor-haider", width=390)
    page.goto(page.url.split("?")[0] + "?lang=en")
    page.locator("a.o-task", has=page.get_by_text(reference)).click()
    page.get_by_role("button", name="Accept").click()
    # The other worker may be killing processes meanwhile: the page comes back with the photo button when it can.
    page.locator("input[type=file][capture]").set_input_files(a_photo(), timeout=60_000)
    expect(page.get_by_role("heading", name="Photos and files")).to_be_visible()
    page.get_by_text("Done", exact=True).click()
    page.locator("#text").fill(FOUND)
    page.get_by_label("Action taken", exact=True).check()
    page.get_by_label("Yes, in person").check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("not verified yet", exact=True)).to_be_visible()


def the_circle_officer_verifies(visit: Visit, reference: str) -> None:
    """The circle officer was informed, sees the report beside the photo, and accepts it."""
    page = visit("/officer/?lang=en", user="asad-mohmand")
    page.goto(page.url.split("?")[0] + "?lang=en")
    expect(page.locator("a.o-task", has=page.get_by_text(reference))).to_be_visible()
    page.get_by_role("link", name="Review").click()
    page.get_by_text(reference).first.click()
    expect(page.locator(".s-photos img").first).to_be_visible()
    expect(page.get_by_text(FOUND).first).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


def messages(ledger: dict) -> int:
    return sum(account["messages"] for account in ledger["accounts"])


def test_a_commanders_quote_of_a_public_post_is_an_order(demo: Demo) -> None:
    posts.goes_all_the_way(demo.phones, station=SHO)


def test_every_channel_brings_a_case_to_the_desk_and_the_answer_back(demo: Demo, visit: Visit) -> None:
    stage = channels.Stage(demo, visit, visit("/desk/", user="arif-zaman"))
    for journey in channels.JOURNEYS:
        stage.play(journey)


def test_a_message_to_the_bot_goes_all_the_way_and_the_answer_comes_back(demo: Demo, visit: Visit) -> None:
    bot.goes_all_the_way(visit, simulator=demo.phones)


def test_a_token_from_the_command_line_opens_the_api(demo: Demo) -> None:
    token = demo.rabta("token", "create", "arif-zaman").strip()
    request = Request(f"{demo.pages}/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=60) as answer:
        assert len(json.load(answer)["items"]) > 10
