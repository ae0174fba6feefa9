"""Helping officers who can't sign in: who may help whom, with what, and what the officer notices."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rabta.audit.models import Record
from rabta.commands import sign_in as letting_in
from rabta.force import pins
from rabta.force.models import Pin, Role
from rabta.journey.posts import sign_in as journey
from rabta.outbox.models import Delivery
from rabta.web.models import PasswordLink
from tests.cast import as_role
from tests.web import small_force
from tests.web.accounts import stage
from tests.web.accounts.stage import Browser

pytestmark = pytest.mark.django_db
NEW = "three slow grey herons"


def page_of(officer) -> str:
    return f"/officers/sign-in/{officer.public_id}/"


def shown(answer) -> str:
    """What is shown once."""
    found = re.search(r'class="secret">([^<]+)<', answer.body.decode())
    return found[1] if found else ""


def test_the_district_gives_a_new_pin_to_its_officer(force):
    stage.give_phone(force.sho_below)
    for _ in range(5):
        pins.is_right(officer=force.sho_below, pin="111111")
    assert pins.is_locked(force.sho_below)
    district = stage.sign_in(force.dpo)
    assert "locked" in district.get(page_of(force.sho_below)).body.decode()
    pin = shown(district.post(page_of(force.sho_below), {"act": "pin"}))
    assert re.fullmatch(r"\d{6}", pin)
    assert shown(district.get(page_of(force.sho_below))) == ""  # shown once
    phone = Browser()
    phone.post(stage.ask_link(phone), {"pin": pin})
    assert phone.get("/officer/").url == "/account/pin/"


def test_a_new_pin_signs_out_the_old_phone(force):
    stage.give_phone(force.sho_below)
    phone = stage.sign_in(force.sho_below)
    assert phone.get("/officer/").status_code == 200
    stage.sign_in(force.dpo).post(page_of(force.sho_below), {"act": "pin"})
    assert phone.get("/officer/").url.startswith("/login/")


def test_the_district_reaches_only_its_own(force):
    listed = stage.sign_in(force.dpo).get("/officers/sign-in/").body.decode()
    assert page_of(force.sho_below) in listed
    for other in (force.sho, force.operator, force.administrator, force.dpo):
        assert page_of(other) not in listed
        assert stage.sign_in(force.dpo).get(page_of(other)).status_code == 404


def test_the_district_gives_no_passwords_and_takes_no_factors(force):
    district = stage.sign_in(force.dpo)
    page = district.get(page_of(force.sho_below)).body.decode()
    assert 'value="pin"' in page or "A PIN needs a number" in page
    for act in ("password", "factors", "anything"):
        assert district.post(page_of(force.sho_below), {"act": act}).status_code == 404


@pytest.mark.parametrize(("role", "where"), [(Role.SHO, "north"), (Role.OVERSIGHT, "below")])
def test_who_holds_more_than_the_district_is_not_helped_by_it(force, role, where):
    """A post outside, or one that needs a second factor: a PIN from the district would open that too."""
    more = small_force.officer("two-posts", role, getattr(force, where))
    post = small_force.post_of(force.sho_below)
    more.postings.create(post=post, starts=timezone.localdate() - timedelta(days=2))
    district = stage.sign_in(force.dpo)
    assert "holds a post outside your unit" in district.get(page_of(more)).body.decode()
    assert district.post(page_of(more), {"act": "pin"}).status_code == 404
    assert not Pin.objects.exists()


def test_others_help_nobody(force):
    for who in (force.sho, force.operator):
        browser = stage.sign_in(who)
        assert browser.get("/officers/sign-in/").status_code == 403
        assert browser.get(page_of(force.sho_below)).status_code == 403


def test_the_administrator_gives_a_link_for_a_password(force):
    administrator, other = stage.sign_in(force.administrator), stage.sign_in(force.operator)
    assert other.get("/desk/").status_code == 200
    link = shown(administrator.post(page_of(force.operator), {"act": "password"}))
    link = f"/login/password/{link.split('/')[-2]}/"
    assert PasswordLink.objects.get().token not in link
    reader = Browser()
    assert "operator" in reader.get(link).body.decode()
    short = reader.post(link, {"password1": "short", "password2": "short"})
    assert short.status_code == 200
    assert "The password is set" in reader.post(link, {"password1": NEW, "password2": NEW}).body.decode()
    assert reader.get(link).status_code == 404
    assert other.get("/desk/").url.startswith("/login/")
    assert stage.sign_in(force.operator).last.status_code == 200
    assert stage.sign_in(force.operator, password=NEW).last.url == "/home/"


def test_a_link_for_a_password_signs_out_whoever_else_sits_there(force):
    link = shown(stage.sign_in(force.administrator).post(page_of(force.operator), {"act": "password"}))
    link = f"/login/password/{link.split('/')[-2]}/"
    shared = stage.sign_in(force.sho)
    assert shared.post(link, {"password1": NEW, "password2": NEW}).url == link
    assert "operator" in shared.get(link).body.decode()
    assert shared.get("/officer/").url.startswith("/login/")
    assert "The password is set" in shared.post(link, {"password1": NEW, "password2": NEW}).body.decode()


def test_a_link_for_a_password_ends_with_the_next_one_and_after_a_day(force):
    administrator = stage.sign_in(force.administrator)
    links = [shown(administrator.post(page_of(force.operator), {"act": "password"})) for _ in range(2)]
    first, second = (f"/login/password/{link.split('/')[-2]}/" for link in links)
    assert Browser().get(first).status_code == 404
    assert Browser().get(second).status_code == 200
    PasswordLink.objects.update(given_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert Browser().get(second).status_code == 404


def test_the_administrator_takes_a_lost_second_factor(force):
    browser, _ = stage.with_app(force.operator)
    stage.sign_in(force.administrator).post(page_of(force.operator), {"act": "factors"})
    assert not Authenticator.objects.filter(user=force.operator).exists()
    assert browser.get("/desk/").url.startswith("/login/")
    assert stage.sign_in(force.operator).last.url == "/home/"


def test_nobody_helps_oneself(force):
    assert stage.sign_in(force.administrator).get(page_of(force.administrator)).status_code == 404


def test_every_help_is_recorded_and_told_to_the_officer(force):
    stage.give_phone(force.sho_below)
    district = stage.sign_in(force.dpo)
    district.post(page_of(force.sho_below), {"act": "sign_out"})
    record = Record.objects.get(act="sign_in_sign_out")
    assert (record.actor_officer, record.subject_ids) == (force.dpo.pk, [force.sho_below.pk])
    job = ProcrastinateJob.objects.get(task_name="rabta.jobs.tasks.tell_of_help")
    assert job.args == {"officer_id": force.sho_below.pk}
    with as_role("rabta_worker", system="a test"):
        journey.tell_of_help(force.sho_below.pk, now=timezone.now())
    assert Delivery.objects.get().template["name"] == "sign_in_changed_v1"


def test_officers_are_found_by_name_user_name_and_post(force):
    browser = stage.sign_in(force.administrator)
    for words, found in (
        ("sho-below", True),
        ("Sho-Below", True),
        ("Post of sho-below", True),
        ("nobody", False),
    ):
        page = browser.get(f"/officers/sign-in/?q={words}")
        assert (page_of(force.sho_below) in page.body.decode()) is found, words


def test_the_last_administrator_is_let_in_from_the_command_line(force):
    browser, _ = stage.with_app(force.administrator)
    link = letting_in.reset(username="administrator", second_factor=True)
    assert browser.get("/account/").url.startswith("/login/")
    path = f"/login/password/{link.split('/')[-2]}/"
    assert "The password is set" in Browser().post(path, {"password1": NEW, "password2": NEW}).body.decode()
    assert stage.sign_in(force.administrator, password=NEW).last.url == "/home/"
    assert Record.objects.get(act="sign_in_reset").system_reason == "command line"
    with pytest.raises(letting_in.UnknownOfficer, match="nobody-here"):
        letting_in.reset(username="nobody-here", second_factor=False)
