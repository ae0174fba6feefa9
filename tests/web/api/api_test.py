"""The API: a token has the rights of its officer, and PostgreSQL says the same. Requests run as rabta_web."""

import base64
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from rabta.cases.models import Case, Message, Order
from rabta.force.models import ApiToken, Officer
from rabta.web.api import tokens
from tests.web import small_force
from tests.web.small_force import NOW

pytestmark = pytest.mark.django_db


def test_officers_see_the_cases_of_their_units_and_no_others(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    for officer, sees in ((force.operator, True), (force.sho_north, True), (force.sho_south, False)):
        asked = api(officer)
        status, page = asked.get("/cases")
        assert status == 200
        assert [row["id"] for row in page["items"]] == ([north_case.public_id] if sees else [])
        for path in (f"/cases/{north_case.public_id}", f"/cases/{north_case.public_id}/messages"):
            assert asked.get(path)[0] == (200 if sees else 404)


def test_the_accused_station_can_not_tell_a_hidden_case_from_none(api: Any, force: SimpleNamespace) -> None:
    hidden = small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account, withheld="accusation")
    asked = api(force.sho_north)
    assert asked.get(f"/cases/{hidden.public_id}") == asked.get("/cases/0000000000000000")
    assert asked.get("/cases", reference=hidden.reference)[1]["items"] == []
    assert api(force.operator).get(f"/cases/{hidden.public_id}")[0] == 200


def test_row_level_security_alone_hides_foreign_cases(
    api: Any, force: SimpleNamespace, north_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models import Q

    from rabta.force.access import Scope

    monkeypatch.setattr(Scope, "visible", lambda self: Q())
    assert api(force.sho_south).get("/cases")[1]["items"] == []
    assert api(force.sho_south).get(f"/cases/{north_case.public_id}")[0] == 404
    assert len(api(force.sho_north).get("/cases")[1]["items"]) == 1


def test_without_a_good_token_there_is_nothing(api: Any, force: SimpleNamespace) -> None:
    nobody = api(None)
    status, problem = nobody.get("/cases")
    assert status == 401
    assert problem["detail"]
    assert "Bearer" in problem["hint"]
    nobody.client.force_login(force.operator)
    assert nobody.get("/cases")[0] == 401, "a session is no token"
    nobody.token = "rabta_guess"
    assert nobody.get("/cases")[0] == 401


def test_a_revoked_token_and_a_closed_account_end_at_once(api: Any, force: SimpleNamespace) -> None:
    revoked, closed = api(force.operator), api(force.sho_north)
    assert revoked.get("/me")[0] == closed.get("/me")[0] == 200
    ApiToken.objects.filter(officer=force.operator).update(revoked_at=NOW)
    Officer.objects.filter(pk=force.sho_north.pk).update(is_active=False)
    assert revoked.get("/me")[0] == closed.get("/me")[0] == 401


def test_the_database_does_not_hold_the_token(force: SimpleNamespace) -> None:
    token = tokens.create(username="operator", label="script", now=NOW)
    row = ApiToken.objects.get()
    assert token not in "".join(str(value) for value in vars(row).values())
    assert tokens.officer_of(token, now=NOW) == force.operator
    with pytest.raises(tokens.UnknownOfficer, match="nobody-such"):
        tokens.create(username="nobody-such")


def test_all_tokens_of_an_officer_end_at_once_and_no_others(force: SimpleNamespace) -> None:
    names = ("operator", "operator", "sho-north")
    *ended, other = [tokens.create(username=name, now=NOW) for name in names]
    assert [tokens.end(username="operator", now=NOW) for _ in range(2)] == [2, 0]
    assert [tokens.officer_of(token, now=NOW) for token in ended] == [None, None]
    assert tokens.officer_of(other, now=NOW) == force.sho_north
    with pytest.raises(tokens.UnknownOfficer, match="nobody-such"):
        tokens.end(username="nobody-such", now=NOW)


def test_pages_follow_each_other_without_gap_or_repetition(api: Any, force: SimpleNamespace) -> None:
    wanted = [
        small_force.case(
            desk=force.hq,
            seen_by=[force.hq],
            account=force.account,
            last_in_at=NOW + timedelta(minutes=minutes),
        ).public_id
        for minutes in (0, 1, 1, 1, 2)
    ]
    asked, found, cursor = api(force.operator), [], ""
    while True:
        page = asked.get("/cases", limit=2, cursor=cursor)[1]
        found += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert found[0] == wanted[4]
    assert found[-1] == wanted[0]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "MjAyNi0wMS0wMSBhYmM", "é"])
