"""The phone page: who sees which order, what each button does, and that a repeated button does nothing more."""

import hashlib
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rabta.audit.models import Record
from rabta.cases.models import Case, Event, Evidence, Order, Report
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.force.models import PlaceName
from rabta.people.handles import Writer, recognise
from rabta.web.models import Done
from rabta.web.static_files import packed
from tests.files import pictures
from tests.web.officer import stage
from tests.web.officer.stage import NOW, Browser, act, ordered, photo, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


def test_the_list_shows_the_orders_of_my_posts_and_no_others(force):
    mine, other = ordered(force, force.sho), ordered(force, force.sho_gulbahar)
    page = Browser(force.sho).get("/officer/")
    assert page.status_code == 200
    assert mine.case.reference in page.body.decode()
    assert other.case.reference not in page.body.decode()


def test_an_order_of_somebody_else_is_not_found(force):
    other = ordered(force, force.sho_gulbahar)
    assert Browser(force.sho).get(f"/officer/order/{other.public_id}/").status_code == 404
    assert act(Browser(force.sho), other, "accept").status_code == 404
    other.refresh_from_db()
    assert other.state == Order.State.ISSUED


def test_an_order_of_my_post_on_a_case_hidden_from_my_unit_is_not_found(force):
    hidden = ordered(force, force.sho)
    Order.objects.filter(pk=hidden.pk).update(visible_to=[force.desk.pk])
    assert Browser(force.sho).get(f"/officer/order/{hidden.public_id}/").status_code == 404


def test_a_desk_operator_has_no_phone_page(force):
    page = Browser(force.operator).get("/officer/")
    assert page.status_code == 403
    assert "None of the posts" in page.body.decode()


def test_the_link_of_an_order_carries_no_rights(force):
    mine = ordered(force, force.sho)
    nobody, other = Browser(), Browser(force.sho_gulbahar)
    assert nobody.get(f"/o/{mine.public_id}").url.startswith("/login/")
    there = other.get(f"/o/{mine.public_id}").url
    assert other.get(there).status_code == 404
    assert Browser(force.sho).get(there).status_code == 200


def test_unanswered_stand_before_accepted_and_urgent_before_others(force):
    accepted, usual, urgent = (ordered(force, force.sho, urgency=u) for u in (0, 3, 1))
    Order.objects.filter(pk=accepted.pk).update(state=Order.State.ACCEPTED, accepted_at=NOW)
    body = Browser(force.sho).get("/officer/").body.decode()
    places = [body.index(order.case.reference) for order in (urgent, usual, accepted)]
    assert places == sorted(places)


def test_lights_speak(force):
    late = ordered(force, force.sho)
    Order.objects.filter(pk=late.pk).update(due_at=NOW)
    assert "Not answered, overdue by" in Browser(force.sho).get("/officer/").body.decode()


def test_the_list_goes_on_after_a_page(force):
    orders = [ordered(force, force.sho) for _ in range(43)]
    browser = Browser(force.sho)
    first = browser.get("/officer/")
    rest = browser.get(f"/officer/?after={first.context['page'].next}")
    shown = [task.order.pk for page in (first, rest) for task in page.context["page"].shown]
    assert shown == [order.pk for order in orders]
    assert rest.context["page"].next == ""
    assert len(first.context["page"].next) > 20  # sealed: no row id


def test_the_number_of_queries_does_not_grow(force):
    browser = Browser(force.sho)
    ordered(force, force.sho)
    browser.get("/officer/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/officer/")
    for _ in range(12):
        ordered(force, force.sho)
    with CaptureQueriesContext(connection) as many:
        browser.get("/officer/")
    assert len(many) == len(few) <= 16


