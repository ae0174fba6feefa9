"""Orders over the API: several at once, down the chain, given on by name."""

import pytest

from rabta.force import directory
from rabta.force.models import Role
from rabta.outbox.models import Delivery
from tests.web import small_force
from tests.web.small_force import post_of


@pytest.fixture
def officers(force):
    directory.forget()
    force.chief = small_force.officer("igp", Role.CHIEF, force.hq)
    force.head = small_force.officer("head-north", Role.DISTRICT_HEAD, force.north)
    force.station = small_force.unit("POST", force.north, level="post")
    force.sho = small_force.officer("sho-post", Role.SHO, force.station)
    force.inquirer = small_force.officer("si-post", Role.INQUIRY_OFFICER, force.station)
    yield force
    directory.forget()


def test_an_order_goes_down_the_chain_and_on_to_an_officer_by_name(officers, north_case, api):
    force = officers
    chief, head, sho, inquirer = (api(who) for who in (force.chief, force.head, force.sho, force.inquirer))
    wanted = {"post": post_of(force.sho).public_id, "part": "lead", "proof": True, "proof_words": "the gate"}
    status, case = chief.post(f"/cases/{north_case.public_id}/orders", {"orders": [wanted], "along": True})
    assert status == 200, case
    (hop,) = case["orders"]
    assert (hop["post"]["id"], hop["goal"]["id"]) == (post_of(force.head).public_id, wanted["post"])
    assert sho.get(f"/orders/{hop['id']}")[0] == 404
    status, passed = head.post(f"/orders/{hop['id']}/pass_on", {"words": "Today"})
    assert (status, passed["state"], passed["added_words"]) == (200, "passed", "Today")
    (last,) = [o for o in sho.get("/orders", mine="true")[1]["items"] if o["passed_from"] == hop["id"]]
    assert (last["proof"], last["proof_words"]) == (True, "the gate")
    assert inquirer.get(f"/orders/{last['id']}")[0] == 404
    assert sho.post(f"/orders/{last['id']}/give", {"officer": force.inquirer.public_id})[0] == 200
    assert inquirer.get(f"/orders/{last['id']}")[1]["given_to"] == force.inquirer.public_id
    assert inquirer.post(f"/orders/{last['id']}/report", {"text": "x", "outcome": "action_taken"})[0] == 409
    assert inquirer.post(f"/orders/{last['id']}/take_back", {"reason": "On leave"}) == (204, None)
    assert inquirer.get(f"/orders/{last['id']}")[0] == 404


def test_an_order_is_passed_up_to_the_one_above(officers, north_case, api):
    force = officers
    type(force.chief).objects.filter(pk=force.chief.pk).update(phone="+923001112225")
    directory.forget()
    wanted = {"post": post_of(force.sho).public_id, "part": "lead"}
    _status, case = api(force.chief).post(f"/cases/{north_case.public_id}/orders", {"orders": [wanted]})
    order = f"/orders/{case['orders'][0]['id']}/pass_up"
    assert api(force.sho).post(order)[0] == 403
    assert api(force.head).post(order) == (200, {"post": "igp-post", "name": "Post of igp"})
    assert Delivery.objects.filter(number="+923001112225").exists()
    assert api(force.chief).post(order)[0] == 409


def test_a_contact_with_the_citizen_is_noted_by_desk_and_station(officers, north_case, api):
    force = officers
    wanted = {"post": post_of(force.sho).public_id, "part": "lead"}
    _status, case = api(force.chief).post(f"/cases/{north_case.public_id}/orders", {"orders": [wanted]})
    order = f"/orders/{case['orders'][0]['id']}"
    desk, sho, of_case = api(force.operator), api(force.sho), f"/cases/{north_case.public_id}"
    assert sho.post(f"{order}/contacted", {"how": "by pigeon"})[0] == 422
    assert sho.post(f"{of_case}/contacted", {"how": "telephone"})[0] == 403
    assert desk.post(f"{of_case}/contacted", {"how": "not_reached"})[1]["contacted_at"] is None
    report = {"text": "Found", "outcome": "action_taken", "contact": "in_person"}
    assert sho.post(f"{order}/report", report)[0] == 200
    at = desk.get(f"{of_case}/limits")[1]["contacted_at"]
    assert at and sho.post(f"{order}/contacted", {"how": "telephone"})[0] == 200
    assert desk.post(f"{of_case}/contacted", {"how": "message"})[1]["contacted_at"] == at


def test_an_order_to_a_station_informs_its_circle_officer(officers, north_case, api):
    force = officers
    circle = small_force.unit("CIRCLE", force.north, level="circle")
    station = small_force.unit("TOWN", circle, level="station")
    co, sho = (
        small_force.officer("co-circle", Role.CIRCLE_OFFICER, circle),
        small_force.officer("sho-town", Role.SHO, station),
    )
    directory.forget()
    wanted = {"post": post_of(sho).public_id}
    _status, case = api(force.operator).post(f"/cases/{north_case.public_id}/order", wanted)
    assert [(one["post"]["id"], one["part"]) for one in sorted(case["orders"], key=lambda o: o["part"])] == [
        (post_of(co).public_id, "inform"),
        (post_of(sho).public_id, "lead"),
    ]


def test_a_post_that_cannot_act_is_refused_and_the_lead_stays(officers, north_case, api):
    force = officers
    chief, path = api(force.chief), f"/cases/{north_case.public_id}"
    lead = {"post": post_of(force.sho).public_id, "part": "lead"}
    assert chief.post(f"{path}/orders", {"orders": [lead]})[0] == 200
    for who in (force.operator, force.inquirer):
        wanted = {"post": post_of(who).code, "part": "lead"}
        assert chief.post(f"{path}/order", wanted)[0] == 409
        assert chief.post(f"{path}/orders", {"orders": [wanted]})[0] == 409
    leads = [o for o in chief.get(path)[1]["orders"] if o["part"] == "lead"]
    assert [(o["post"]["id"], o["state"]) for o in leads] == [(lead["post"], "issued")]