def test_a_cursor_that_is_not_ours_is_said_to_be_so(api: Any, force: SimpleNamespace, cursor: str) -> None:
    assert api(force.operator).get("/cases", cursor=cursor)[0] == 400


@pytest.mark.parametrize(
    "at", ["0102-06-18T07:58:24+19:55", "0001-01-01T00:00:00+01:00", "2026-03-02T09:00:00"]
)
def test_a_time_that_no_calendar_holds_is_said_to_be_wrong(api: Any, force: SimpleNamespace, at: str) -> None:
    asked = api(force.operator)
    status, problem = asked.get("/cases", changed_since=at)
    assert (status, "changed_since" in problem["hint"]) == (422, True)
    cursor = base64.urlsafe_b64encode(f"{at} 0123456789abcdef".encode()).decode()
    assert asked.get("/cases", cursor=cursor)[0] == 400
    assert asked.get("/cases", changed_since="2026-03-02T09:00:00+19:55")[0] == 200


def test_filters(api: Any, force: SimpleNamespace, north_case: Case) -> None:
    asked = api(force.operator)
    small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account, kind="tip", withheld="tip")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in asked.get("/cases", **query)[1]["items"]]

    assert found(unit=force.north.public_id) == [north_case.public_id]
    assert found(kind="complaint") == [north_case.public_id]
    assert found(reference=north_case.reference.lower()) == [north_case.public_id]
    assert found(state="closed") == []
    assert len(found()) == 2
    assert asked.get("/cases", state="lost")[0] == 422


def test_the_number_of_queries_does_not_grow_with_the_rows(api: Any, force: SimpleNamespace) -> None:
    asked = api(force.operator)
    asked.get("/me")  # the first use of a token is noted
    counts = []
    for more in (1, 10):
        for _ in range(more):
            made = small_force.case(desk=force.hq, seen_by=[force.hq, force.north], account=force.account)
            small_force.order(made, force.sho_north)
        for path in ("/cases", "/orders", f"/cases/{made.public_id}/messages", "/units"):
            with CaptureQueriesContext(connection) as queries:
                assert asked.get(path)[0] == 200
            counts.append(len(queries))
    assert counts[:4] == counts[4:]


def test_an_order_from_the_desk_to_the_report_and_its_verification(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    desk, sho, head = api(force.operator), api(force.sho_north), api(force.desk_head)
    case = f"/cases/{north_case.public_id}"
    assert desk.post(f"{case}/place", {"lat": 34.01, "lng": 71.5, "name": "Old bazaar"})[1]["place"] == {
        "name": "Old bazaar",
        "lat": 34.01,
        "lng": 71.5,
    }
    status, detail = desk.post(
        f"{case}/order", {"post": "sho-north-post", "part": "lead", "instruction": "Go and look"}
    )
    assert (status, detail["state"]) == (200, "forwarded")
    (order,) = sho.get("/orders", mine=True)[1]["items"]
    assert (order["instruction"], order["reference"]) == ("Go and look", north_case.reference)
    order_path = f"/orders/{order['id']}"
    assert sho.post(f"{order_path}/accept")[1]["state"] == "accepted"
    assert sho.post(f"{order_path}/on_the_way")[1]["on_the_way_at"]
    evidence = sho.ask(
        "post", f"{order_path}/evidence", data={"file": photo(), "caption": "Quiet now", "lat": 34}
    )
    assert evidence[0] == 200, evidence
    assert evidence[1]["evidence"][0]["caption"] == "Quiet now"
    assert desk.post(f"{case}/close", {"remark": "Advice"})[0] == 409
    status, reported = sho.post(f"{order_path}/report", {"text": "Music stopped", "outcome": "action_taken"})
    assert (status, reported["state"]) == (200, "reported")
    decided = head.post(f"/reports/{reported['reports'][0]['id']}/decide", {"decision": "accepted"})
    assert decided[0] == 200, decided
    assert desk.get(case)[1]["outcome"] == "action_taken"


def photo() -> SimpleUploadedFile:
    """A small picture, as a telephone would send it."""
    data = BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "JPEG")
    return SimpleUploadedFile("photo.jpg", data.getvalue(), "image/jpeg")


