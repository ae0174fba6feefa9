"""By the API as on the pages: accusations, confidential inquiries, the closing letter, names of files."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Attachment, Case, Order, Report
from rabta.force import directory
from rabta.people.models import Person
from rabta.retention.models import Hold
from tests.web import small_force
from tests.web.small_force import NOW

pytestmark = pytest.mark.django_db


def test_an_accusation_leaves_the_sight_of_the_accused(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    path = f"/cases/{north_case.public_id}"
    assert api(force.operator).post(f"{path}/accuse", {"accused_unit": force.north.public_id})[0] in (
        200,
        204,
    )
    assert api(force.sho_north).get(path)[0] == 404


def test_an_accusation_by_the_api_keeps_out_whom_the_desk_has_named(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    north_case.accused_officers = [force.sho_south.pk]
    north_case.save(update_fields=["accused_officers"])
    api(force.operator).post(f"/cases/{north_case.public_id}/accuse", {"accused_unit": force.north.public_id})
    north_case.refresh_from_db()
    assert north_case.accused_officers == [force.sho_south.pk]
    assert -force.sho_south.pk in north_case.hidden_from


def test_an_accusation_by_the_api_names_officers_or_nobody(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    path, south = f"/cases/{north_case.public_id}/accuse", force.sho_south
    asked = api(force.operator)
    assert asked.post(path, {"accused_officers": [south.public_id]})[0] == 200
    north_case.refresh_from_db()
    assert (north_case.accused_officers, north_case.accused_unit) == ([south.pk], force.south)
    assert asked.post(path, {"accused_officers": [south.public_id, "0"]})[0] == 404
    assert asked.post(path, {"accused_unit": force.north.public_id, "accused_officers": []})[0] == 200
    north_case.refresh_from_db()
    assert (north_case.accused_officers, north_case.accused_unit) == ([], force.north)


def test_by_the_api_an_accusation_goes_down_only_to_a_desk_that_is_named(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    nearer = small_force.unit("station", force.north, level="station")
    small_force.unit("desk-north", force.north, level="desk")
    directory.forget()
    path, asked = f"/cases/{north_case.public_id}/accuse", api(force.operator)
    status, said = asked.post(path, {"accused_unit": nearer.public_id})
    assert status == 409 and "North, Hq" in str(said)
    for unit in (force.hq, force.north):
        body = {"accused_unit": nearer.public_id, "desk_unit": unit.public_id}
        assert asked.post(path, body)[0] == 200
        north_case.refresh_from_db()
        assert north_case.desk_unit == unit


def test_a_case_is_kept_from_erasure_and_let_go_by_the_api(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    path, head = f"/cases/{north_case.public_id}", api(force.desk_head)
    assert api(force.sho_north).post(f"{path}/hold", {"remark": "mine"})[0] == 403
    assert head.post(f"{path}/hold", {"remark": " "})[0] in (409, 422)
    assert head.post(f"{path}/hold", {"remark": "A court asked for it"})[0] == 200
    held = Hold.objects.get(case=north_case)
    assert (held.reason, held.by, held.ended_at) == ("A court asked for it", force.desk_head, None)
    assert head.post(f"{path}/hold", {"remark": "Once more"})[0] == 409
    assert head.post(f"{path}/end_hold", {})[0] == 200
    held.refresh_from_db()
    assert held.ended_by == force.desk_head
    assert head.post(f"{path}/end_hold", {})[0] == 409


def test_a_confidential_inquiry_begins_and_ends_by_the_api(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    path, head, operator = f"/cases/{north_case.public_id}", api(force.desk_head), api(force.operator)
    named = [force.desk_head.public_id, force.sho_south.public_id]
    assert operator.post(f"{path}/confidential", {"officers": named})[0] == 403
    assert head.post(f"{path}/confidential", {"officers": named[:1]})[0] == 409
    assert head.post(f"{path}/confidential", {"officers": named})[0] == 200
    sees = [
        api(who).get(path)[0] for who in (force.desk_head, force.sho_south, force.operator, force.sho_north)
    ]
    assert sees == [200, 200, 404, 404]
    assert head.post(f"{path}/end_confidential", {"remark": "Nothing in it"})[0] == 200
    assert operator.get(path)[0] == 200
    assert head.post(f"{path}/end_confidential", {"remark": "Again"})[0] == 409


def test_whoever_leaves_an_inquiry_is_told_nothing_more(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    other = small_force.officer("oversight", "oversight", force.desk)
    path, head = f"/cases/{north_case.public_id}", api(force.desk_head)
    named = [other.public_id, force.sho_south.public_id]
    assert head.post(f"{path}/confidential", {"officers": named}) == (204, None)
    assert head.get(path)[0] == 404


def test_officers_are_found_by_name(api: Any, force: SimpleNamespace) -> None:
    status, found = api(force.operator).get("/officers", name="sho-n")
    assert (status, [row["id"] for row in found["items"]]) == (200, [force.sho_north.public_id])
    assert found["items"][0]["posts"][0]["code"] == "sho-north-post"
    assert api(force.operator).get("/officers", name="s")[1] == {"items": []}
    assert api(force.sho_north).get("/officers", name="sho")[0] == 403


def test_the_words_of_the_closing_letter_may_be_given(
    api: Any, force: SimpleNamespace, north_case: Case
) -> None:
    small_force.order(north_case, force.sho_north)
    Order.objects.update(state="reported", accepted_by=force.sho_north, accepted_at=NOW)
    report = Report.objects.create(
        order=Order.objects.get(), text="Done", outcome="action_taken", officer=force.sho_north, at=NOW
    )
    body = {"decision": "accepted", "told": "The music has stopped."}
    assert api(force.desk_head).post(f"/reports/{report.public_id}/decide", body)[0] == 200
    north_case.refresh_from_db()
    letter = north_case.messages.filter(direction="out").get()
    assert "The music has stopped." in letter.text


@pytest.mark.parametrize(("protected", "name"), [(True, ""), (False, "Gul Khan CV.pdf")])
def test_files_of_protected_people_have_no_name(
    api: Any, force: SimpleNamespace, north_case: Case, protected: bool, name: str
) -> None:
    Attachment.objects.create(message=north_case.messages.get(), kind="document", name="Gul Khan CV.pdf")
    Person.objects.update(protected=protected)
    status, page = api(force.operator).get(f"/cases/{north_case.public_id}/messages")
    assert (status, page["items"][0]["attachments"][0]["name"]) == (200, name)
    assert ("Gul Khan" in json.dumps(page)) is not protected
