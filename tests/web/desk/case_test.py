"""One case at the desk: what is shown of it, and what each button does."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Case, Event, Message, Order, Report
from rabta.force.access import system
from rabta.force.models import PlaceName
from rabta.outbox.models import Delivery, Window
from rabta.people.handles import protect
from rabta.retention import erasing
from tests.cast import as_role
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def desk(force):
    return Browser(force.operator)


def act(desk, case, what, *, headers=HTMX, **data):
    """Press a button of the case's page."""
    return desk.post(f"/desk/case/{case.public_id}/{what}/", data, headers=headers)


def shown(desk, case):
    """The case's pane as text."""
    return desk.get(f"/desk/case/{case.public_id}/", headers=HTMX).body.decode()


def test_a_case_of_another_desk_is_not_found(force, desk):
    hidden = small_force.case(desk=force.north, seen_by=[force.north], account=force.account)
    for address in ("", "fresh/", "earlier/"):
        assert desk.get(f"/desk/case/{hidden.public_id}/{address}").status_code == 404
    assert act(desk, hidden, "say", text="Hello").status_code == 404
    assert not hidden.messages.filter(direction="out").exists()


def test_the_address_of_a_case_shows_the_whole_desk_and_htmx_gets_the_pane(force, desk):
    case = stage.case(force)
    assert 'id="queues"' in desk.get(f"/desk/case/{case.public_id}/").body.decode()
    assert 'id="queues"' not in shown(desk, case)
    assert case.reference in shown(desk, case)


def test_whether_a_case_is_kept_from_erasure_why_and_by_whom_is_shown(force, desk):
    case = stage.case(force)
    assert "Keep from erasure" in shown(desk, case) and "End the hold" not in shown(desk, case)
    assert act(desk, case, "hold", reason="The court asked for it").status_code == 200
    page = shown(desk, case)
    assert "The court asked for it" in page and force.operator.name in page
    assert "End the hold" in page and "Keep from erasure" not in page
    force.operator.name_ur = "عارف"
    force.operator.save()
    assert "عارف" in desk.get(f"/desk/case/{case.public_id}/?lang=ur", headers=HTMX).body.decode()
    desk.get("/desk/?lang=en")
    assert "is held already" in act(desk, case, "hold", reason="Once more").body.decode()
    assert act(desk, case, "end-hold").status_code == 200
    assert "Keep from erasure" in shown(desk, case) and "End the hold" not in shown(desk, case)
    assert "is not held" in act(desk, case, "end-hold").body.decode()


def test_an_erased_case_says_so_on_every_page_that_still_lists_it(force, desk):
    case = stage.case(
        force, state="closed", outcome="advice", closed_at=timezone.now() - timedelta(days=3000)
    )
    for what in ("asked", "answered", "closed", "held", "categorised", "forwarded"):
        Event.objects.create(case=case, what=what, at=case.closed_at, data={"question": "place"})
    with as_role("rabta_worker"), system(erasing.REASON):
        erasing.erase_case(case, now=timezone.now())
    page = shown(desk, case)
    assert "Erased by the rules of retention" in page
    assert "Reopen …" not in page and "Keep from erasure" not in page and 'name="text"' not in page
    assert desk.get("/desk/?queue=closed").status_code == 200
    for part in ("fresh", "earlier"):
        assert desk.get(f"/desk/case/{case.public_id}/{part}/", headers=HTMX).status_code == 200
    answer = act(desk, case, "reopen", remark="We look at it again")
    assert "was erased by the rules" in answer.body.decode()
    case.refresh_from_db()
    assert case.state == "closed"


def test_who_it_is_is_shown_and_recorded_and_the_protected_stay_hidden(force, desk):
    case = stage.case(force)
    handle = stage.named(case, name="Gul Khan", number="+923001110042")
    assert "Gul Khan" in shown(desk, case)
    assert "+92 300 1110042" in shown(desk, case)
    assert Record.objects.filter(act="reveal:case", subject_ids=[handle.pk]).count() == 2
    protect([handle], now=timezone.now())
    page = shown(desk, case)
    assert "Gul Khan" not in page
    assert "1110042" not in page
    assert "Protected: name and number are hidden" in page


def test_what_people_wrote_can_not_become_part_of_the_page(force, desk):
    case = stage.case(force, subject="<script>alert(1)</script>")
    stage.says(case, "<img src=x onerror=alert(1)> see PRY-7K3M-92QF")
    page = shown(desk, case)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '<bdi dir="ltr" class="reference">PRY-7K3M-92QF</bdi>' in page


def test_every_message_has_its_own_direction_language_and_state(force, desk):
    case = stage.case(force)
    stage.says(case, "میری موٹر سائیکل چوری ہو گئی", language="ur")
    stage.says(case, "A note", direction="note", author=force.operator)
    page = shown(desk, case)
    assert 'dir="auto" lang="ur">میری' in page
    assert "اردو" in page
    assert "Internal note, not sent" in page