def test_a_file_of_the_wrong_kind_is_refused_in_words(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    order = small_force.order(north_case, force.sho_north)
    upload = SimpleUploadedFile("photo.jpg", b"MZ not a picture", "image/jpeg")
    status, problem = api(force.sho_north).ask(
        "post", f"/orders/{order.public_id}/evidence", data={"file": upload}
    )
    assert status == 400
    assert problem["detail"]
    assert not order.evidence.exists()


def test_what_is_refused_says_why_and_leaves_nothing(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    order = small_force.order(north_case, force.sho_north)
    Order.objects.filter(pk=order.pk).update(state="returned", returned_at=NOW, finished_at=NOW)
    status, problem = api(force.sho_north).post(
        f"/orders/{order.public_id}/report", {"text": "Done", "outcome": "action_taken"}
    )
    assert status == 409
    assert problem["detail"]
    assert not order.reports.exists()


def test_permissions_are_those_of_the_role(api: Any, force: SimpleNamespace, north_case: Case) -> None:
    case = f"/cases/{north_case.public_id}"
    sho = api(force.sho_north)
    for verb, body in (("note", {"text": "x"}), ("reply", {"text": "x"}), ("release", {"remark": "x"})):
        assert sho.post(f"{case}/{verb}", body)[0] == 403
    assert sho.get("/ledger")[0] == 403
    assert not Message.objects.filter(case=north_case).exclude(direction="in").exists()
    assert api(force.administrator).get("/cases")[0] == 403


def test_a_note_stays_inside(api: Any, force: SimpleNamespace, north_case: Case) -> None:
    desk = api(force.operator)
    assert desk.post(f"/cases/{north_case.public_id}/note", {"text": "Called twice before"})[0] == 200
    messages = desk.get(f"/cases/{north_case.public_id}/messages")[1]["items"]
    assert {(m["direction"], m["text"]) for m in messages} == {
        ("in", "Loud music"),
        ("note", "Called twice before"),
    }


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("confidential", {"officers": []}),
        ("accuse", {"accused_officers": "all"}),
        ("note", {"text": "nul \0 inside"}),
        ("note", {"text": "   "}),
        ("note", {"text": "x", "more": 1}),
        ("note", {}),
        ("place", {"lat": 91, "lng": 0}),
        ("place", {"lat": "north", "lng": 0}),
        ("order", {"post": "../etc", "part": "lead"}),
        ("order", {"post": "sho-north-post", "part": "boss"}),
    ],
)
def test_bodies_of_the_wrong_form_are_told_where_they_are_wrong(
    api: Any, force: SimpleNamespace, north_case: Case, verb: str, body: dict[str, Any]
) -> None:
    status, problem = api(force.operator).post(f"/cases/{north_case.public_id}/{verb}", body)
    assert status == 422
    assert "body" in problem["hint"]


def test_units_me_and_ledger(api: Any, force: SimpleNamespace) -> None:
    head = api(force.desk_head)
    status, units = head.get("/units")
    assert (status, [unit["code"] for unit in units["items"]]) == (200, ["DESK", "HQ", "NORTH", "SOUTH"])
    assert units["items"][2]["posts"][0]["code"] == "sho-north-post"
    me = head.get("/me")[1]
    assert "see_intake" in me["permissions"]
    assert me["posts"][0]["unit"]["code"] == "DESK"
    status, ledger = head.get("/ledger")
    assert (status, ledger["balanced"]) == (200, True)


def test_the_description_names_every_route_and_its_answers(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["security"], (method, path)
            assert {"200", "401", "404", "422"} <= set(map(str, operation["responses"])), (method, path)
    assert client.get("/api/v1/docs").status_code == 404


def test_an_address_that_is_none_says_where_all_are(client: Client) -> None:
    answer = client.get("/api/v1/case")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert "/api/v1/openapi.json" in answer.json()["hint"]


def test_people_get_the_page_for_an_address_that_is_none(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
