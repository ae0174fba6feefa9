"""Signed-in browsers: listed, signed out from afar, and let go when nobody uses them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from rabta.force.access import scope_of
from rabta.force.models import Role
from rabta.web import live
from rabta.web.accounts import agents, policy
from rabta.web.models import Device
from tests.web.accounts import stage
from tests.web.accounts.stage import Browser
from tests.web.live.stream_test import SOON, Stream

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Mobile Safari/537.36"


def unused(browser: Browser, **span: float) -> None:
    """Nobody did anything in it for so long."""
    then = timezone.now() - timedelta(**span)
    Device.objects.filter(session_key=stage.session_of(browser)).update(seen_at=then)


def test_devices_are_listed_with_what_and_where(force):
    phone = stage.sign_in(force.sho)
    phone.get("/officer/", HTTP_USER_AGENT=CHROME, REMOTE_ADDR="198.51.100.7")
    desk = stage.sign_in(force.sho)
    page = desk.get("/account/").body.decode()
    assert "Chrome, Android" in page
    assert "198.51.100.7" in page
    assert page.count("this device") == 1
    assert "Sign out all others" in page
    assert "198.51.100.7" not in stage.sign_in(force.operator).get("/account/").body.decode()


def test_one_device_is_signed_out_from_another(force):
    stolen, other, desk = (stage.sign_in(force.sho) for _ in range(3))
    for each in (stolen, other, desk):
        each.get("/officer/")
    device = Device.objects.get(session_key=stage.session_of(stolen))
    desk.post("/account/devices/end/", {"device": device.public_id})
    assert stolen.get("/officer/").url.startswith("/login/")
    assert other.get("/officer/").status_code == 200
    desk.post("/account/devices/end/", {"device": "all"})
    assert other.get("/officer/").url.startswith("/login/")
    assert desk.get("/officer/").status_code == 200


def test_nobody_signs_out_the_device_of_another(force):
    mine, theirs = stage.sign_in(force.sho), stage.sign_in(force.operator)
    for each in (mine, theirs):
        each.get("/account/")
    device = Device.objects.get(session_key=stage.session_of(theirs))
    mine.post("/account/devices/end/", {"device": device.public_id})
    assert theirs.get("/desk/").status_code == 200


def test_after_a_new_password_only_this_device_is_left(force):
    desk, other = stage.sign_in(force.operator), stage.sign_in(force.operator)
    other.get("/desk/")
    form = {
        "oldpassword": stage.PASSWORD,
        "password1": "three slow grey herons",
        "password2": "three slow grey herons",
    }
    wrong = desk.post("/account/password/", form | {"oldpassword": "guess"})
    assert "current password is wrong" in wrong.body.decode()
    short = desk.post("/account/password/", form | {"password1": "short", "password2": "short"})
    assert short.status_code == 200
    assert desk.post("/account/password/", form).url == "/account/"
    assert desk.get("/desk/").status_code == 200
    assert other.get("/desk/").url.startswith("/login/")
    assert stage.sign_in(force.operator).last.status_code == 200
    assert stage.sign_in(force.operator, password="three slow grey herons").last.url == "/home/"


@pytest.mark.parametrize(
    ("who", "page", "allowed", "too_long"),
    [
        ("operator", "/desk/", {"minutes": 59}, {"minutes": 61}),
        ("administrator", "/desk/intake/", {"minutes": 14}, {"minutes": 16}),
        ("sho", "/officer/", {"hours": 11}, {"hours": 13}),
    ],
)
def test_who_does_nothing_for_long_is_signed_out(force, who, page, allowed, too_long):
    browser = Browser(getattr(force, who))
    assert browser.get(page).status_code == 200
    unused(browser, **allowed)
    assert browser.get(page).status_code == 200
    key = stage.session_of(browser)
    unused(browser, **too_long)
    assert browser.get(page).url == f"/login/?next={page.replace('/', '%2F')}"
    assert not Session.objects.filter(session_key=key).exists()
    assert "signed out because" in browser.get("/login/").body.decode()


def test_however_busy_no_session_lasts_for_ever(force):
    browser = Browser(force.operator)
    browser.get("/desk/")
    Device.objects.update(began_at=timezone.now() - timedelta(hours=12, minutes=1))
    assert browser.get("/desk/").url.startswith("/login/")


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(force):
    browser = Browser(force.operator)
    browser.get("/desk/")
    unused(browser, minutes=50)
    assert browser.get("/desk/rows/?ids=").status_code == 200
    assert browser.get("/desk/queues/").status_code == 200
    unused_for = timezone.now() - Device.objects.get().seen_at
    assert unused_for > timedelta(minutes=49)
    browser.get("/desk/")
    assert timezone.now() - Device.objects.get().seen_at < timedelta(minutes=1)


def test_a_script_of_a_page_is_sent_to_the_sign_in_as_a_whole(force):
    browser = Browser(force.operator)
    browser.get("/desk/")
    unused(browser, minutes=61)
    answer = browser.get("/desk/list/", HTTP_HX_REQUEST="true")
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/login/")


def test_a_stream_ends_with_the_time_of_its_page(force):
    browser = Browser(force.operator)
    browser.get("/desk/")
    key = stage.session_of(browser)
    assert live.viewer_of(key) is not None
    unused(browser, minutes=61)
    assert live.viewer_of(key) is None


@pytest.mark.usefixtures("strict")
def test_no_stream_without_the_second_factor_that_the_post_needs(force, monkeypatch):
    browser = stage.sign_in(force.operator)
    monkeypatch.setitem(policy.table(), "desk_operator", policy.STRICTEST)
    assert browser.get("/desk/").url == "/account/second-factor/"
    assert live.viewer_of(stage.session_of(browser)) is None
    enrolled, _ = stage.with_app(force.operator)
    assert live.viewer_of(stage.session_of(enrolled)) is not None


@pytest.mark.django_db(transaction=True)
def test_signing_a_device_out_closes_what_is_open_there(web):
    force = stage.make()
    stream = Stream(web.port, force.operator)
    assert stream.status == 200
    key = Session.objects.get().session_key
    now = timezone.now()
    device = Device.objects.create(officer=force.operator, session_key=key, began_at=now, seen_at=now)
    other = Stream(web.port, force.operator)
    stage.sign_in(force.operator).post("/account/devices/end/", {"device": device.public_id})
    assert stream.ended.wait(SOON)
    assert not other.ended.is_set()
    for each in (stream, other):
        each.close()


def test_every_role_has_its_line_in_the_policy():
    assert policy.table().keys() == {str(role) for role in Role}


def test_the_strictest_post_decides(force):
    strict, phone = policy.strictness(["oversight", "sho"]), policy.strictness(["sho"])
    assert (strict.second_factor, strict.idle) == (True, timedelta(minutes=15))
    assert (phone.second_factor, phone.idle) == (False, timedelta(hours=12))
    assert policy.strictness(["a role nobody wrote down"]) == policy.STRICTEST
    assert scope_of(force.sho, on=timezone.localdate()).roles == {"sho"}


@pytest.mark.parametrize(
    ("agent", "words"), [(CHROME, "Chrome, Android"), ("", "unknown browser"), ("curl/8", "unknown browser")]
)
def test_browsers_are_named_in_few_words(agent, words):
    assert agents.words(agent) == words
