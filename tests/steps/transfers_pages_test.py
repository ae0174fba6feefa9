"""Transfers on the desk's pages and over the API: what did not arrive and why, sent again; what came from elsewhere."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.transfers import Handed, Transfer
from rabta.journey.ending import transferring
from rabta.journey.posts import neighbours
from tests.cast import HOUR, NOW, acting, as_role
from tests.steps.life_pages_test import entered, press
from tests.steps.stage import theft

LATER = NOW + HOUR


def call(officer: Any, path: str, *, post: bool = False) -> tuple[int, dict[str, Any]]:
    from rabta.web.api import tokens

    headers = {"authorization": f"Bearer {tokens.create(username=officer.username)}"}
    client = Client()
    answer = client.post(path, headers=headers) if post else client.get(path, headers=headers)
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def lost(cast: SimpleNamespace) -> Case:
    """Given to a force whose Rabta did not answer."""
    neighbours.join(force="sindh", address="https://a.example", key="k", by=cast.administrator, now=NOW)
    case = theft(cast)
    with acting(cast.operator) as by:
        made = journey.transfer(case=case, force="sindh", remark="Karachi", by=by, now=LATER)
    with as_role("rabta_worker", system="test"):
        transferring.give_up(made.pk, trouble=transferring.UNREACHABLE, now=LATER)
    return case


def test_the_desk_reads_why_it_did_not_arrive_and_sends_it_again(cast: SimpleNamespace, lost: Case) -> None:
    browser = entered(cast.operator)
    for page in ("/desk/transfers/", f"/desk/case/{lost.public_id}/"):
        text = browser.get(page).content.decode()
        assert "Sindh Police" in text, page
        assert "The other force did not answer" in text, page
        assert "papers-again" in text, page
    assert "did not take the papers" in browser.get("/notices/").content.decode()
    assert press(browser, lost, "papers-again") == 200
    assert Transfer.objects.get().state == "waiting"
    assert "papers-again" not in browser.get("/desk/transfers/").content.decode()
    assert press(browser, lost, "papers-again") == 400


def test_other_desks_read_nothing_of_it(cast: SimpleNamespace, lost: Case) -> None:
    assert lost.reference in entered(cast.operator_peshawar).get("/desk/transfers/").content.decode()
    assert lost.reference not in entered(cast.operator_mardan).get("/desk/transfers/").content.decode()
    path = f"/api/v1/cases/{lost.public_id}"
    assert call(cast.operator_mardan, f"{path}/transfers")[0] == 404
    assert call(cast.operator_mardan, f"{path}/transfer_again", post=True)[0] == 404


def test_programs_read_and_send_again_too(cast: SimpleNamespace, lost: Case) -> None:
    path = f"/api/v1/cases/{lost.public_id}"
    status, found = call(cast.operator, f"{path}/transfers")
    (given,) = found["given"]
    assert (status, given["force"], given["state"], given["trouble"]) == (
        200, "sindh", "failed", "unreachable",
    )  # fmt: skip
    assert call(cast.operator, f"{path}/transfer_again", post=True)[0] == 200
    assert call(cast.operator, f"{path}/transfer_again", post=True)[0] == 409
    assert call(cast.sho, f"{path}/transfer_again", post=True)[0] == 403


def test_what_came_says_from_whom_under_which_number(cast: SimpleNamespace) -> None:
    case = theft(cast)
    facts = {"reference": "LHR-7K3M-92QF", "left_out": 2, "at": timezone.now()}
    Handed.objects.create(force="punjab_pk", number="x", case=case, **facts)
    type(case.conversation.handle).objects.update(scheme="handed")
    for page in ("/desk/transfers/", f"/desk/case/{case.public_id}/"):
        text = entered(cast.operator).get(page).content.decode()
        assert "Punjab Police" in text and "LHR-7K3M-92QF" in text, page
    assert "2 files stayed there" in text
    _status, found = call(cast.operator, f"/api/v1/cases/{case.public_id}/transfers")
    assert [one["reference"] for one in found["came"]] == ["LHR-7K3M-92QF"]


def test_the_form_says_what_goes_and_offers_no_own_force(cast: SimpleNamespace) -> None:
    case, browser = theft(cast), entered(cast.operator)
    page = f"/desk/case/{case.public_id}/"
    assert "gets the papers" not in browser.get(page).content.decode()
    neighbours.join(force="sindh", address="https://a.example", key="k", by=cast.administrator, now=NOW)
    neighbours.say_own(force="kp", by=cast.administrator, now=NOW)
    text = browser.get(page).content.decode()
    assert text.count("gets the papers") == 1
    assert "name and number go there" in text
    assert 'value="kp"' not in text
    person = case.conversation.handle.person
    type(person).objects.filter(pk=person.pk).update(protected=True)
    assert "no name, no number, no file" in browser.get(page).content.decode()
    Case.objects.filter(pk=case.pk).update(accused_unit=cast.rustam)
    text = browser.get(page).content.decode()
    assert "hand its papers over yourself" in text
    assert "gets the papers" not in text
