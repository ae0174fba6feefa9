"""User name and password: who gets in, what is said to who does not, and that nobody learns which accounts exist."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rabta import settings as service
from rabta.web.models import Kept
from tests.web.accounts import stage
from tests.web.accounts.stage import PASSWORD, Browser

pytestmark = pytest.mark.django_db
WRONG = "Wrong user name or password."
WAIT = "Too many wrong tries"
UNDER_FIRE = "wait one hour"


def body(browser):
    return browser.last.body.decode()


def test_the_right_password_leads_to_the_first_page(force):
    browser = stage.sign_in(force.operator)
    assert browser.last.url == "/home/"
    assert browser.get("/desk/").status_code == 200
    assert browser.get("/login/").url == "/home/"


def test_who_was_sent_to_sign_in_comes_back_to_the_page(force):
    form = {"username": "operator", "password": PASSWORD, "next": "/desk/?queue=open"}
    assert Browser().post("/login/", form).url == "/desk/?queue=open"
    assert Browser().post("/login/", form | {"next": "https://elsewhere.example/"}).url == "/home/"


def test_the_user_name_may_be_typed_with_capitals_and_spaces(force):
    assert Browser().post("/login/", {"username": " Operator ", "password": PASSWORD}).url == "/home/"


def test_passwords_are_kept_under_argon2(force):
    assert force.operator.password.startswith("argon2$argon2id$")
    assert service.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    real = Argon2PasswordHasher()  # at least what OWASP asks for; the tests themselves use tests/hashing.py
    assert real.memory_cost >= 19 * 1024 and real.time_cost >= 2
    assert real.verify(PASSWORD, real.encode(PASSWORD, real.salt()))


def test_a_wrong_password_an_unknown_name_and_a_closed_account_look_the_same(force):
    force.sho.is_active = False
    force.sho.save()
    pages = set()
    for name, password in (("operator", "wrong"), ("nobody-at-all", "wrong"), (force.sho.username, PASSWORD)):
        answer = Browser().post("/login/", {"username": name, "password": password})
        assert answer.status_code == 200
        assert WRONG in answer.body.decode(), name
        pages.add(stage.without_token(answer).replace(name, "NAME"))
    assert len(pages) == 1


def test_an_unknown_name_costs_the_same_work(force, monkeypatch):
    """As many hashes of Argon2, and as many questions to the database."""
    hashes = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a, **k: hashes.append(1) or encode(*a, **k))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a, **k: hashes.append(1) or verify(*a, **k))
    work = []
    for name in ("operator", "nobody-at-all", "administrator", "co-city"):  # the last one has no password yet
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            Browser().post("/login/", {"username": name, "password": "wrong"})
        work.append((len(hashes), len(queries)))
    assert work == [work[0]] * 4
    assert work[0][0] == 1


@pytest.mark.parametrize("name", ["operator", "nobody-at-all"])
def test_after_five_wrong_tries_the_right_password_waits_too(force, name):
    for _ in range(5):
        assert WRONG in Browser().post("/login/", {"username": name, "password": "x"}).body.decode()
    answer = Browser().post("/login/", {"username": name, "password": PASSWORD})
    assert WAIT in answer.body.decode()
    assert answer.status_code == 200


def test_the_wait_ends(force):
    for _ in range(6):
        stage.sign_in(force.operator, password="x")
    Kept.objects.all().delete()  # as after five minutes
    assert stage.sign_in(force.operator).last.url == "/home/"


def test_whoever_tries_from_elsewhere_locks_nobody_out(force):
    for _ in range(6):
        stage.sign_in(force.operator, password="x", REMOTE_ADDR="203.0.113.9")
    assert stage.sign_in(force.operator, REMOTE_ADDR="198.51.100.7").last.url == "/home/"


def test_one_account_from_many_places_is_slowed_down_too(force):
    for n in range(30):
        assert WRONG in body(stage.sign_in(force.operator, password="x", REMOTE_ADDR=f"203.0.113.{n}"))
    assert UNDER_FIRE in body(stage.sign_in(force.operator, REMOTE_ADDR="198.51.100.7"))


def test_who_types_wrong_passwords_elsewhere_locks_nobody_out_of_the_own_browser(force):
    own = stage.sign_in(force.operator)
    own.post("/logout/", {})
    for n in range(31):
        stage.sign_in(force.operator, password="x", REMOTE_ADDR=f"203.0.113.{n}")
    assert UNDER_FIRE in body(stage.sign_in(force.operator, REMOTE_ADDR="198.51.100.7"))
    assert stage.sign_in(force.operator, browser=own).last.url == "/home/"
    own.post("/logout/", {})
    for _ in range(5):
        assert WRONG in body(stage.sign_in(force.operator, password="x", browser=own))
    assert WAIT in body(stage.sign_in(force.operator, browser=own))


def test_many_accounts_from_one_place_are_slowed_down_too(force):
    for n in range(30):
        Browser().post("/login/", {"username": f"name-{n}", "password": "x"})
    assert WAIT in body(stage.sign_in(force.operator))
    assert stage.sign_in(force.operator, REMOTE_ADDR="198.51.100.7").last.url == "/home/"


def test_right_passwords_count_for_nothing(force):
    for _ in range(8):
        assert stage.sign_in(force.operator).last.url == "/home/"


def test_a_proxy_s_word_counts_only_from_this_machine(force):
    for n in range(6):
        stage.sign_in(force.operator, password="x", REMOTE_ADDR="203.0.113.9", HTTP_X_REAL_IP=f"192.0.2.{n}")
    named = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_REAL_IP": "192.0.2.99"}
    assert WAIT in body(stage.sign_in(force.operator, **named))


def test_a_session_that_was_planted_is_not_the_one_signed_in(force):
    browser = Browser()
    session = browser.client.session
    session["planted"] = 1
    session.save()
    before = stage.session_of(browser)
    assert stage.sign_in(force.operator, browser=browser).last.url == "/home/"
    assert stage.session_of(browser) not in ("", before)
    thief = Browser()
    thief.client.cookies["rabta_session"] = before
    assert thief.get("/desk/").url.startswith("/login/")


def test_signing_out_ends_the_session_on_the_server(force):
    browser = stage.sign_in(force.operator)
    key = stage.session_of(browser)
    assert browser.post("/logout/").url == "/login/"
    thief = Browser()
    thief.client.cookies["rabta_session"] = key
    assert thief.get("/desk/").url.startswith("/login/")


def test_the_page_of_the_sign_in_has_one_submit_button_and_no_inline_script(force):
    page = Browser().get("/login/", HTTP_HOST="localhost").body.decode()
    assert page.count('type="submit"') == 1
    assert 'name="username"' in page
    assert 'name="password"' in page
    assert "<script>" not in page
    assert 'style="' not in page


@pytest.mark.parametrize("name", ["operator", "administrator", "desk-head"])
def test_where_second_factors_may_wait_a_password_is_one_step(force, name, settings):
    from rabta.force.models import Officer

    officer = Officer.objects.get(username=name)
    officer.set_password(PASSWORD)
    officer.save()
    browser = stage.sign_in(officer)
    assert browser.last.url == "/home/"
    assert browser.client.get("/home/", follow=True).status_code == 200
    settings.DEMO = True
    assert "In this demonstration it may wait" in browser.get("/account/").body.decode() or name == "operator"
