"""The phone page of who passes an order on, of who gives it on, and of who inquires."""

import pytest

from rabta.cases.models import Case, Order
from rabta.force.models import Posting, Role
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser, act, ordered, photo
from tests.web.small_force import post_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    made = stage.make()
    made.inquirer = small_force.officer("si-kotwali", Role.INQUIRY_OFFICER, made.kotwali)
    made.stranger = small_force.officer("si-gulbahar", Role.INQUIRY_OFFICER, made.gulbahar)
    return made


def page(who, order):
    return Browser(who).get(f"/officer/order/{order.public_id}/")


def given(force) -> Order:
    order = ordered(force, force.sho)
    assert act(Browser(force.sho), order, "give", officer=force.inquirer.public_id).status_code == 302
    order.refresh_from_db()
    return order


def test_one_tap_passes_it_on_and_the_line_shows_who_has_it(force):
    order = ordered(force, force.co)
    order.goal, order.due_at = post_of(force.sho), small_force.NOW
    order.save()
    before = page(force.co, order).body.decode()
    assert "Pass on to Post of sho-kotwali" in before and "not received yet" in before
    assert "Action taken report" not in before
    assert act(Browser(force.co), order, "pass-on", words="Today, please").status_code == 302
    last = Order.objects.get(case=order.case, state="issued")
    assert (last.post, last.parent) == (post_of(force.sho), order)
    after = page(force.sho, last).body.decode()
    assert "received by" in after and "Co-City" in after and "Today, please" in after


def test_two_taps_give_it_to_an_officer_of_the_station_with_his_load(force):
    order = ordered(force, force.sho)
    shown = page(force.sho, order).body.decode()
    assert "Si-Kotwali" in shown and "0 open orders" in shown and "Si-Gulbahar" not in shown
    refused = act(Browser(force.sho), order, "give", officer=force.stranger.public_id)
    assert refused.status_code == 409 and "at this station" in refused.body.decode()
    assert act(Browser(force.sho), order, "give", officer=force.inquirer.public_id).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.accepted_by, order.given_to) == ("accepted", force.sho, force.inquirer)


def test_the_inquiry_officer_sees_his_order_and_no_other(force):
    other = ordered(force, force.sho)
    order = given(force)
    browser = Browser(force.inquirer)
    listed = browser.get("/officer/").body.decode()
    assert order.case.reference in listed and other.case.reference not in listed
    assert page(force.inquirer, other).status_code == 404
    assert Case.objects.get(pk=other.case_id).visible_to and -force.inquirer.pk not in other.case.visible_to
    assert page(force.stranger, order).status_code == 404


def test_he_accepts_photographs_and_reports_and_the_head_of_the_station_sends_it_on(force):
    order = given(force)
    browser, sho = Browser(force.inquirer), Browser(force.sho)
    Order.objects.filter(pk=order.pk).update(proof=True, proof_words="the light at the gate")
    assert act(browser, order, "accept").status_code == 302
    done = {"text": "Lit again", "outcome": "action_taken"}
    refused = act(browser, order, "report", **done)
    assert refused.status_code == 409 and "the light at the gate" in refused.body.decode()
    assert act(browser, order, "evidence", files=[photo()]).status_code == 302
    assert act(browser, order, "report", **done).status_code == 302
    order.refresh_from_db()
    report = order.reports.get()
    assert (order.state, report.waits, report.officer) == ("accepted", True, force.inquirer)
    assert "A report waits for you" in page(force.sho, order).body.decode()
    back = act(sho, order, "send-back", report=report.public_id, remark="Which gate?")
    assert back.status_code == 302
    assert act(browser, order, "report", **done).status_code == 302
    again = order.reports.get(waits=True)
    assert act(sho, order, "send-on", report=again.public_id).status_code == 302
    order.refresh_from_db()
    again.refresh_from_db()
    assert (order.state, again.waits, again.sent_on_by) == ("reported", False, force.sho)


def test_taken_back_he_sees_it_no_more(force):
    order = given(force)
    assert act(Browser(force.sho), order, "take-back").status_code == 302
    assert page(force.inquirer, order).status_code == 404
    assert page(force.sho, order).status_code == 200


def test_he_gives_it_back_with_the_reason_only(force):
    order = given(force)
    browser = Browser(force.inquirer)
    assert act(browser, order, "take-back").status_code == 409
    assert act(browser, order, "take-back", reason="On leave from today").status_code == 302
    order.refresh_from_db()
    assert (order.given_to, order.state) == (None, "accepted")
    assert act(browser, order, "return", reason="x").status_code == 404


def test_who_serves_elsewhere_since_works_on_it_no_more(force):
    order = given(force)
    Posting.objects.filter(officer=force.inquirer).update(post=post_of(force.stranger))
    assert page(force.inquirer, order).status_code == 404
    assert act(Browser(force.inquirer), order, "accept").status_code == 404
