"""A trader opens the square code's page in Urdu, proves his number, is taken in and hears it.

A tout is refused, asks for another officer, and the refusal stays.
"""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from rabta.groups.models import Application, Decision, Door, Member
from rabta.journey.groups.members import joining, vetting
from rabta.outbox.models import Delivery
from tests import cast as casts
from tests.cast import as_role
from tests.groups import stage
from tests.journeys.review_test import window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORD = "4bcd8fgh"


def heard() -> str:
    """The newest letter to anybody."""
    return Delivery.objects.order_by("-id")[0].text


def applies(page: Page, *, name: str, phone: str) -> Application:
    """Fill in the page and prove the number, while the worker does its part."""
    page.goto(f"/join/{WORD}/?lang=ur")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("#id_name", name)
    page.fill("#id_phone", phone)
    page.select_option("#id_kind", "trader")
    page.select_option("#id_section", "traders")
    for number in (1, 2):
        page.fill(f"#id_referee_{number}", f"Witness {number}")
        page.fill(f"#id_referee_phone_{number}", f"030099900{number:02}")
    page.check("#id_consent")
    page.click(".btn-big")
    page.wait_for_url("**/code/")
    made = Application.objects.latest("id")
    with as_role("rabta_worker"), transaction.atomic():
        joining.send_code(made.pk, now=timezone.now())
    digits = re.search(r"\b\d{6}\b", heard())
    assert digits
    page.fill("#code", digits[0])
    page.click(".btn-big")
    expect(page.locator(".c-tick")).to_be_visible()
    with as_role("rabta_worker"), transaction.atomic():
        joining.take(made.pk, now=timezone.now())
    made.refresh_from_db()
    return made


def told(step: str = "decided") -> str:
    """What the worker writes to the person of the newest decision."""
    newest = Decision.objects.latest("at").pk
    with as_role("rabta_worker"), transaction.atomic():
        vetting.tell(newest, step, now=timezone.now())
    return heard()


def test_a_trader_is_taken_in_and_a_tout_is_not(transactional_db: None, web: Any, browser: Browser) -> None:
    with transaction.atomic():
        cast: SimpleNamespace = casts.make()
        group = stage.groups(cast).station
        Door.objects.create(word=WORD, group=group, visible_to=group.visible_to, made_at=timezone.now())
    sho = window(browser, web, cast.sho, width=390, language="ur")
    public = browser.new_context(
        base_url=f"http://127.0.0.1:{web.port}", viewport={"width": 390, "height": 800}
    )
    public.set_default_timeout(60_000)
    page = public.new_page()
    trader = applies(page, name="کریم بخش", phone="0300 5550001")
    sho.goto(f"/groups/{group.public_id}/applicants/")
    sho.get_by_role("link", name="کریم بخش").click()
    for box in sho.locator("input[name=seen]").all():
        box.check()
    sho.locator("form:has(input[name=seen]) input[name=unrelated]").check()
    sho.click("button[value=accept]")
    sho.wait_for_url("**/applicants/")
    assert Member.objects.get(pk=trader.member_id).state == "active"
    assert "خوش آمدید" in told()

    tout = applies(page, name="Dilawar", phone="0300 5550002")
    sho.goto(f"/groups/applications/{tout.public_id}/")
    sho.click("details:has(#reason) > summary")
    sho.select_option("#reason", "tout")
    sho.locator("details:has(#reason) input[name=unrelated]").check()
    sho.click("button[value=refuse]")
    sho.wait_for_url("**/applicants/")
    receipt = re.search(r"\d{4} \d{4} \d{4} \d{4}", told())
    assert receipt
    page.goto("/join/answer/")
    page.fill("#code", receipt[0])
    page.click(".btn-big")
    page.fill("#said", "میں دکاندار ہوں")
    page.click(".btn-big")
    expect(page.locator("#said")).to_have_count(0)
    sho.goto(f"/groups/{group.public_id}/applicants/")
    expect(sho.locator("button[value=uphold]")).to_have_count(0)
    officer = window(browser, web, cast.co, width=1366, language="ur")
    officer.goto(f"/groups/{group.public_id}/applicants/")
    officer.fill("textarea[name=remark]", "asked in the bazaar")
    officer.click("button[value=uphold]")
    officer.wait_for_url("**/applicants/")
    assert Decision.objects.get(what="refused").upheld is True
    assert "دوسرے افسر" in told("reviewed")
    public.close()
