"""Second factors: set up, asked for, kept under a key, and asked for again before what is sensitive."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import RequestFactory

from rabta.audit.models import Record
from rabta.web.accounts import step_up
from rabta.web.models import Kept
from tests.web.accounts import stage
from tests.web.accounts.stage import Browser

pytestmark = pytest.mark.django_db


def test_with_an_app_the_password_alone_opens_nothing(force):
    _, secret = stage.with_app(force.operator)
    browser = stage.sign_in(force.operator)
    assert browser.last.url == "/login/code/"
    assert browser.get("/desk/").url.startswith("/login/")
    assert browser.get("/login/").url == "/login/code/"
    assert "code is wrong" in browser.post("/login/code/", {"code": "000000"}).body.decode()
    assert browser.post("/login/code/", {"code": stage.totp(secret, steps=1)}).url == "/home/"
    assert browser.get("/desk/").status_code == 200


def test_who_typed_the_password_can_begin_anew_as_somebody_else(force):
    stage.with_app(force.operator)
    browser = stage.sign_in(force.operator)
    assert browser.post("/logout/").url == "/login/"
    assert stage.sign_in(force.sho, browser=browser).last.url == "/home/"


def test_a_code_is_good_once(force):
    _, secret = stage.with_app(force.operator)
    code = stage.totp(secret, steps=1)
    for good in (True, False):
        browser = stage.sign_in(force.operator)
        answer = browser.post("/login/code/", {"code": code})
        assert (answer.status_code == 302) is good
        Kept.objects.filter(key__contains="totp.used").delete()  # the library forgets after half a minute


def test_codes_can_not_be_tried_through(force):
    _, secret = stage.with_app(force.operator)
    browser = stage.sign_in(force.operator)
    for n in range(5):
        browser.post("/login/code/", {"code": f"00000{n}"})
    answer = browser.post("/login/code/", {"code": stage.totp(secret, steps=1)})
    assert answer.status_code == 200
    assert "Too many wrong tries" in answer.body.decode()


def test_recovery_codes_are_shown_once_and_open_once(force):
    browser, _ = stage.with_app(force.operator)
    codes = stage.codes_on(browser)
    assert len(set(codes)) == 10
    assert stage.codes_on(browser) == []
    for good in (True, False):
        again = stage.sign_in(force.operator)
        assert (again.post("/login/code/", {"code": codes[0]}).status_code == 302) is good
    assert "9 of 10 are left" in browser.get("/account/").body.decode()


def test_new_recovery_codes_end_the_old_ones(force):
    browser, _ = stage.with_app(force.operator)
    old = stage.codes_on(browser)
    assert browser.post("/account/codes/new/").url == "/account/codes/"
    new = stage.codes_on(browser)
    assert not set(old) & set(new)
    assert stage.sign_in(force.operator).post("/login/code/", {"code": old[0]}).status_code == 200
    assert stage.sign_in(force.operator).post("/login/code/", {"code": new[0]}).status_code == 302


def test_the_secrets_lie_in_the_database_under_a_key_only(force):
    browser, secret = stage.with_app(force.operator)
    codes = stage.codes_on(browser)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert all(code not in kept for code in codes)
    assert kept.count("gAAAA") == 2  # Fernet: the app's secret and the seed of the codes


def test_setting_up_and_removing_is_recorded(force):
    browser, _ = stage.with_app(force.operator)
    factor = Authenticator.objects.get(type="totp")
    browser.post(f"/account/factor/{factor.pk}/remove/")
    done = Record.objects.filter(actor_officer=force.operator.pk, act__startswith="second_factor")
    assert list(done.order_by("id").values_list("act", flat=True)) == [
        "second_factor_added",
        "second_factor_removed",
    ]
    assert not Authenticator.objects.exists()  # the recovery codes went with the last factor


def test_nobody_removes_the_factor_of_another(force):
    stage.with_app(force.operator)
    factor = Authenticator.objects.get(type="totp")
    assert stage.sign_in(force.sho).post(f"/account/factor/{factor.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists()


@pytest.mark.usefixtures("strict")
def test_a_strict_post_gets_nowhere_before_a_second_factor_is_set_up(force):
    browser = stage.sign_in(force.administrator)
    for page in ("/home/", "/desk/intake/", "/officers/sign-in/", "/account/password/"):
        assert browser.get(page).url == "/account/second-factor/", page
    htmx = browser.get("/desk/intake/", HTTP_HX_REQUEST="true")
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/account/second-factor/")
    assert "Your post needs a second factor" in browser.get("/account/second-factor/").body.decode()
    secret = stage.secret_on(browser)
    assert browser.post("/account/app/", {"code": stage.totp(secret)}).url == "/account/codes/"
    assert browser.get("/desk/intake/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_the_last_factor_of_a_strict_post_stays(force):
    browser, _ = stage.with_app(force.administrator)
    factor = Authenticator.objects.get(type="totp")
    answer = browser.post(f"/account/factor/{factor.pk}/remove/")
    assert "This one must stay" in answer.body.decode()
    assert Authenticator.objects.filter(pk=factor.pk).exists()


@pytest.mark.usefixtures("strict")
def test_who_comes_by_phone_to_a_strict_post_shows_the_second_factor_too(force):
    """Rights come from postings: an officer who signed in by phone may be given a strict post meanwhile."""
    stage.give_phone(force.administrator)
    browser = Browser()
    browser.post(stage.ask_link(browser), {"pin": stage.PIN})
    assert browser.get("/desk/intake/").url == "/account/second-factor/"


def test_before_what_is_sensitive_the_factor_is_asked_again_after_ten_minutes(force):
    browser, secret = stage.with_app(force.administrator)
    address = f"/officers/sign-in/{force.sho.public_id}/"
    assert browser.get(address).status_code == 200
    stage.age_proof(browser, seconds=601)
    asked = browser.get(address)
    assert asked.url == f"/account/confirm/?next=%2Fofficers%2Fsign-in%2F{force.sho.public_id}%2F"
    key = stage.session_of(browser)
    confirmed = browser.post("/account/confirm/", {"code": stage.totp(secret, steps=1), "next": address})
    assert confirmed.url == address
    assert stage.session_of(browser) != key  # a mightier session has a new key
    assert browser.get(address).status_code == 200


def test_with_a_second_factor_the_password_confirms_nothing(force):
    browser, _ = stage.with_app(force.administrator)
    stage.age_proof(browser, seconds=601)
    answer = browser.post("/account/confirm/", {"password": stage.PASSWORD, "next": "/account/"})
    assert answer.status_code == 200
    assert browser.get(f"/officers/sign-in/{force.sho.public_id}/").status_code == 302


def test_without_a_second_factor_the_password_confirms(force):
    browser = stage.sign_in(force.dpo)
    stage.age_proof(browser, seconds=601)
    address = f"/officers/sign-in/{force.sho_below.public_id}/"
    assert browser.get(address).url.startswith("/account/confirm/")
    wrong = browser.post("/account/confirm/", {"password": "guess", "next": address})
    assert "password is wrong" in wrong.body.decode()
    assert browser.post("/account/confirm/", {"password": stage.PASSWORD, "next": address}).url == address
    assert browser.get(address).status_code == 200


def test_confirming_leads_to_no_other_site(force):
    browser = stage.sign_in(force.dpo)
    form = {"password": stage.PASSWORD, "next": "https://elsewhere.example/"}
    assert browser.post("/account/confirm/", form).url == "/home/"


def test_a_button_in_a_page_leads_back_to_the_page(force):
    """A POST is not kept and repeated: the officer presses the button again."""
    browser = stage.sign_in(force.dpo)
    stage.age_proof(browser, seconds=601)
    address = f"/officers/sign-in/{force.sho_below.public_id}/"
    facts = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{address}?a=1"}
    answer = browser.post(address, {"act": "sign_out"}, **facts)
    assert answer.status_code == 204
    assert answer["HX-Redirect"].endswith("a%3D1")
    foreign = browser.post(address, {"act": "sign_out"}, HTTP_REFERER="https://elsewhere.example/x")
    assert foreign.url == "/account/confirm/?next=%2Fhome%2F"


def test_nothing_is_fresh_for_nobody():
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert not step_up.is_fresh(request)


def test_the_original_waits_for_the_proof_and_then_loads(force):
    browser = Browser(force.co)
    browser.client.force_login(force.sho)
    page = browser.get("/account/confirm/?next=/file/abc?original")
    assert "PIN" in page.body.decode() or "Password" in page.body.decode()
    browser = stage.sign_in(force.dpo)
    answer = browser.post("/account/confirm/", {"password": stage.PASSWORD, "next": "/file/abc?original"})
    assert answer.status_code == 200
    assert 'href="/file/abc?original"' in answer.body.decode()


def test_while_an_app_is_set_up_its_key_lies_sealed_in_the_session(force):
    browser = stage.sign_in(force.operator)
    secret = stage.secret_on(browser)
    kept = json.dumps(dict(browser.client.session.items()))
    assert secret not in kept and "gAAAA" in kept
    wrong = browser.post("/account/app/", {"code": "000000"})
    assert secret in wrong.body.decode()  # a wrong code asks for no new key
    assert browser.post("/account/app/", {"code": stage.totp(secret)}).url == "/account/codes/"
    assert "mfa.totp.secret" not in browser.client.session