def test_the_order_page_has_a_fixed_number_of_queries(force):
    order = ordered(force, force.sho, lat=34.0, lng=71.5)
    Order.objects.filter(pk=order.pk).update(state=Order.State.ACCEPTED, accepted_at=NOW)
    browser = Browser(force.sho)
    act(browser, order, "evidence", files=[photo()])
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/officer/order/{order.public_id}/")
    act(browser, order, "evidence", files=[photo(colour=c) for c in ("red", "green", "blue")])
    prepared()
    with CaptureQueriesContext(connection) as many:
        page = browser.get(f"/officer/order/{order.public_id}/")
    assert page.body.count(b"<img loading") == 4
    assert len(many) == len(few) <= 22


def test_accept_then_report_with_photos(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    assert act(browser, order, "accept").status_code == 302
    assert act(browser, order, "on-the-way").status_code == 302
    answer = act(
        browser,
        order,
        "report",
        text="Recovered the cycle",
        outcome="fir_registered",
        number="12/26",
        unit=force.kotwali.public_id,
        on="2026-03-01",
        files=[photo("a.jpg"), photo("b.jpg", "red")],
        lat="34.01",
        lng="71.57",
    )
    assert answer.status_code == 302
    order.refresh_from_db()
    report = Report.objects.get(order=order)
    assert order.state == Order.State.REPORTED
    assert report.text == "Recovered the cycle"
    case = Case.objects.get(pk=order.case_id)
    assert (case.fir_number, case.fir_unit, str(case.fir_on)) == ("12/26", force.kotwali, "2026-03-01")
    assert "12/26" in browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert [(e.lat, e.lng, e.file.cleaned) for e in Evidence.objects.filter(order=order)] == [
        (34.01, 71.57, None)
    ] * 2


def test_a_photo_is_being_prepared_and_then_shown_with_what_its_camera_noted(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    act(browser, order, "evidence", files=[SimpleUploadedFile("a.jpg", pictures.photo(), "image/jpeg")])
    made, page = Evidence.objects.get(), f"/officer/order/{order.public_id}/"
    assert "Received; being prepared." in browser.get(page).body.decode()
    assert f'src="/file/{made.public_id}"' not in browser.get(page).body.decode()
    prepared()
    made.refresh_from_db()
    assert f'src="/file/{made.public_id}"' in browser.get(page).body.decode()
    assert made.camera_at == "2026-03-14T15:09:26"
    assert (made.camera_lat, made.camera_lng) == (pictures.LAT, pictures.LNG)
    assert (made.lat, made.lng) == (None, None)  # the phone's own word is another thing
    assert made.file.sha256 == hashlib.sha256(pictures.photo()).hexdigest()
    assert Event.objects.filter(case=order.case, what="evidence_prepared").count() == 1


def test_preparing_again_changes_nothing(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    act(browser, order, "evidence", files=[photo()])
    prepared()
    prepared()
    assert StoredFile.objects.count() == 2
    assert Event.objects.filter(what="evidence_prepared").count() == 1


def test_a_photo_that_can_t_be_read_is_said_to_be_and_kept(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    whole = pictures.photo()
    half = SimpleUploadedFile("a.jpg", whole[: len(whole) * 3 // 4], "image/jpeg")
    act(browser, order, "evidence", files=[half])
    prepared()
    body = browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert "The picture can&#x27;t be read. It is kept as it came. Please take it again." in body
    assert b"".join(store.read(Evidence.objects.get().file)) == whole[: len(whole) * 3 // 4]


def test_nothing_is_written_while_photos_are_stored(force, monkeypatch):
    """A transaction that has written something holds back everybody's news until it ends."""
    order, browser, before, write = ordered(force, force.sho), Browser(force.sho), [], store.write
    act(browser, order, "accept")
    monkeypatch.setattr(store, "write", lambda pieces: before.append(Done.objects.count()) or write(pieces))
    act(browser, order, "evidence", files=[photo()])
    assert before == [1]  # that of accepting
    assert Done.objects.count() == 2


def test_a_photo_that_came_twice_lies_on_the_disk_once(force, settings, tmp_path):
    settings.FILES_DIR = tmp_path  # another worker stores files too
    order, browser, key = ordered(force, force.sho), Browser(force.sho), str(uuid4())
    act(browser, order, "accept")
    known = set(files_on_disk())
    for _ in range(3):
        act(browser, order, "evidence", key=key, files=[photo()])
    assert len(set(files_on_disk()) - known) == 1


def files_on_disk() -> list[str]:
    return [path.name for path in Path(settings.FILES_DIR).glob("??/??/*")]


def test_a_repeated_request_has_one_effect(force):
    order, browser, key = ordered(force, force.sho), Browser(force.sho), str(uuid4())
    act(browser, order, "accept")
    for _ in range(3):
        assert act(browser, order, "evidence", key=key, files=[photo()]).status_code == 302
    assert Evidence.objects.filter(order=order).count() == 1
    assert Done.objects.filter(key=key).count() == 1


def test_what_was_refused_may_be_sent_again_with_the_same_key(force):
    order, browser, key = ordered(force, force.sho), Browser(force.sho), str(uuid4())
    assert act(browser, order, "report", key=key, text="", outcome="action_taken").status_code == 409
    assert act(browser, order, "report", key=key, text="Done", outcome="action_taken").status_code == 302
    assert Report.objects.filter(order=order).count() == 1


def test_a_refused_report_keeps_what_was_typed_and_stores_nothing(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    station = {"unit": force.kotwali.public_id, "on": "2026-03-01"}
    for facts, why in (
        ({}, "Write the number, the station and the date of the FIR."),
        (station, "Write the number, the station and the date of the FIR."),
        (station | {"number": "1", "unit": "0" * 16}, "Choose the station that registered the FIR."),
        (station | {"number": "1", "on": ""}, "Give the date of the FIR."),
        (station | {"number": "1", "on": "2126-03-01"}, "The date of the FIR lies in the future."),
    ):
        page = act(
            browser, order, "report", text="Went there", outcome="fir_registered", files=[photo()], **facts
        )
        assert page.status_code == 409
        assert "Went there" in page.body.decode()
        assert why in page.body.decode()
    assert not Evidence.objects.exists()
    assert not Case.objects.exclude(fir_number="").exists()


def test_a_wrong_file_is_refused_in_words(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    bad = SimpleUploadedFile("photo.jpg", b"MZ this is a program", "image/jpeg")
    page = act(browser, order, "evidence", files=[bad])
    assert page.status_code == 409
    assert "This kind of file is not accepted" in page.body.decode()
    assert not Evidence.objects.exists()


def test_return_needs_a_reason(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    assert act(browser, order, "return", reason=" ").status_code == 409
    assert act(browser, order, "return", reason="Gulbahar's area").status_code == 302
    order.refresh_from_db()
    assert (order.state, order.return_reason) == (Order.State.RETURNED, "Gulbahar's area")


def test_information_is_seen_and_nothing_else(force):
    order, browser = ordered(force, force.co, part="inform"), Browser(force.co)
    page = browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert "/accept/" in page
    assert "/report/" not in page
    act(browser, order, "accept")
    page = browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert "For information, seen" in page
    assert "/accept/" not in page


def test_the_number_is_shown_after_accepting_and_every_look_is_recorded(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    writer = Writer(scheme="phone", handle="+923001234567", address="+923001234567", name="Bano")
    (handle,) = recognise([writer], now=NOW).values()
    order.case.conversation.handle = handle
    order.case.conversation.save()
    path = f"/officer/order/{order.public_id}/"
    assert "+923001234567" not in browser.get(path).body.decode()
    act(browser, order, "accept")
    assert 'href="tel:+923001234567"' in browser.get(path).body.decode()
    assert Record.objects.filter(act="reveal:order", actor_officer=force.sho.pk).count() == 1


def test_a_protected_person_stays_an_alias(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    person = order.case.conversation.handle.person
    person.protected = True
    person.save()
    path = f"/officer/order/{order.public_id}/"
    before = browser.get(path).body.decode()
    assert "Ask the desk to pass on a question" in before and "Write to the citizen" not in before
    act(browser, order, "accept")
    page = browser.get(path).body.decode()
    assert "This person is protected. Write above" in page and "Write to the citizen" in page
    assert "Ask the desk" not in page
    assert "tel:" not in page


def test_the_map_is_our_own(force):
    PlaceName.objects.create(
        unit=force.kotwali, name="Ghanta Ghar", lat=34.005, lng=71.57, forms=["ghanta ghar"]
    )
    order = ordered(force, force.sho, lat=34.0, lng=71.57)
    page = Browser(force.sho).get(f"/officer/order/{order.public_id}/").body.decode()
    assert "Ghanta Ghar" in page
    assert "geo:34.0,71.57" in page
    assert "http" not in page.split('<svg class="o-map"')[1].split("</svg>")[0]


def test_the_outbox_of_the_phone_speaks_json(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    path, asks = f"/officer/order/{order.public_id}/accept/", {"HTTP_ACCEPT": "application/json"}
    answer = browser.post(path, {"key": str(uuid4())}, **asks)
    assert answer.json() == {"said": "Accepted. The desk sees it."}
    refused = browser.post(path.replace("accept", "return"), {"key": str(uuid4())}, **asks)
    assert (refused.status_code, refused.json()) == (409, {"refused": "Write why the order is returned."})


def test_what_another_officer_left_on_the_phone_is_not_done_in_my_name(force):
    order = ordered(force, force.sho)
    path = f"/officer/order/{order.public_id}/accept/"
    answer = Browser(force.sho).post(
        path, {}, HTTP_ACCEPT="application/json", HTTP_X_RABTA_OFFICER=force.sho_gulbahar.public_id
    )
    assert answer.status_code == 403
    order.refresh_from_db()
    assert order.state == Order.State.ISSUED


def test_the_page_is_light(force):
    """Under 30 KB over the line, beyond fonts: the page, its style sheets, scripts and icons."""
    order = ordered(force, force.sho, lat=34.0, lng=71.57)
    act(Browser(force.sho), order, "accept")
    page = Browser(force.sho).get(f"/officer/order/{order.public_id}/")
    named = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.body.decode())) - {"officer_icon_192.png"}
    assert "officer.js" in named
    with_files = len(page.body) + sum(len(packed(Path(finders.find(name)).read_bytes())) for name in named)
    assert with_files < 30_000


def test_the_phone_can_install_it(force):
    browser = Browser(force.sho)
    facts = browser.get("/officer/manifest.webmanifest").json()
    assert facts["start_url"] == "/officer/"
    worker = browser.get("/officer/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/static/officer_queue.js" in worker.body.decode()


def test_two_taps_say_that_one_spoke_with_the_citizen(force):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    act(browser, order, "accept")
    page = browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert "Did you speak with the citizen?" in page and 'name="how" value="in_person"' in page
    act(browser, order, "contacted", how="not_reached")
    act(browser, order, "on-the-way")
    assert Case.objects.get(pk=order.case_id).contacted_at is None
    assert act(browser, order, "contacted", how="by pigeon").status_code == 409
    assert act(browser, order, "contacted", how="telephone").status_code == 302
    assert Case.objects.get(pk=order.case_id).contacted_at
    assert (
        "Did you speak with the citizen?"
        not in browser.get(f"/officer/order/{order.public_id}/").body.decode()
    )


@pytest.mark.parametrize("contact", ["", "in_person"])
def test_the_report_asks_whether_one_spoke_with_the_citizen(force, contact):
    order, browser = ordered(force, force.sho), Browser(force.sho)
    facts = {"text": "Done", "outcome": "action_taken", "contact": contact}
    assert act(browser, order, "report", **facts).status_code == 302
    assert bool(Case.objects.get(pk=order.case_id).contacted_at) == bool(contact)
    page = browser.get(f"/officer/order/{order.public_id}/").body.decode()
    assert 'name="how"' in page  # while the report waits to be verified
