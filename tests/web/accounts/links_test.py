"""Signing in by phone: a link to the registered number, good once, in the browser that asked; and a PIN."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.channels.models import Account
from rabta.force.models import Officer, Pin, SignInLink
from rabta.outbox.models import Delivery
from rabta.web.models import Kept
from tests.web.accounts import stage
from tests.web.accounts.stage import PHONE, PIN, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def sho(force) -> Officer:
    stage.give_phone(force.sho)
    return force.sho


@pytest.fixture
def phone() -> Browser:
    return Browser()


def test_link_and_pin_lead_to_the_phone_page(sho, phone):
    link = stage.ask_link(phone, number="0300 111 2233")
    assert "Type your PIN" in phone.get(link).body.decode()
    answer = phone.post(link, {"pin": PIN})
    assert answer.url == "/home/"
    assert phone.get("/officer/").status_code == 200
    sent = Delivery.objects.get()
    assert (sent.number, sent.template["name"], sent.visible_to) == (PHONE, "sign_in_v1", [])


def test_looking_at_the_link_uses_nothing_up_but_using_it_does(sho, phone):
    link = stage.ask_link(phone)
    for _ in range(3):  # previews of messages look too
        assert phone.get(link).status_code == 200
    phone.post(link, {"pin": PIN})
    phone.post("/logout/")
    assert phone.get(link).status_code == 404
    assert phone.post(link, {"pin": PIN}).status_code == 404


def test_the_link_opens_only_in_the_browser_that_asked(sho, phone):
    link = stage.ask_link(phone)
    thief = Browser()
    assert thief.get(link).status_code == 404
    assert thief.post(link, {"pin": PIN}).status_code == 404
    stage.ask_link(thief)  # with a cookie of his own
    assert thief.post(link, {"pin": PIN}).status_code == 404
    assert phone.post(link, {"pin": PIN}).status_code == 302


def test_the_link_is_good_for_ten_minutes(sho, phone):
    link = stage.ask_link(phone)
    SignInLink.objects.update(asked_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert phone.get(link).status_code == 404
    assert phone.post(link, {"pin": PIN}).status_code == 404


def test_a_wish_that_waited_too_long_is_not_sent(sho, phone):
    phone.post("/login/phone/", {"number": PHONE})
    stage.work(now=timezone.now() + timedelta(minutes=11))
    assert not Delivery.objects.exists()


def test_a_job_that_runs_twice_sends_once(sho, phone):
    assert stage.ask_link(phone)
    stage.work()
    assert Delivery.objects.count() == 1


def test_neither_link_nor_cookie_nor_pin_are_in_the_database(sho, phone):
    link = stage.ask_link(phone)
    kept = SignInLink.objects.get()
    secrets = [link.split("/")[-2], phone.client.cookies["rabta_link"].value]
    assert not set(secrets) & {kept.token, kept.browser}
    assert Pin.objects.get().digest.startswith("argon2$argon2id$")


def test_the_cookie_goes_nowhere_else(sho, phone):
    phone.post("/login/phone/", {"number": PHONE})
    cookie = phone.client.cookies["rabta_link"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/login/phone/", True, "Lax")


def test_every_number_gets_the_same_answer_for_the_same_work(force):
    """Known with a PIN, known without, of a closed account, unknown, and no number at all."""
    stage.give_phone(force.sho)
    Officer.objects.filter(pk=force.co.pk).update(phone="+923002222222")
    stage.give_phone(force.dpo, phone="+923003333333")
    Officer.objects.filter(pk=force.dpo.pk).update(is_active=False)
    pages, work = set(), set()
    for number in (PHONE, "+923002222222", "+923003333333", "+923009999999", "nonsense"):
        browser = Browser()
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post("/login/phone/", {"number": number})
        pages.add((answer.status_code, stage.without_token(answer), "rabta_link" in browser.client.cookies))
        work.add(tuple(re.sub(r'"s\d+_x\d+"', "", each["sql"])[:60] for each in queries))
    assert len(pages) == 1
    assert len(work) == 1
    assert SignInLink.objects.count() == 5
    stage.work()
    assert Delivery.objects.values_list("number", flat=True).get() == PHONE


def test_links_can_not_be_sent_by_the_dozen(sho):
    answers = [Browser().post("/login/phone/", {"number": PHONE}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    unknown = [Browser().post("/login/phone/", {"number": "+923009999999"}).status_code for _ in range(5)]
    assert unknown == answers


def test_who_asks_for_links_elsewhere_keeps_them_from_nobody_s_own_phone(sho, phone):
    phone.post(stage.ask_link(phone), {"pin": PIN})
    phone.post("/logout/", {})
    for _ in range(5):
        last = Browser().post("/login/phone/", {"number": PHONE}).status_code
    assert last == 429
    assert phone.post("/login/phone/", {"number": PHONE}).status_code == 200
    assert [phone.post("/login/phone/", {"number": PHONE}).status_code for _ in range(3)][-1] == 429


def test_five_wrong_pins_lock_it_also_for_the_right_one(sho, phone):
    link = stage.ask_link(phone)
    for n in range(5):
        words = phone.post(link, {"pin": f"11111{n}"}).body.decode()
    assert "is locked" in words
    assert "Call your district office" in words
    assert phone.post(link, {"pin": PIN}).status_code == 200
    Kept.objects.all().delete()
    again = stage.ask_link(phone)
    assert phone.post(again, {"pin": PIN}).status_code == 200
    assert Pin.objects.get().tries == 5


def test_tries_are_counted_over_links_and_forgiven_by_the_right_one(sho, phone):
    first = stage.ask_link(phone)
    for n in range(4):
        phone.post(first, {"pin": f"11111{n}"})
    second = stage.ask_link(phone)
    assert phone.post(second, {"pin": PIN}).status_code == 302
    assert Pin.objects.get().tries == 0


def test_a_pin_from_the_district_is_changed_before_anything_else(force, phone):
    given = stage.give_phone(force.sho, chosen=False)
    phone.post(stage.ask_link(phone), {"pin": given})
    assert phone.get("/officer/").url == "/account/pin/"
    for easy in ("111111", "123456", "654321", "112211"):
        answer = phone.post("/account/pin/", {"pin1": easy, "pin2": easy, "first": "1"})
        assert "too easy" in answer.body.decode(), easy
    assert phone.post("/account/pin/", {"pin1": PIN, "pin2": PIN, "first": "1"}).url == "/home/"
    assert phone.get("/officer/").status_code == 200


def test_who_came_by_phone_confirms_with_the_pin(sho, phone):
    phone.post(stage.ask_link(phone), {"pin": PIN})
    stage.age_proof(phone, seconds=601)
    assert phone.get("/account/pin/").url.startswith("/account/confirm/")
    assert "PIN is not right" in phone.post("/account/confirm/", {"pin": "111111"}).body.decode()
    assert phone.post("/account/confirm/", {"pin": PIN, "next": "/account/pin/"}).url == "/account/pin/"
    assert phone.get("/account/pin/").status_code == 200


def test_an_app_is_asked_for_after_the_pin_too(force, phone):
    stage.with_app(force.sho)
    stage.give_phone(force.sho)
    assert phone.post(stage.ask_link(phone), {"pin": PIN}).url == "/login/code/"
    assert phone.get("/officer/").url.startswith("/login/")


def test_without_an_account_to_send_from_nothing_breaks(sho, phone):
    Account.objects.update(paused=True)
    assert stage.ask_link(phone) == ""
