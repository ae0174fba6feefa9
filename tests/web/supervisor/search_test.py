"""Commanders search as the desk does, among what they may see."""

import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Case, State
from rabta.people.handles import protect
from tests.web import small_force
from tests.web.desk.stage import named, says
from tests.web.officer import stage
from tests.web.officer.stage import Browser, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


def recent(of: Case, **facts) -> Case:
    now = timezone.now()
    for name, value in {"opened_at": now, "last_in_at": now, "changed_at": now, **facts}.items():
        setattr(of, name, value)
    of.save()
    return of


def found(officer, text, **more):
    page = Browser(officer).get(f"/supervisor/?{urlencode({'q': text, **more})}")
    assert page.status_code == 200
    return re.findall(r'href="/supervisor/case/([0-9a-z]{16})/"', page.body.decode())


def test_a_commander_finds_by_number_name_place_and_words(force):
    case = recent(ordered(force, force.sho).case, subject="Chassis KX-90417")
    named(case, name="Ghulam Rasool", number="+923001110071")
    says(case, "میری گاڑی حیات آباد میں ملی")
    for text in (case.reference, "0300 1110071", "غلام رسول", "ghulam rasul", "kx", "حیات", "qissa khwani"):
        assert found(force.co, text) == [case.public_id], text
    page = Browser(force.co).get("/supervisor/?q=rasool").body.decode()
    assert "Ghulam Rasool" in page and "Found for" in page
    says(case, "Chassis: ask the brother", direction="note", author=force.operator)
    assert (
        "ask the brother" not in Browser(force.co).get("/supervisor/?q=rasool").body.decode()
    )  # the desk's own
    assert found(force.co, "horse") == []


def test_he_finds_what_he_may_see_and_nothing_else(force):
    elsewhere = recent(ordered(force, force.sho_north).case, subject="Chassis")
    named(elsewhere, name="Ghulam Rasool", number="+923001110071")
    for text in ("chassis", "rasool", "0300 1110071", elsewhere.reference):
        assert found(force.co, text) == [], text
    case = recent(ordered(force, force.sho).case, subject="Chassis")
    handle = named(case, name="Akbar Shah", number="+923001110072")
    protect([handle], now=case.opened_at)
    assert found(force.co, "akbar") == found(force.co, "0300 1110072") == []
    assert found(force.co, "chassis") == [case.public_id]
    assert "Akbar" not in Browser(force.co).get("/supervisor/?q=chassis").body.decode()


def test_the_unit_narrows_it_and_the_search_is_recorded(force):
    mine, other = (
        recent(ordered(force, who).case, subject="Chassis") for who in (force.sho, force.sho_gulbahar)
    )
    assert set(found(force.co, "chassis")) == {mine.public_id, other.public_id}
    assert found(force.co, "chassis", unit=force.kotwali.public_id) == [mine.public_id]
    record = Record.objects.filter(act="searched").latest("id")
    assert (record.actor_officer, record.subject_ids) == (force.co.pk, [mine.pk])


def test_what_was_found_is_opened_also_before_anybody_is_ordered(force):
    units = [force.hq, force.circle]
    case = small_force.case(desk=force.hq, seen_by=units, account=force.account, state=State.NEW)
    recent(case, subject="Chassis")
    assert found(force.co, "chassis") == [case.public_id]
    page = Browser(force.co).get(f"/supervisor/case/{case.public_id}/")
    assert page.status_code == 200 and "Order several posts" in page.body.decode()


def test_more_than_a_page_is_found_page_by_page(force):
    made = {recent(ordered(force, force.sho).case, subject="Chassis").public_id for _ in range(13)}
    page = Browser(force.co).get("/supervisor/?q=chassis").body.decode()
    first = re.findall(r'href="/supervisor/case/([0-9a-z]{16})/"', page)
    after = re.search(r"after=([^\"&]+)", page)[1]
    assert len(first) == 10 and set(first) | set(found(force.co, "chassis", after=after)) == made


def test_the_box_stands_above_the_review(force):
    assert 'role="search"' in Browser(force.co).get("/supervisor/").body.decode()
