"""Where the chief, oversight and heads of desks begin a confidential inquiry, and the named officers read it."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.audit.models import Record
from rabta.cases.models import Case, Event, Message
from rabta.force.models import Officer, Role
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
PAGE = "/inquiries/"


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    made.chief = small_force.officer("the-chief", Role.CHIEF, made.hq)
    made.oversight = small_force.officer("watching", Role.OVERSIGHT, made.hq)
    made.head = small_force.officer("peshawar-head", Role.DISTRICT_HEAD, made.hq)
    made.case = small_force.case(
        desk=made.hq, seen_by=[made.hq], account=made.account, subject="Secret thing"
    )
    return made


def begin(who: Officer, case: Case, *named: Officer) -> Any:
    chosen = {"officer": [officer.public_id for officer in named]}
    return Browser(who).post(f"{PAGE}{case.public_id}/name/", chosen)


@pytest.mark.parametrize("who", ["chief", "oversight"])
def test_it_is_begun_by_its_number_and_then_only_the_named_find_it(force: SimpleNamespace, who: str) -> None:
    beginner, case = getattr(force, who), force.case
    asked = Browser(beginner).get(f"{PAGE}?reference={case.reference.lower()}")
    assert asked.url == f"{PAGE}{case.public_id}/"
    assert b"Begin the confidential inquiry" in Browser(beginner).get(asked.url).content
    assert begin(beginner, case, beginner, force.sho).url == asked.url
    case.refresh_from_db()
    assert sorted(case.named_officers) == sorted([beginner.pk, force.sho.pk])
    for named in (beginner, force.sho):
        assert b"Secret thing" in Browser(named).get(PAGE).content
        assert b"Loud music" in Browser(named).get(asked.url).content
    other = force.oversight if who == "chief" else force.chief
    for outsider in (other, force.head, force.co):
        page = Browser(outsider).get(PAGE)
        assert page.status_code == 200 and b"Secret thing" not in page.content
        assert Browser(outsider).get(asked.url).status_code == 404
    looks = Record.objects.filter(act="looked", case_id=case.pk).values_list("actor_officer", flat=True)
    assert {beginner.pk, force.sho.pk} <= set(looks)


def test_a_number_that_does_not_exist_and_one_that_is_hidden_are_answered_alike(
    force: SimpleNamespace,
) -> None:
    begin(force.chief, force.case, force.chief, force.sho)
    pages = []
    for number in (force.case.reference, "PRY-7K3M-92QF"):
        page = Browser(force.oversight).get(f"{PAGE}?reference={number}")
        pages.append((page.status_code, page.content.replace(number.encode(), b"")))
    assert pages[0][0] == pages[1][0] == 404
    assert b"No such case that you may see" in pages[0][1]


def test_whoever_does_not_name_himself_is_led_away_from_it(force: SimpleNamespace) -> None:
    assert begin(force.chief, force.case, force.oversight, force.sho).url == PAGE
    assert Browser(force.chief).get(f"{PAGE}{force.case.public_id}/").status_code == 404


@pytest.mark.parametrize("who", ["head", "sho", "co"])
def test_others_begin_none(force: SimpleNamespace, who: str) -> None:
    page = Browser(getattr(force, who)).get(PAGE)
    assert page.status_code == 200 and b"Reference number of the case" not in page.content
    assert begin(getattr(force, who), force.case, force.chief, force.sho).status_code == 404
    force.case.refresh_from_db()
    assert force.case.named_officers == []


def test_what_cannot_be_is_said_and_changes_nothing(force: SimpleNamespace) -> None:
    answer = begin(force.chief, force.case, force.chief)
    assert answer.status_code == 409 and b"nobody inquires alone" in answer.content
    assert f'value="{force.chief.public_id}" checked'.encode() in answer.content
    assert not Event.objects.filter(what="confidential").exists()


def test_notes_are_written_by_the_named_and_it_ends_with_a_reason(force: SimpleNamespace) -> None:
    address = f"{PAGE}{force.case.public_id}/"
    assert Browser(force.chief).post(f"{address}note/", {"text": "x"}).status_code == 404  # no inquiry yet
    begin(force.chief, force.case, force.chief, force.sho)
    assert Browser(force.sho).post(f"{address}note/", {"text": "He was seen there"}).url == address
    note = Message.objects.get(direction="note")
    assert sorted(note.visible_to) == sorted([-force.chief.pk, -force.sho.pk])
    assert b"He was seen there" in Browser(force.chief).get(address).content
    assert Browser(force.sho).post(f"{address}end/", {"remark": "done"}).status_code == 409
    assert Browser(force.chief).post(f"{address}end/", {"remark": "done"}).url == address
    assert b"He was seen there" not in Browser(force.oversight).get(address).content
    assert Browser(force.sho).get(address).status_code == 404


def test_complaints_against_police_wait_there(force: SimpleNamespace) -> None:
    facts = {"desk": force.hq, "account": force.account, "withheld": "accusation"}
    small_force.case(seen_by=[force.hq], subject="A bribe", **facts)
    small_force.case(seen_by=[force.kotwali], subject="Not theirs", **facts)
    page = Browser(force.oversight).get(PAGE).content
    assert b"A bribe" in page and b"Not theirs" not in page
    assert b"A bribe" not in Browser(force.head).get(PAGE).content


def test_one_more_name_does_not_undo_the_one_before(force: SimpleNamespace) -> None:
    address = f"/desk/officers/?officer_text=watching&officer={force.sho.public_id}"
    page = Browser(force.chief).get(address).content.decode()
    assert page.index(force.sho.public_id) < page.index(force.oversight.public_id)
    assert page.count("checked") == 1
