"""One case at the desk: what is shown of it, and what is said in it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Event, Order, Report
from rabta.force.access import system
from rabta.outbox.models import Delivery, Window
from rabta.people.handles import protect
from rabta.retention import erasing
from tests.cast import as_role
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import HTMX, Browser, act, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def desk(force):
    return Browser(force.operator)


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
    assert re.search(r'dir="auto"\s+lang="ur">میری', page)
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


def test_an_order_that_went_by_sms_says_so_and_whether_it_arrived(force, desk):
    case, now = stage.case(force), timezone.now()
    facts = {"number": "+923000000001", "address_digest": b"x" * 16, "queued_at": now, "due_at": now}
    letter = Delivery.objects.create(account=force.account, state="sent", visible_to=[force.hq.pk], **facts)
    order = small_force.order(case, force.sho)
    Order.objects.filter(pk=order.pk).update(delivery=letter)
    assert "by SMS" not in shown(desk, case)
    type(force.account).objects.filter(pk=force.account.pk).update(channel="kannel")
    letter.state = "delivered"
    letter.save()
    Event.objects.create(case=case, at=now, what="ordered_by_sms", system_reason="test", data={"post": "SHO"})
    page = shown(desk, case)
    assert re.search(
        r"ticks-delivered.*?<span>delivered</span>\s*</span>.*?by SMS</span>\s*</p>", page, re.DOTALL
    )
    assert "The order had not reached SHO within a minute, so it also went by SMS" in page
