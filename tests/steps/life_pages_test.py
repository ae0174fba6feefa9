"""How a case ends and goes on, on the pages and over the API; and decisions on what is not so any more."""

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from rabta import journey
from rabta.cases.approvals import Approval
from rabta.cases.models import Case
from rabta.intake import forms
from rabta.web.api import tokens
from tests.cast import HOUR, NOW, Citizen, acting, hears, read
from tests.steps.life_test import asked, closed, fresh
from tests.steps.stage import happened, lead, theft

LATER = NOW + HOUR


def entered(officer: Any) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def press(client: Client, case: Case, act: str, **words: str) -> int:
    return client.post(
        f"/desk/case/{case.public_id}/{act}/", words, headers={"HX-Request": "true"}
    ).status_code


def version(client: Client, case: Case) -> str:
    page = client.get(f"/desk/case/{case.public_id}/").content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_closing_waits_on_the_page_until_another_officer_approves(cast: SimpleNamespace) -> None:
    case, operator, head = theft(cast), entered(cast.operator), entered(cast.desk_head)
    assert press(operator, case, "end", outcome="withdrawn", remark="He found it himself") == 200
    approval = Approval.objects.get(case=case)
    assert "Waits for a second officer" in operator.get(f"/desk/case/{case.public_id}/").content.decode()
    mine = operator.get("/closings/").content.decode()
    assert "He found it himself" in mine and "Another officer decides" in mine
    assert (
        operator.post(f"/closings/{approval.public_id}/decide/", {"decision": "approved"}).status_code == 403
    )
    theirs = head.get("/closings/").content.decode()
    assert "Approve and close" in theirs
    assert head.post(f"/closings/{approval.public_id}/decide/", {"decision": "refused"}).status_code == 400
    assert head.post(f"/closings/{approval.public_id}/decide/", {"decision": "approved"}).status_code == 302
    assert fresh(case).outcome == "withdrawn"
    assert "He found it himself" not in head.get("/closings/").content.decode()


def test_a_closing_in_a_case_that_is_not_seen_does_not_exist(cast: SimpleNamespace) -> None:
    approval = asked(cast, "withdrawn")
    for other in (cast.sp_mardan, cast.co_rural):
        page = entered(other)
        assert approval.case.reference not in page.get("/closings/").content.decode()
        answer = page.post(f"/closings/{approval.public_id}/decide/", {"decision": "approved"})
        assert answer.status_code == 404
    assert entered(cast.sho).get("/closings/").status_code == 403


def test_an_appeal_is_listed_and_decided_at_its_level(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("appeal the thief is known"), at=LATER + HOUR)
    assert "The next level decides" in entered(cast.co).get("/closings/").content.decode()
    sp = entered(cast.sp)
    assert "appeal the thief is known" in sp.get("/closings/").content.decode()
    address = f"/closings/appeals/{case.public_id}/decide/"
    assert entered(cast.co).post(address, {"decision": "upheld", "remark": "x"}).status_code == 400
    assert sp.post(address, {"decision": "upheld", "remark": "Ask the shops"}).status_code == 302
    assert fresh(case).state == "in_inquiry"


def test_an_emergency_stays_alarmed_until_the_line_has_a_number(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("Help, they are breaking into our house right now, armed men"))
    case = Case.objects.latest("id")
    Case.objects.filter(pk=case.pk).update(urgency=0)
    operator = entered(cast.operator)
    page = f"/desk/case/{case.public_id}/"
    assert "Telephone the emergency line now" in operator.get(page).content.decode() or (
        "Not handed over yet" in operator.get(page).content.decode()
    )
    assert press(operator, case, "hand-over", to="Constable Gul") == 200
    assert "The incident number is missing" in operator.get(page).content.decode()
    assert press(operator, case, "confirm-hand-over", number="15-88") == 200
    assert "15-88" in operator.get(page).content.decode()


def test_a_decision_on_what_is_not_so_any_more_is_refused_and_says_who_did_what(
    cast: SimpleNamespace,
) -> None:
    case, operator = theft(cast), entered(cast.operator)
    seen = version(operator, case)
    with acting(cast.desk_head) as by:
        journey.categorise(case=case, category="traffic", by=by, now=LATER)
    stale = operator.post(
        f"/desk/case/{case.public_id}/categorise/",
        {"category": "property", "seen": seen},
        headers={"HX-Request": "true"},
    )
    assert stale.status_code == 400
    assert "Category: Traffic" in stale.content.decode() and str(cast.desk_head) in stale.content.decode()
    assert fresh(case).category == "traffic"
    assert press(operator, case, "categorise", category="property", seen=version(operator, case)) == 200
    # One's own decisions make nothing stale, nor does what is said.
    assert press(operator, case, "categorise", category="theft", seen=seen) == 400
    seen = version(operator, case)
    assert press(operator, case, "say", tab="note", text="x", seen=seen) == 200
    assert press(operator, case, "assign", to="me", seen=seen) == 200


