"""The review: each ordered case stands once, the counts add up and open their lists, and a decision counts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.cases.models import Case, Event, Order, Report, State
from rabta.web import events
from rabta.web.supervisor import queries
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import NOW, Browser, act, ordered, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


def put(order: Order, state: str, **facts: object) -> Order:
    Order.objects.filter(pk=order.pk).update(state=state, **facts)
    order.refresh_from_db()
    return order


@pytest.fixture
def one_of_each(force):
    """An order in every state, by the class that it must stand in."""
    sho = force.sho
    return {
        "unanswered": ordered(force, sho),
        "overdue": put(ordered(force, sho), "accepted", accepted_at=NOW, due_at=NOW),
        "verify": put(ordered(force, sho), "reported", accepted_at=NOW),
        "returned": put(ordered(force, sho), "returned", returned_at=NOW, return_reason="not ours"),
        "in_work": put(ordered(force, sho), "accepted", accepted_at=NOW),
        "finished": put(ordered(force, sho), "verified", finished_at=NOW, issued_at=_just_now()),
    }


def _just_now():
    return timezone.now() - timedelta(hours=1)


def test_every_class_holds_its_own_and_the_counts_add_up(force, one_of_each):
    browser = Browser(force.co)
    review = browser.get("/supervisor/").context["review"]
    assert review.counts == dict.fromkeys(one_of_each, 1)
    assert review.total == 6
    assert review.adds_up
    for name, order in one_of_each.items():
        rows = browser.get(f"/supervisor/?show={name}").context["review"].rows
        assert [row.order.pk for row in rows] == [order.pk]


def test_unanswered_first_then_overdue_then_to_verify(force, one_of_each):
    rows = Browser(force.co).get("/supervisor/").context["review"].rows
    assert [row.order.pk for row in rows] == [order.pk for order in one_of_each.values()]


def test_what_was_not_accepted_in_time_is_the_first_of_the_unanswered(force, one_of_each):
    late = put(ordered(force, force.sho), "issued", missed_at=NOW)
    review = Browser(force.co).get("/supervisor/").context["review"]
    assert (review.counts["unanswered"], review.counts["overdue"], review.adds_up) == (2, 1, True)
    assert [row.order.pk for row in review.rows[:2]] == [late.pk, one_of_each["unanswered"].pk]


def test_figures_that_do_not_add_up_are_shown_as_an_error(force, one_of_each, monkeypatch):
    usual = queries.spans
    monkeypatch.setattr(queries, "spans", lambda name, now: [] if name == "verify" else usual(name, now=now))
    assert "do not add up" in Browser(force.co).get("/supervisor/").body.decode()


def test_a_case_that_was_ordered_again_stands_once(force):
    first = put(ordered(force, force.sho), "replaced")
    second = small_force.order(first.case, force.sho_gulbahar)
    review = Browser(force.co).get("/supervisor/").context["review"]
    assert [row.order.pk for row in review.rows] == [second.pk]
    assert review.total == 1


def test_a_station_is_no_supervisor(force):
    assert Browser(force.sho).get("/supervisor/").status_code == 403


def test_another_circle_sees_nothing(force):
    order = ordered(force, force.sho_north)
    browser = Browser(force.co)
    assert browser.get("/supervisor/").context["review"].total == 0
    assert browser.get(f"/supervisor/case/{order.case.public_id}/").status_code == 404
    answer = browser.post(f"/supervisor/order/{order.public_id}/", {"instruction": "x"})
    assert answer.status_code == 404


def test_filter_by_unit(force):
    mine, other = ordered(force, force.sho), ordered(force, force.sho_gulbahar)
    browser = Browser(force.co)
    rows = browser.get(f"/supervisor/?unit={force.kotwali.public_id}").context["review"].rows
    assert [row.order.pk for row in rows] == [mine.pk]
    assert other.pk not in [row.order.pk for row in rows]
    assert browser.get(f"/supervisor/?unit={force.north.public_id}").status_code == 404


def test_pages_follow_one_another_without_gap_or_repeat(force):
    orders = [ordered(force, force.sho) for _ in range(53)]
    browser, after, seen = Browser(force.co), "", []
    for _ in range(3):
        review = browser.get(f"/supervisor/?after={after}").context["review"]
        seen += [row.order.pk for row in review.rows]
        after = review.next
        # no row id stands in it: one could count what lies between two of one's own
        assert not after or (
            re.fullmatch(r"[\w-]{20,}", after) and str(review.rows[-1].order.pk) not in after.split(".")
        )
    assert seen == [order.pk for order in orders]
    for other in ("0.0.1", "x" * 500, "AAAA", "ٹ"):
        assert len(browser.get(f"/supervisor/?after={other}").context["review"].rows) == 25
    assert after == ""


def test_query_counts_are_fixed(force):
    browser = Browser(force.co)
    first = ordered(force, force.sho)
    browser.get("/supervisor/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/supervisor/")
    with CaptureQueriesContext(connection) as few_in_case:
        browser.get(f"/supervisor/case/{first.case.public_id}/")
    for _ in range(12):
        ordered(force, force.sho)
    act(Browser(force.sho), first, "accept")
    act(Browser(force.sho), first, "evidence", files=[photo(), photo("b.jpg", "red")])
    with CaptureQueriesContext(connection) as many:
        browser.get("/supervisor/")
    with CaptureQueriesContext(connection) as many_in_case:
        browser.get(f"/supervisor/case/{first.case.public_id}/")
    assert len(many) == len(few) <= 17
    assert len(many_in_case) == len(few_in_case) <= 22


@pytest.fixture
def reported(force):
    order, phone = ordered(force, force.sho), Browser(force.sho)
    act(phone, order, "accept")
    act(phone, order, "report", text="Returned the cycle", outcome="action_taken", files=[photo()])
    return Report.objects.get(order=order)


def test_an_accepted_report_closes_the_case(force, reported):
    browser = Browser(force.co)
    page = browser.get(f"/supervisor/case/{reported.order.case.public_id}/").body.decode()
    assert "Returned the cycle" in page
    assert f"/file/{reported.order.evidence.get().public_id}" in page
    path = f"/supervisor/report/{reported.public_id}/"
    assert browser.post(path, {"decision": "accepted", "remark": ""}).status_code == 302
    case = Case.objects.get(pk=reported.order.case_id)
    assert (case.state, case.outcome) == (State.CLOSED, "action_taken")
    again = browser.post(path, {"decision": "rejected", "remark": "late"})
    assert again.status_code == 409


def test_the_superior_reads_what_the_picture_itself_says_of_time_and_place(force, reported):
    case, proof = reported.order.case, reported.order.evidence.get()
    Case.objects.filter(pk=case.pk).update(lat=34.0, lng=71.5)
    facts = {"camera_at": "2025-12-24T10:11:12", "camera_lat": 34.0, "camera_lng": 71.6}
    type(proof).objects.filter(pk=proof.pk).update(**facts)
    pages = {force.co: f"/supervisor/case/{case.public_id}/", force.operator: f"/desk/case/{case.public_id}/"}
    for who, path in pages.items():
        page = Browser(who).get(path).body.decode()
        assert "2025-12-24 10:11" in page, path
        assert "34.0000, 71.6000" in page, path
        assert "9.2 km from the place of the case" in page, path


def test_the_superior_sees_what_the_citizen_gets_and_may_reword_it(force, reported):
    case = reported.order.case
    Case.objects.filter(pk=case.pk).update(language="ur")
    browser = Browser(force.co)
    page = browser.get(f"/supervisor/case/{case.public_id}/").body.decode()
    assert "پولیس نے اس پر کارروائی کر لی ہے۔</textarea>" in page
    assert "آپ کا معاملہ" in page
    path = f"/supervisor/report/{reported.public_id}/"
    assert browser.post(path, {"decision": "accepted", "told": "آپ کی سائیکل مل گئی ہے"}).status_code == 302
    letter = case.messages.filter(direction="out").latest("id").text
    assert "آپ کی سائیکل مل گئی ہے۔ " in letter
    assert "Returned the cycle" not in letter


def test_in_a_sensitive_case_the_letter_is_shown_and_can_not_be_changed(force, reported):
    Case.objects.filter(pk=reported.order.case_id).update(urgency=1)
    page = Browser(force.co).get(f"/supervisor/case/{reported.order.case.public_id}/").body.decode()
    assert "nothing more is written to the citizen" in page
    assert 'name="told"' not in page


def test_a_rejection_needs_a_remark_and_goes_back(force, reported):
    browser, path = Browser(force.co), f"/supervisor/report/{reported.public_id}/"
    refused = browser.post(path, {"decision": "rejected", "remark": " "})
    assert refused.status_code == 409
    assert "Write what is missing" in refused.body.decode()
    assert browser.post(path, {"decision": "rejected", "remark": "No photo of the cycle"}).status_code == 302
    assert (
        "No photo of the cycle"
        in Browser(force.sho).get(f"/officer/order/{reported.order.public_id}/").body.decode()
    )
    reported.order.refresh_from_db()
    assert reported.order.state == Order.State.ACCEPTED


def test_order_again_goes_to_another_station(force):
    order = ordered(force, force.sho)
    answer = Browser(force.co).post(
        f"/supervisor/order/{order.public_id}/",
        {"post": small_force.post_of(force.sho_gulbahar).public_id, "instruction": "Go at once"},
    )
    assert answer.status_code == 302
    order.refresh_from_db()
    new = Order.objects.get(case=order.case, state=Order.State.ISSUED)
    assert order.state == Order.State.REPLACED
    assert (new.unit, new.instruction) == (force.gulbahar, "Go at once")


def test_the_timeline_is_told_in_sentences(force, reported):
    page = Browser(force.co).get(f"/supervisor/case/{reported.order.case.public_id}/").body.decode()
    for words in ("Order accepted", "Photo proof added", "Action taken report: "):
        assert words in page


def test_whatever_happens_to_a_case_is_told_in_the_words_of_the_desk(force):
    case = ordered(force, force.sho).case
    for code in sorted(events.WORDS):
        Event.objects.create(case=case, what=code, at=NOW, system_reason="watching limits")
    told = Browser(force.co).get(f"/supervisor/case/{case.public_id}/?lang=ur").context["steps"]
    desk = Browser(force.operator).get(f"/desk/case/{case.public_id}/?lang=ur").context["timeline"]
    assert [step.words for step in told[: len(desk)]] == [str(words) for _event, words in desk]
    assert len(told) == len(events.WORDS.keys() - events.QUIET)
    assert not {step.words for step in told} & {code.replace("_", " ") for code in events.WORDS}