def test_a_reply_goes_out_and_can_be_taken_back(force, desk):
    case = stage.case(force)
    stage.named(case, name="Gul Khan", number="+923001110042")
    answer = act(desk, case, "say", tab="reply", text="A patrol is coming.", key="one")
    assert answer.status_code == 200
    message = case.messages.get(direction="out")
    assert message.text == "A patrol is coming."
    assert f'value="{message.public_id}"' in answer.body.decode()
    assert message.delivery.due_at > timezone.now()
    back = act(desk, case, "unsend", message=message.public_id)
    assert 'data-draft="A patrol is coming."' in back.body.decode()
    assert Delivery.objects.get(pk=message.delivery_id).state == Delivery.State.FAILED


def test_the_same_key_twice_replies_once(force, desk):
    case = stage.case(force)
    for _ in range(2):
        assert act(desk, case, "say", tab="reply", text="Once", key="same").status_code == 200
    assert case.messages.filter(direction="out").count() == 1


def test_a_note_stays_among_us(force, desk):
    case = stage.case(force)
    act(desk, case, "say", tab="note", text="Known at the station.")
    note = case.messages.get(direction="note")
    assert note.delivery is None
    assert not case.messages.filter(direction="out").exists()


def test_an_empty_reply_is_refused_at_the_form(force, desk):
    case = stage.case(force)
    answer = act(desk, case, "say", tab="reply", text="  ")
    assert answer.status_code == 400
    assert "Write something first." in answer.body.decode()
    plain = act(desk, case, "say", tab="note", text="  ", headers={})
    assert plain.status_code == 400
    assert "Write something first." in plain.body.decode()


def test_without_script_a_button_leads_back_to_the_case(force, desk):
    case = stage.case(force)
    answer = act(desk, case, "say", tab="note", text="By hand", headers={})
    assert answer.status_code == 302
    assert answer.url.startswith(f"/desk/case/{case.public_id}/")


def test_an_unknown_button_is_not_found(force, desk):
    assert act(desk, stage.case(force), "explode").status_code == 404


@pytest.mark.parametrize(
    ("hours", "urgency", "words"),
    [
        (1, 3, "Free text: 22 h left"),
        (30, 3, "Will be sent as template <bdi>update_v1</bdi>"),
        (30, 1, "Will be sent as template <bdi>neutral_v1</bdi>"),
    ],
)
def test_the_window_says_what_may_be_sent(force, desk, hours, urgency, words):
    case = stage.case(force, urgency=urgency)
    stage.open_window(case, since=timedelta(hours=hours, minutes=1))
    assert words in shown(desk, case)


def test_the_window_does_not_tell_of_a_message_in_a_case_that_is_kept_from_the_reader(force, desk):
    case = stage.case(force)
    stage.open_window(case, since=timedelta(hours=30))
    unseen = [force.north.pk]
    stage.says(case, "The SHO asked for a bribe", case=None, visible_to=unseen)
    Window.objects.update(last_in_at=timezone.now())
    assert "Will be sent as template <bdi>update_v1</bdi>" in shown(desk, case)


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
    made = case.orders.get()
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


def test_a_message_opens_a_case_of_its_own(force, desk):
    case = stage.case(force)
    message = stage.says(case, "Another matter: the street light is broken")
    answer = desk.post(f"/desk/message/{message.public_id}/open/", headers=HTMX)
    message.refresh_from_db()
    assert message.case != case
    assert answer.headers["HX-Redirect"] == f"/desk/case/{message.case.public_id}/"


def test_earlier_messages_come_on_demand(force, desk, monkeypatch):
    from rabta.web.desk import dossier

    monkeypatch.setattr(dossier, "MESSAGES", 3)
    case = stage.case(force)
    said = [stage.says(case, f"Sentence {n}.") for n in range(6)]
    page = shown(desk, case)
    assert "Sentence 5." in page
    assert "Sentence 2." not in page
    before = desk.get(f"/desk/case/{case.public_id}/earlier/?before={said[3].public_id}").body.decode()
    assert "Sentence 2." in before
    assert "Sentence 3." not in before


def test_the_fresh_parts_leave_forms_alone_unless_asked(force, desk):
    case = stage.case(force)
    part = desk.get(f"/desk/case/{case.public_id}/fresh/").body.decode()
    assert 'id="conversation"' in part
    assert 'id="decide"' not in part
    assert 'id="decide"' in desk.get(f"/desk/case/{case.public_id}/fresh/?all=1").body.decode()


def test_the_price_of_a_case_does_not_grow_with_what_is_in_it(force, desk):
    case = stage.case(force, state="forwarded", lead_unit=force.kotwali)
    fill(force, case, 1)
    few = spent(desk, case)
    fill(force, case, 8)
    assert spent(desk, case) == few
    assert few <= 40


def fill(force, case, times):
    """Messages, orders, reports and events."""
    for _ in range(times):
        stage.says(case, "More")
        stage.says(case, "Among us", direction="note", author=force.operator)
        order = small_force.order(case, force.co, part=Order.Part.SUPPORT)
        Report.objects.create(
            order=order, text="Seen", outcome="action_taken", officer=force.co, at=timezone.now()
        )
        small_force.happens(case, "noted")


def spent(desk, case):
    """Queries of the pane when nothing has to be read for the first time."""
    shown(desk, case)
    with CaptureQueriesContext(connection) as captured:
        shown(desk, case)
    return len([q for q in captured if "ROLE" not in q["sql"]])


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