def call(token: str, path: str, body: dict[str, Any] | None = None, seen: str = "") -> Any:
    headers = {"authorization": f"Bearer {token}"} | ({"If-Match": f'"{seen}"'} if seen else {})
    if body is None:
        return Client().get(f"/api/v1/{path}", headers=headers)
    return Client().post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_the_api_has_the_same_verbs_and_the_same_refusals(cast: SimpleNamespace) -> None:
    case = theft(cast)
    operator, head = (tokens.create(username=one.username) for one in (cast.operator, cast.desk_head))
    seen = call(operator, f"cases/{case.public_id}").json()["version"]
    ended = call(operator, f"cases/{case.public_id}/end", {"outcome": "withdrawn", "remark": "x"})
    assert (ended.status_code, ended.json()["state"]) == (200, "forwarded")
    late = call(head, f"cases/{case.public_id}/categorise", {"category": "traffic"}, seen)
    assert late.status_code == 409 and str(cast.operator) in late.json()["detail"]
    (waiting,) = call(head, "closings").json()
    assert (waiting["reference"], waiting["outcome"]) == (case.reference, "withdrawn")
    done = call(head, f"closings/{waiting['id']}/answer", {"decision": "approved"})
    assert (done.status_code, done.json()["outcome"]) == (200, "withdrawn")
    again = call(head, f"cases/{case.public_id}/reopen", {"remark": "He writes that he was forced"})
    assert (again.status_code, again.json()["state"]) == (200, "in_inquiry")
    handed = call(operator, f"cases/{case.public_id}/hand_over", {"to": "Gul"})
    assert handed.json()["handed_over_to"] == "Gul"
    assert call(operator, f"cases/{case.public_id}/confirm_hand_over", {"number": "1"}).status_code == 200
    fir = {"number": "1/26", "unit": cast.kotwali.public_id, "on": "2026-03-01"}
    assert call(operator, f"cases/{case.public_id}/fir", fir).json()["fir_number"] == "1/26"
    assert call(operator, f"cases/{case.public_id}/investigation", {"under": True}).json()[
        "under_investigation"
    ]
    moved = call(operator, f"cases/{case.public_id}/transfer", {"force": "sindh", "remark": "x"})
    assert (moved.status_code, moved.json()["outcome"]) == (200, "transferred")
    assert "transferred" in happened(case)


def wished(client: Client, **words: str) -> str:
    """Press on the status page, have it read, and look at the page again."""
    answer = client.post("/status/wish/", {"key": f"key-{words}", **words})
    assert answer.status_code == 302
    read(at=timezone.now())
    return client.get("/status/").content.decode()


def test_the_holder_of_a_receipt_judges_reopens_and_appeals_on_the_status_page(cast: SimpleNamespace) -> None:
    now = timezone.now()
    entry = forms.Entry(
        submission="one", text="A stolen bicycle near Kotwali", category="theft", language="en"
    )
    code = forms.submit(account=cast.form, entry=entry, files=(), now=now)
    read(at=now)
    case, citizen = Case.objects.latest("id"), Client()
    citizen.post("/status/", {"code": code})
    assert "I want to withdraw this matter" in citizen.get("/status/").content.decode()
    with acting(cast.sho) as by:
        report = journey.report(order=lead(case), text="Done", outcome="advice", by=by, now=now)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=now)
    page = citizen.get("/status/").content.decode()
    assert "Are you satisfied" in page and "Reopen it" in page and "withdraw this matter" not in page
    assert "Are you satisfied" not in wished(citizen, wish="opinion", mark="2")
    assert fresh(case).satisfaction == 2
    assert "has been reopened" in wished(citizen, wish="reopen", text="Nobody came")
    assert (fresh(case).state, fresh(case).reopened_by_citizen) == ("in_inquiry", True)
    assert Case.objects.filter(conversation=case.conversation).count() == 1
    assert citizen.post("/status/wish/", {"key": "x", "wish": "nonsense"}).status_code == 302
    assert Client().post("/status/wish/", {"key": "y", "wish": "reopen"}).status_code == 302
