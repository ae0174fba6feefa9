"""The pages of time limits: how they stand, pauses, what was passed up, the review, calls, the rules of the force."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rabta.cases.models import Event, Order
from rabta.outbox.models import Delivery
from rabta.review import tables
from rabta.review.models import Call, Escalation, Interim, Line, Pause, Review, Version
from tests.web.officer import stage
from tests.web.officer.stage import Browser, ordered, photo

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    made.now = timezone.now()
    made.order = ordered(made, made.sho)
    made.case = made.order.case
    made.case.contact_due_at, made.case.report_due_at = made.now - HOUR, made.now + 2 * DAY
    made.case.category, made.case.opened_at = "theft", made.now - 8 * DAY
    made.case.save()
    return made


def raised(force: SimpleNamespace, **facts: object) -> Escalation:
    """A contact that was not made in time, told to the circle officer."""
    post = stage.small_force.post_of(force.co)
    defaults = {"step": "contact", "level": 1, "due_at": force.now - HOUR, "at": force.now, "post": post}
    return Escalation.objects.create(case=force.case, officers=[force.co.pk], **defaults | facts)


def test_the_page_of_a_case_says_how_each_limit_stands(force: SimpleNamespace) -> None:
    raised(force)
    page = Browser(force.operator).get(f"/review/case/{force.case.public_id}/").body.decode()
    assert "Contact overdue by" in page and "Due in 47 hours" in page and "No limit" in page
    assert "Co-City" in page and "passed, level 1" in page


def test_a_pause_and_its_end_by_the_page(force: SimpleNamespace) -> None:
    browser, address = Browser(force.operator), f"/review/case/{force.case.public_id}/"
    refused = browser.post(f"{address}pause/", {"reason": "agency", "until": "2026-02-31"})
    assert refused.status_code == 409 and "Choose the day" in refused.body.decode()
    until = (force.now + 4 * DAY).date().isoformat()
    assert browser.post(f"{address}pause/", {"reason": "agency", "until": until}).status_code == 302
    assert "Paused: Waiting for another office" in browser.get(address).body.decode()
    assert browser.post(f"{address}resume/").status_code == 302
    assert Pause.objects.get(case=force.case).ended == "by_hand"


def test_a_station_reads_the_limits_and_pauses_nothing(force: SimpleNamespace) -> None:
    browser, address = Browser(force.sho), f"/review/case/{force.case.public_id}/"
    assert "Pause the limits" not in browser.get(address).body.decode()
    until = (force.now + 4 * DAY).date().isoformat()
    assert browser.post(f"{address}pause/", {"reason": "agency", "until": until}).status_code == 409
    assert Browser(force.sho_gulbahar).get(address).status_code == 404


def test_what_was_passed_up_is_on_the_review_until_somebody_takes_it(force: SimpleNamespace) -> None:
    row, browser = raised(force), Browser(force.co)
    assert browser.get(f"/review/limit/{row.public_id}").status_code == 302
    assert f"/review/limit/{row.public_id}/take/" in browser.get("/review/").body.decode()
    assert Browser(force.sho).post(f"/review/limit/{row.public_id}/take/").status_code == 409
    browser.post(f"/review/limit/{row.public_id}/take/", {"back": "review"})
    row.refresh_from_db()
    assert row.taken_by == force.co and row.ended_at is None
    assert f"/review/limit/{row.public_id}/take/" not in browser.get("/review/").body.decode()
    assert Event.objects.filter(case=force.case, what="escalation_taken", officer=force.co).exists()


def test_what_was_passed_up_of_a_case_that_one_may_not_see_is_not_counted(force: SimpleNamespace) -> None:
    row, browser = raised(force), Browser(force.co)
    type(force.case).objects.filter(pk=force.case.pk).update(visible_to=[force.hq.pk], hidden_from=[])
    assert browser.get(f"/review/limit/{row.public_id}").status_code == 404
    assert "Passed up to me" not in browser.get("/review/").body.decode()


def test_a_review_is_recorded_with_what_was_decided(force: SimpleNamespace) -> None:
    browser = Browser(force.co)
    assert "You have not held a review yet" in browser.get("/review/").body.decode()
    browser.post("/review/begin/")
    browser.get("/review/")
    address = f"/review/order/{force.order.public_id}"
    assert browser.post(f"{address}/again/").status_code == 302
    browser.post("/review/end/")
    review = Review.objects.get(officer=force.co)
    assert review.ended_at and review.figures["unanswered"] == 1 and review.post
    assert set(review.lines.values_list("decision", flat=True)) == {"looked", "ordered"}
    assert Order.objects.filter(case=force.case, part="lead").count() == 2
    held = browser.get(f"/review/held/{review.public_id}/").body.decode()
    assert "ordered again" in held and force.case.reference in held
    assert Browser(force.operator).get(f"/review/held/{review.public_id}/").status_code in (403, 404)
    assert "Only what changed" in browser.get("/review/").body.decode()
    assert not Line.objects.filter(review__officer=force.operator).exists()


def test_one_key_accepts_the_report_beside_the_instruction(force: SimpleNamespace) -> None:
    sho = Browser(force.sho)
    stage.act(sho, force.order, "accept")
    stage.act(sho, force.order, "photo", file=photo())
    stage.act(sho, force.order, "report", text="The thief was found", outcome="action_taken")
    browser = Browser(force.co)
    page = browser.get("/review/?show=verify").body.decode()
    assert "The thief was found" in page and 'data-key="a"' in page
    browser.post(f"/review/order/{force.order.public_id}/accept/")
    force.case.refresh_from_db()
    assert force.case.state == "closed"


def test_one_key_passes_an_order_up_by_name(force: SimpleNamespace) -> None:
    chief = stage.small_force.officer("chief", "chief", force.hq)
    type(chief).objects.filter(pk=chief.pk).update(phone="+923001112224")
    stage.directory.forget()
    answer = Browser(force.co).post(f"/review/order/{force.order.public_id}/up/")
    row = Escalation.objects.get(case=force.case)
    assert answer.status_code == 302
    assert row.officers == [chief.pk] and row.held_by == stage.small_force.post_of(force.sho)
    assert Delivery.objects.get(number="+923001112224").visible_to == [-chief.pk]
    mine, limits = (
        Browser(chief).get(address).body.decode()
        for address in ("/review/", f"/review/case/{force.case.public_id}/")
    )
    assert f"{force.co} passed it up" in mine and "was due" not in mine
    assert f"{force.co} passed it up" in limits and "passed, level" not in limits


def test_one_key_orders_again_with_the_words_the_photo_and_the_way_of_the_order(
    force: SimpleNamespace,
) -> None:
    hop, goal = (stage.small_force.post_of(one) for one in (force.co, force.sho))
    Order.objects.filter(pk=force.order.pk).update(
        post=hop, unit=hop.unit, goal=goal, instruction="Go there", proof=True, proof_words="the new lock"
    )
    chief = stage.small_force.officer("chief", "chief", force.hq)
    stage.directory.forget()
    Browser(chief).post(f"/review/order/{force.order.public_id}/again/")
    made = Order.objects.get(case=force.case, part="lead", state="issued")
    assert made.replaces == force.order
    assert (made.post, made.goal, made.instruction) == (hop, goal, "Go there")
    assert (made.proof, made.proof_words) == (True, "the new lock")


@pytest.mark.parametrize(("act", "rows"), [("again", Order), ("up", Escalation)])
def test_a_key_that_is_pressed_twice_has_one_effect(
    force: SimpleNamespace, act: str, rows: type[Order | Escalation]
) -> None:
    stage.small_force.officer("chief", "chief", force.hq)
    stage.directory.forget()
    browser, address = Browser(force.co), f"/review/order/{force.order.public_id}/{act}/"
    page = browser.get("/review/").body.decode()
    form = page[page.index(f'action="{address}"') :]
    pressed = {"key": form.split('name="key" value="')[1].split('"')[0]}
    before = rows.objects.filter(case=force.case).count()
    for _press in range(2):
        assert browser.post(address, pressed).status_code == 302
    assert rows.objects.filter(case=force.case).count() == before + 1
    assert "This was already received." in browser.get("/review/").body.decode()
    assert len(set(re.findall('name="key" value="([^"]+)"', page))) == 3  # begin, order again, pass up


def test_the_order_of_a_case_page_that_is_sent_twice_is_one(force: SimpleNamespace) -> None:
    for _press in range(2):
        Browser(force.co).post(f"/supervisor/order/{force.order.public_id}/", {"key": "again"})
    assert Order.objects.filter(case=force.case, part="lead").count() == 2


def test_a_call_that_is_told_twice_by_one_form_was_tried_once(force: SimpleNamespace) -> None:
    call = Call.objects.create(order=force.order, asked_at=force.now)
    for _press in range(2):
        told = {"result": "not_reached", "key": "tried"}
        Browser(force.operator).post(f"/review/calls/{call.public_id}/", told)
    call.refresh_from_db()
    assert call.tries == 1


def test_a_review_that_begins_twice_by_one_form_is_one(force: SimpleNamespace) -> None:
    browser = Browser(force.co)
    for act in ("begin", "end", "begin"):
        browser.post(f"/review/{act}/", {"key": act})
    assert Review.objects.get(officer=force.co).ended_at


def test_what_is_overdue_and_what_is_due_today_are_lists(force: SimpleNamespace) -> None:
    done = ordered(force, force.sho).case
    type(done).objects.filter(pk=done.pk).update(reply_due_at=force.now - HOUR, replied_at=force.now)
    browser = Browser(force.operator)
    overdue, today = (browser.get(f"/review/due/{query}").body.decode() for query in ("", "?when=today"))
    assert force.case.reference in overdue and "Contact overdue by" in overdue
    assert done.reference not in overdue + today and force.case.reference not in today


def test_the_desk_sees_whom_to_telephone_and_says_so(force: SimpleNamespace) -> None:
    type(force.sho).objects.filter(pk=force.sho.pk).update(phone="+923001112223")
    stage.directory.forget()
    call = Call.objects.create(order=force.order, asked_at=force.now)
    Interim.objects.create(case=force.case, due_at=force.now, suggested_at=force.now)
    browser = Browser(force.operator)
    page = browser.get("/review/calls/").body.decode()
    assert "tel:+923001112223" in page and f"/review/case/{force.case.public_id}/" in page
    browser.post(f"/review/calls/{call.public_id}/", {"result": "not_reached"})
    assert "tried once" in browser.get("/review/calls/").body.decode()
    browser.post(f"/review/calls/{call.public_id}/", {"result": "reached"})
    assert "No call to make" in browser.get("/review/calls/").body.decode()


@pytest.fixture
def administrator(force: SimpleNamespace) -> Browser:
    made = stage.small_force.officer("admin-2", "administrator", force.hq)
    stage.directory.forget()
    return Browser(made, proved=True)


def fields(browser: Browser) -> dict[str, object]:
    """The form as it is shown."""
    form = browser.get("/setup/limits/").context["form"]
    return {
        name: value if value is not None else "" for name, value in form.initial.items() if value is not False
    }


def test_other_limits_are_tried_before_they_count(force: SimpleNamespace, administrator: Browser) -> None:
    wanted = fields(administrator) | {
        "limit__theft__report": "2 d working",
        "holidays": "2026-03-23 Pakistan Day @HQ",
    }
    tried = administrator.post("/setup/limits/", wanted | {"act": "check"})
    assert "At most 1 open case gets other limits" in tried.body.decode() and not Version.objects.exists()
    assert administrator.post("/setup/limits/", wanted | {"act": "save"}).status_code == 302
    rules = tables.current()
    tables.forget()
    assert rules.number == Version.objects.get().pk and rules.limits["theft", "report"].minutes == 2 * 8 * 60
    assert rules.of_units == {force.hq.pk: frozenset({date(2026, 3, 23)})}
    assert fields(administrator)["limit__theft__report"] == "2 d working"
    tables.forget()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("limit__theft__reply", "soon", "Write 15 min"),
        ("limit__extortion__reply", "2 h working", "always runs by the clock"),
        ("order__1__acknowledged", "", "cannot be left out"),
        ("holidays", "tomorrow Holiday", "Line 1: begin with a day"),
        ("holidays", "2026-03-23 Fair @nowhere", "no unit has this code"),
        ("day_0", "9 to 5", "Write hours as"),
        ("warn_percent", "20", "greater than or equal to 50"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    administrator: Browser, field: str, value: str, words: str
) -> None:
    answer = administrator.post("/setup/limits/", fields(administrator) | {field: value, "act": "save"})
    assert answer.status_code == 400 and words in answer.body.decode()
    assert not Version.objects.exists()
