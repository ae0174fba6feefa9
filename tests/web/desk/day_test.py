"""Two operators in real browsers: drafts on two machines, presence, asking first, undo, keys, the command bar."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from rabta.cases.models import Case
from rabta.desk.models import Draft, Presence
from tests.web import small_force
from tests.web.desk import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


@pytest.fixture
def signed_in(web, tailing, chromium) -> Iterator:
    """A browser of an officer; an error of a script fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    address = f"http://127.0.0.1:{web.port}"

    def open_page(officer, **facts) -> Page:
        client = Client()
        client.force_login(officer)
        session = {"name": "rabta_session", "value": client.cookies["rabta_session"].value, "url": address}
        context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 800}, **facts)
        contexts.append(context)
        context.add_cookies([session])
        context.set_default_timeout(PATIENCE)
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        return tab

    expect.set_options(timeout=PATIENCE)
    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def test_two_people_at_one_case(force, signed_in):
    case = stage.case(force, subject="The first")
    stage.case(force, subject="The second")
    stage.named(case, name="Gul", number="+923001110061")
    mine, elsewhere = signed_in(force.operator), signed_in(force.operator)
    colleague = signed_in(force.desk_head, locale="ur-PK")
    address = f"/desk/case/{case.public_id}/?queue=open"

    # What is typed on one machine is there on the other; two tabs do not overwrite each other.
    mine.goto(address)
    mine.keyboard.press("r")
    mine.keyboard.insert_text("A patrol is on its way")
    expect(mine.locator("#draft-note")).to_have_text("Draft saved")
    elsewhere.goto(address)
    expect(elsewhere.locator("#composer-text")).to_have_value("A patrol is on its way")
    elsewhere.locator("#composer-text").fill("Something else")
    expect(elsewhere.locator("#draft-note")).to_have_text("Draft saved")
    mine.keyboard.insert_text(" to you.")
    expect(mine.locator("#clash")).to_contain_text("Something else")
    mine.click("[data-clash=mine]")
    expect(mine.locator("#draft-note")).to_have_text("Draft saved")
    assert Draft.objects.get().text == "A patrol is on its way to you."

    # The colleague sees who writes, at once; it is gone when the page is.
    colleague.goto(address)
    expect(colleague.locator("#presence")).to_contain_text("Operator")
    expect(mine.locator("#presence [data-doing=looking]")).to_be_visible()
    colleague.locator("#composer-text").fill("It is known here.")
    expect(mine.locator("#presence [data-doing=replying]")).to_be_visible()
    colleague.keyboard.press("Control+Enter")
    expect(mine.locator("#conversation")).to_contain_text("It is known here.")
    colleague.goto("/desk/")
    expect(mine.locator("#presence [data-doing]")).to_have_count(0)
    assert not Presence.objects.filter(officer=force.desk_head).exists()

    # Whoever sends now is asked first; what was sent can be taken back for some seconds.
    mine.focus("#composer-text")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator("#composer-error")).to_contain_text("It is known here.")
    assert case.messages.filter(direction="out").count() == 1
    mine.click("#composer-error [name=sure]")
    expect(mine.locator("#notice .undo .seconds")).to_be_visible()
    expect(mine.locator("#composer-text")).to_have_value("")
    mine.click("#notice .undo button")
    expect(mine.locator("#composer-text")).to_have_value("A patrol is on its way to you.")


def test_news_under_way_take_no_form_away(force, signed_in):
    case = stage.case(force, subject="The first")
    page, held = signed_in(force.desk_head), []
    page.goto(f"/desk/case/{case.public_id}/?queue=open")
    expect(page.locator("#presence")).to_be_attached()
    page.route("**/fresh/*", lambda route: held.append(route))
    with page.expect_request("**/fresh/*"):
        stage.says(case, "One more word")
        small_force.happens(case, "message_in", timezone.now())
    page.keyboard.press("f")
    expect(page.locator("#post-text")).to_be_focused()
    held[0].continue_()
    expect(page.locator("#conversation")).to_contain_text("One more word")
    expect(page.locator("#post-text")).to_be_focused()


