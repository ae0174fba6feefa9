"""What the desk decides on a case: category, place, owner, orders, the accused, its end."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from rabta.cases.models import Case, Message, Order, Report
from rabta.force.models import PlaceName
from rabta.web.desk.lights import light_of_case
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser, act, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def desk(force):
    return Browser(force.operator)


def test_category_place_and_owner_are_set(force, desk):
    case = stage.case(force, category="")
    assert act(desk, case, "categorise", category="traffic").status_code == 200
    assert act(desk, case, "place", lat="34.01", lng="71.57", name="Qissa Khwani").status_code == 200
    assert act(desk, case, "assign", to="me").status_code == 200
    case.refresh_from_db()
    assert (case.category, case.category_source) == ("traffic", "operator")
    assert (case.lat, case.lng, case.place, case.place_source) == (34.01, 71.57, "Qissa Khwani", "operator")
    assert case.assigned_to == force.operator
    act(desk, case, "assign", to="nobody")
    case.refresh_from_db()
    assert case.assigned_to is None


@pytest.mark.parametrize(
    ("what", "data", "words"),
    [
        ("categorise", {"category": "nonsense"}, "Choose a category from the list."),
        ("place", {"lat": "", "lng": ""}, "Choose the place on the map"),
        ("place", {"lat": "nan", "lng": "3"}, "Latitude"),
        ("order", {"post": "unknown", "part": "lead"}, "Choose the post"),
        ("close", {"remark": ""}, "Write something first."),
        ("release", {"remark": "Fine"}, "not withheld"),
        ("accuse", {"unit": "unknown"}, "Choose the unit"),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(force, desk, what, data, words):
    case = stage.case(force)
    before = Case.objects.filter(pk=case.pk).values().get()
    answer = act(desk, case, what, **data)
    assert answer.status_code == 400
    assert words in answer.body.decode()
    assert Case.objects.filter(pk=case.pk).values().get() == before


def test_a_unit_is_suggested_with_the_reason_and_ordered_with_one_button(force, desk):
    PlaceName.objects.create(
        unit=force.kotwali, name="Qissa Khwani", lat=34, lng=71.5, forms=["qissa khwani"]
    )
    stage.officers.directory.forget()
    case = stage.case(force, category="theft")
    stage.says(case, "My bicycle was stolen at Qissa Khwani")
    page = shown(desk, case)
    assert "Order Post of sho-kotwali" in page
    assert "is in the area of Kotwali" in page
    answer = act(desk, case, "order-suggested")
    assert answer.status_code == 200
    lead = case.orders.get(part="lead")
    assert lead.post == small_force.post_of(force.sho)
    assert 'id="suggested"' not in answer.body.decode()
    assert "Ordered, not accepted yet" in answer.body.decode()


def test_a_unit_is_ordered_by_hand(force, desk):
    case = stage.case(force)
    post = small_force.post_of(force.sho_gulbahar)
    found = desk.get("/orders/posts/?q=gulbahar").body.decode()
    assert post.public_id in found
    act(desk, case, "order", post=post.public_id, part="lead", instruction="Go and look.")
    made = case.orders.get(part="lead")
    assert (made.post, made.part, made.instruction) == (post, Order.Part.LEAD, "Go and look.")


def test_posts_of_desks_can_not_be_ordered_and_vacant_ones_say_so(force, desk):
    small_force.post_of(force.sho).postings.all().delete()
    stage.officers.directory.forget()
    assert "vacant" in desk.get("/orders/posts/?q=kotwali").body.decode()
    assert "No post has this name." in desk.get("/orders/posts/?q=operator").body.decode()


def test_a_withheld_case_alarms_and_suggests_nobody(force, desk):
    case = stage.accusation(force)
    stage.says(case, "Kotwali constable wants a bribe")
    page = shown(desk, case)
    assert "Possible accusation against police" in page
    assert "constable … bribe" in page
    assert 'id="suggested"' not in page
    assert "It accuses police" not in page


def test_the_accused_unit_is_named(force, desk):
    case = stage.accusation(force)
    assert force.kotwali.public_id in desk.get("/desk/units/?unit_text=kotwali").body.decode()
    act(desk, case, "accuse", unit=force.kotwali.public_id)
    case.refresh_from_db()
    assert case.accused_unit == force.kotwali
    assert force.kotwali.pk not in case.visible_to


def test_the_desk_that_receives_an_accusation_is_named_before_the_button(force, desk):
    case, district = stage.accusation(force), stage.desk_of(force.circle)
    asked = desk.get(f"/desk/case/{case.public_id}/desks/?unit={force.kotwali.public_id}").body.decode()
    assert "It goes to the desk of City" in asked and "Read by: City · Hq" in asked
    assert "It stays at the desk of Hq" in asked and "checked" not in asked
    refused = act(desk, case, "accuse", unit=force.kotwali.public_id)
    assert (refused.status_code, "would go down to City" in refused.body.decode()) == (400, True)
    act(desk, case, "accuse", unit=force.kotwali.public_id, receiver=force.hq.public_id)
    case.refresh_from_db()
    assert case.desk_unit == force.hq
    assert "Read now by: Hq</p>" in shown(desk, case)
    act(desk, case, "accuse", unit=force.kotwali.public_id, receiver=district.public_id)
    case.refresh_from_db()
    assert case.desk_unit == district
    assert "Read now by: Hq · City</p>" in shown(desk, case)


def test_a_person_releases_a_withheld_case_with_a_reason(force, desk):
    case = stage.accusation(force)
    assert act(desk, case, "release", remark="").status_code == 400
    assert act(desk, case, "release", remark="It praises the constable.").status_code == 200
    case.refresh_from_db()
    assert case.withheld == ""


def test_the_desk_answers_and_closes_what_no_unit_needs(force, desk):
    case = stage.case(force, kind="query", category="query", language="en")
    assert f"Your matter {case.reference}" in re.sub(
        r"<[^>]+>", "", shown(desk, case)
    )  # the letter around the answer
    answer = act(desk, case, "close", remark="Bring your identity card.")
    assert "data-closed" in answer.body.decode()
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "advice")
    assert "Bring your identity card." in case.messages.get(direction="out").text


def test_a_report_is_shown_and_decided_by_who_may_verify(force):
    case = stage.case(force, state="in_inquiry", lead_unit=force.kotwali, language="en")
    order = small_force.order(case, force.sho)
    Order.objects.filter(pk=order.pk).update(state="reported", accepted_by=force.sho)
    report = Report.objects.create(
        order=order, text="Found it.", outcome="action_taken", officer=force.sho, at=timezone.now()
    )
    operator, head = Browser(force.operator), Browser(force.desk_head)
    assert "Found it." in shown(operator, case)
    assert 'name="decision"' not in shown(operator, case)
    assert 'name="decision"' in shown(head, case)
    assert "The police have taken action on it.</textarea>" in shown(head, case)
    assert act(operator, case, "decide", report=report.public_id, decision="accepted").status_code == 400
    assert act(head, case, "decide", report=report.public_id, decision="accepted").status_code == 200
    case.refresh_from_db()
    assert case.state == "closed"


def test_places_are_found_in_any_script(force, desk):
    PlaceName.objects.create(
        unit=force.kotwali, name="Qissa Khwani", lat=34, lng=71.5, forms=["qissa khwani", "قصہ خوانی"]
    )
    assert "Qissa Khwani" in desk.get("/desk/places/", data={"q": "khwani"}).body.decode()
    assert "Qissa Khwani" in desk.get("/desk/places/", data={"q": "قصہ خوانی"}).body.decode()
    assert "No known place has this name" in desk.get("/desk/places/", data={"q": "Atlantis"}).body.decode()


def test_areas_are_our_own(force, desk):
    force.kotwali.area = {"type": "Polygon", "coordinates": [[[71, 34], [72, 34], [72, 35], [71, 34]]]}
    force.kotwali.save()
    found = desk.get("/desk/areas.geojson").body.decode()
    assert "Kotwali" in found
    assert Message.objects.count() == 0


def test_a_station_is_ordered_and_the_form_says_whom_else_it_tells(force, desk):
    case = stage.case(force)
    found = desk.get("/orders/posts/?q=gulbahar").body.decode()
    assert 'data-besides="Post of co-city"' in found
    assert 'data-besides=""' in Browser(force.co).get("/orders/posts/?q=gulbahar").body.decode()
    page = desk.get(f"/desk/case/{case.public_id}/").body.decode()
    assert "Told as well, for information:" in page
    post = small_force.post_of(force.sho_gulbahar)
    answer = act(desk, case, "order", post=post.public_id, part="lead", instruction="Go and look.")
    assert "For information: Post of co-city." in answer.body.decode()
    parts = case.orders.order_by("id").values_list("part", "post__code")
    assert list(parts) == [("lead", "sho-gulbahar-post"), ("inform", "co-city-post")]


def test_the_desk_notes_that_it_spoke_with_the_citizen(force, desk):
    case = stage.case(force, contact_due_at=timezone.now() + timedelta(hours=1))
    page = desk.get(f"/desk/case/{case.public_id}/").body.decode()
    assert "Spoke with the citizen" in page and "Tried, not reached" in page
    assert "The time limit runs on" in act(desk, case, "contacted", how="not_reached").body.decode()
    case.refresh_from_db()
    assert case.contacted_at is None
    assert act(desk, case, "contacted", how="by pigeon").status_code == 400
    assert "The contact is noted." in act(desk, case, "contacted", how="telephone").body.decode()
    case.refresh_from_db()
    assert case.contacted_at
    page = desk.get(f"/desk/case/{case.public_id}/").body.decode()
    assert "Somebody spoke with the citizen: by telephone" in page
    assert "The citizen was not reached" in page


def test_no_light_says_contacted_where_nobody_spoke_with_the_citizen(force):
    now, hour = timezone.now(), timedelta(hours=1)
    case = stage.case(force, state="in_inquiry", contact_due_at=now + hour, report_due_at=now + hour)
    assert light_of_case(case=case, now=now).words == "Not contacted yet"
    assert light_of_case(case=case, now=now).colour == "warn"
    case.contacted_at = now
    assert (light_of_case(case=case, now=now).words, light_of_case(case=case, now=now).colour) == (
        "Contacted",
        "ok",
    )