def test_news_close_no_dialog_and_take_no_word(force, signed_in):
    case = stage.case(force, subject="The first")
    page = signed_in(force.desk_head)
    page.goto(f"/desk/case/{case.public_id}/?queue=open")
    expect(page.locator("#presence")).to_be_attached()
    page.keyboard.press("e")
    expect(page.locator("#close-dialog")).to_be_visible()
    page.fill("#close-remark", "We have seen to it")
    with page.expect_response("**/fresh/*"):
        Case.objects.filter(pk=case.pk).update(assigned_to=force.operator)
        stage.says(case, "One more word")
        small_force.happens(case, "message_in", timezone.now())
    expect(page.locator("#conversation")).to_contain_text("One more word")
    expect(page.locator("#close-dialog")).to_be_visible()
    expect(page.locator("#close-remark")).to_have_value("We have seen to it")
    page.keyboard.press("Escape")
    expect(page.locator("[data-key=a]")).to_contain_text(str(force.operator))


def test_a_case_is_found_by_name_and_by_what_was_said_later_and_the_list_is_kept(force, signed_in):
    case, other = (stage.case(force, subject=subject, category="theft") for subject in ("Mine", "Yours"))
    stage.named(case, name="Ghulam Rasool", number="+923001110071")
    stage.says(case, "The chassis number is KX-90417, میری گاڑی حیات آباد میں ملی")
    stage.says(other, "Nothing to do with it")
    mine, colleague = signed_in(force.operator), signed_in(force.desk_head, locale="ur-PK")

    for page, asked in (
        (mine, ("chassis 90417", "غلام رسول", "gulam rasul")),
        (colleague, ("حيات آباد", "गुलाम रसूल")),
    ):
        for text in (*asked, case.reference[4:9]):
            page.goto("/desk/?queue=open")
            page.keyboard.press("/")
            page.keyboard.insert_text(text)
            page.keyboard.press("Enter")
            expect(page.locator(f"#row-{case.public_id}")).to_be_visible()
            expect(page.locator(".case-row")).to_have_count(1)

    # The filters count besides the words, and the list is there for the colleague in his own language.
    mine.goto("/desk/?queue=open&q=chassis")
    mine.locator("details.filters summary").click()
    mine.locator("details.filters select[name=state]").select_option("closed")
    mine.locator("details.filters form[method=get] button").click()
    expect(mine.locator(".case-row")).to_have_count(0)
    mine.goto("/desk/?queue=open&q=chassis&category=theft")
    mine.locator("details.filters summary").click()
    mine.locator("#save-name").fill("Chassis numbers")
    mine.locator("input[name=shared]").check()
    mine.locator("details.filters form[method=post] button").first.click()
    colleague.goto("/desk/")
    colleague.get_by_role("link", name="Chassis numbers").click()
    expect(colleague.locator("html")).to_have_attribute("dir", "rtl")
    expect(colleague.locator(".case-row")).to_have_count(1)
    expect(colleague.locator(f"#row-{case.public_id}")).to_be_visible()


def test_every_key_does_what_the_help_says(force, signed_in):
    first, second = stage.case(force, subject="The first"), stage.case(force, subject="The second")
    page = signed_in(force.desk_head)
    page.goto("/desk/?queue=open")
    expect(page.locator(".case-row")).to_have_count(2)
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text(first.subject)
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text(second.subject)
    page.keyboard.press("k")
    expect(page.locator("#case-heading")).to_have_text(first.subject)
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_contain_text("Yours")
    for key, chosen in (("r", "reply"), ("n", "note")):
        page.keyboard.press(key)
        expect(page.locator(f"[name=tab][value={chosen}]")).to_be_checked()
        expect(page.locator("#composer-text")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#composer-text")).not_to_be_focused()
    page.keyboard.press("f")
    expect(page.locator("#post-text")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    expect(page.locator("#close-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#close-dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    shown = page.locator("#help kbd").all_text_contents()
    assert {"J", "K", "R", "N", "F", "A", "E", "/", "?", "Ctrl"} <= set(shown)

    # They can be switched off; the command bar stays.
    page.click("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#case-heading")).to_have_text(first.subject)
    page.keyboard.press("Control+k")
    page.keyboard.type("closed")
    expect(page.locator("#bar-found a")).to_have_text(["Closed"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("queue=closed"))
