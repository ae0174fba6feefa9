"""The record's page: oversight reads who did and who saw what; nobody learns of a case that is not his to see."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta import audit
from rabta.audit.models import Block, Head, Record, Verification
from rabta.cases.models import Event
from rabta.force.models import Role
from rabta.web.api import tokens
from rabta.web.record.words import choices
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def force() -> SimpleNamespace:
    force = stage.make()
    force.oversight = small_force.officer("oversight-hq", Role.OVERSIGHT, force.hq)
    force.administrator = small_force.officer("administrator-hq", Role.ADMINISTRATOR, force.hq)
    force.watched = small_force.case(
        desk=force.hq, seen_by=[force.hq], account=force.account, withheld="accusation", subject="CANARY"
    )
    force.hidden = small_force.case(
        desk=force.kotwali, seen_by=[force.kotwali], account=force.account, withheld="accusation"
    )
    return force


def shown(browser: Browser, address: str = "/record/") -> list[tuple[str, str]]:
    """(officer, act) of each line."""
    rows = browser.get(address).context["rows"]
    return [(entry.officer, entry.act) for entry, *_ in rows]


def test_every_act_to_choose_from_is_told_in_whole_words() -> None:
    said = [words for _code, words in choices()]
    assert [words for words in said if "%" in words or words.count("“") != words.count("”")] == []


def test_oversight_reads_looks_and_acts_newest_first(force: SimpleNamespace) -> None:
    audit.record("signed_in", now=NOW - timedelta(hours=3), officer_id=force.sho.pk)
    Event.objects.create(case=force.watched, at=NOW - timedelta(hours=2), what="noted", officer=force.co)
    audit.looked([force.watched.pk], officer_id=force.co.pk, now=NOW - timedelta(hours=1), where="desk")
    page = Browser(force.oversight).get("/record/")
    assert [(entry.officer, said) for entry, said, *_ in page.context["rows"]] == [
        (str(force.co), "Read the case"),
        (str(force.co), "Internal note"),
        (str(force.sho), "Signed in"),
    ]
    assert force.watched.reference.encode() in page.content and b"CANARY" not in page.content


def test_a_case_that_the_reader_does_not_see_leaves_no_trace(force: SimpleNamespace) -> None:
    oversight, administrator = Browser(force.oversight), Browser(force.administrator)
    before = [oversight.get("/record/").content.count(b"r-row") for _ in range(2)]
    audit.looked([force.hidden.pk], officer_id=force.sho.pk, now=NOW, where="desk")
    Event.objects.create(case=force.hidden, at=NOW, what="noted", officer=force.sho)
    page = oversight.get("/record/")
    assert page.content.count(b"r-row") == before[1] + 1  # the look at the record before
    assert str(force.sho) not in page.content.decode()
    answer = oversight.get(f"/record/?case={force.hidden.reference}")
    nothing = oversight.get("/record/?case=PRY-0000-0000")
    assert answer.status_code == nothing.status_code == 400
    audit.looked([force.watched.pk], officer_id=force.co.pk, now=NOW, where="desk")
    assert {act for _, act in shown(administrator)} <= {"read_record"}


def test_a_post_below_the_force_reads_of_its_own_cases_alone(force: SimpleNamespace) -> None:
    below = Browser(small_force.officer("oversight-kotwali", Role.OVERSIGHT, force.kotwali))
    audit.record("reveal:case", now=NOW, officer_id=force.operator.pk, subject="handle", ids=[1])
    audit.record("signed_in", now=NOW, officer_id=force.operator.pk)
    own = small_force.case(desk=force.hq, seen_by=[force.circle], account=force.account)
    audit.looked([own.pk], officer_id=force.co.pk, now=NOW, where="desk")
    assert shown(below) == [(str(force.co), "looked")]


def test_each_look_at_the_record_is_in_it(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator)
    browser.get(f"/record/?officer={force.sho.username}&from=2026-03-01&act=looked")
    (entry,) = Record.objects.filter(act="read_record")
    assert entry.actor_officer == force.administrator.pk
    assert entry.detail["officer"] == force.sho.pk and entry.detail["act"] == "looked"
    assert "since" in entry.detail
    assert shown(browser) == [(str(force.administrator), "read_record")]


def test_it_is_narrowed_by_officer_case_act_and_time(force: SimpleNamespace) -> None:
    audit.record("signed_in", now=NOW - timedelta(days=9), officer_id=force.sho.pk)
    audit.record("signed_in", now=NOW - timedelta(days=1), officer_id=force.co.pk)
    audit.looked([force.watched.pk], officer_id=force.co.pk, now=NOW - timedelta(days=1), where="desk")
    Event.objects.create(case=force.watched, at=NOW, what="noted", officer=force.co)
    browser, co, sho = Browser(force.oversight), str(force.co), str(force.sho)
    assert shown(browser, f"/record/?officer={force.sho.username}") == [(sho, "signed_in")]
    assert shown(browser, f"/record/?case={force.watched.reference.lower()}") == [
        (co, "noted"),
        (co, "looked"),
    ]
    assert shown(browser, "/record/?act=noted") == [(co, "noted")]
    day = (NOW - timedelta(days=9)).date()
    assert shown(browser, f"/record/?to={day + timedelta(days=1)}") == [(sho, "signed_in")]
    assert sho not in [name for name, _ in shown(browser, f"/record/?from={day + timedelta(days=3)}")]


@pytest.mark.parametrize(
    "wrong", ["officer=nobody", "case=PRY", "from=tomorrow", "to=2026-02-31", "from=9999-12-31"]
)
def test_what_is_asked_wrongly_is_said_in_words(force: SimpleNamespace, wrong: str) -> None:
    page = Browser(force.oversight).get(f"/record/?{wrong}")
    assert page.status_code == 400 and page.context["problems"] and not page.context["rows"]
    assert b'aria-invalid="true"' in page.content


def test_pages_go_on_without_a_gap_or_a_double(force: SimpleNamespace) -> None:
    for n in range(70):
        at = NOW - timedelta(minutes=n % 13)
        audit.record("signed_in", now=at, officer_id=force.sho.pk)
        Event.objects.create(case=force.watched, at=at, what="noted", officer=force.co)
    browser, address, seen = Browser(force.oversight), "/record/", []
    for _ in range(9):
        context = browser.get(address).context
        seen += [(entry.act, entry.event.pk if entry.event else 0) for entry, *_ in context["rows"]]
        if not context["next"]:
            break
        address = f"/record/?after={context['next']}"
    events = [pk for act, pk in seen if act == "noted"]
    assert len(events) == len(set(events)) == 70
    assert sum(act == "signed_in" for act, _ in seen) == 70


def test_its_price_does_not_grow_with_what_is_in_it(force: SimpleNamespace) -> None:
    browser = Browser(force.oversight)

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/record/")
        return len(queries)

    audit.looked([force.watched.pk], officer_id=force.co.pk, now=NOW, where="desk")
    price()
    little = price()
    for n in range(30):
        audit.record("signed_in", now=NOW, officer_id=force.sho.pk)
        Event.objects.create(case=force.watched, at=NOW, what="noted", officer=force.co, data={"n": n})
    assert price() == little


def test_the_state_of_the_chain_is_said(force: SimpleNamespace) -> None:
    browser = Browser(force.oversight)
    assert b"Not checked yet" in browser.get("/record/").content
    zeros = dict.fromkeys(("record_tx", "record_id", "event_tx", "event_id"), 0)
    Block.objects.create(number=1, last=12, chain=b"", at=NOW, key="", signature=b"", **zeros)
    Head.objects.create(at=NOW, block=1, position=12, went_to="/elsewhere", trouble="")
    Verification.objects.create(at=NOW, position=12, seconds=1)
    whole = browser.get("/record/").content.decode()
    assert "Whole" in whole and "12 entries" in whole and "Last head sent out" in whole
    Verification.objects.create(at=NOW, position=3, seconds=1, problem="at position 3: row 2 was changed")
    Head.objects.create(at=NOW, block=1, position=12, went_to="/elsewhere", trouble="no room")
    broken = browser.get("/record/").content.decode()
    assert "Broken" in broken and "row 2 was changed" in broken and "did not leave" in broken


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/desk/case/{case}/", "desk"),
        ("/desk/case/{case}/earlier/", "desk"),
        ("/api/v1/cases/{case}", "api"),
        ("/api/v1/cases/{case}/messages", "api"),
        ("/api/v1/cases", "api list"),
    ],
)
def test_reading_a_withheld_case_is_recorded_once_an_hour(
    force: SimpleNamespace, address: str, where: str
) -> None:
    head = small_force.officer("second-head", Role.DESK_HEAD, force.hq)
    browser = Browser(head)
    token = (
        {"HTTP_AUTHORIZATION": f"Bearer {tokens.create(username=head.username)}"} if "api" in where else {}
    )
    ordinary = small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account)
    for case in (force.watched, force.watched, ordinary):
        assert browser.get(address.format(case=case.public_id), **token).status_code == 200
    assert [(r.actor_officer, r.case_id) for r in Record.objects.filter(act="looked", subject=where)] == [
        (head.pk, force.watched.pk)
    ]
    # Entries can't be changed, not even by a test: an older one is added instead of waiting an hour.
    audit.looked([force.watched.pk], officer_id=head.pk, now=NOW + timedelta(hours=2), where=where)
    assert Record.objects.filter(act="looked", subject=where).count() == 2


def test_signing_in_and_out_and_trying_to_are_recorded_without_what_was_typed(force: SimpleNamespace) -> None:
    force.sho.set_password("correct horse battery")
    force.sho.save()
    browser = Browser()
    for typed in ("wrong horse battery", "correct horse battery"):
        browser.post("/login/", {"username": force.sho.username, "password": typed})
        browser.post("/login/", {"username": "correct horse battery", "password": "x"})
    entries = Record.objects.filter(subject="officer").order_by("id")
    assert [(entry.act, entry.actor_officer, entry.subject_ids) for entry in entries] == [
        ("sign_in_failed", None, [force.sho.pk]),
        ("sign_in_failed", None, []),  # a name that nobody has: the same work, and nobody named
        ("signed_in", force.sho.pk, [force.sho.pk]),
    ]
    browser.post("/logout/", {})
    assert Record.objects.order_by("id").last().act == "signed_out"
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM audit_record r")
        assert "horse" not in cursor.fetchone()[0]


def test_reading_an_order_of_a_watched_case_is_recorded(force: SimpleNamespace) -> None:
    order = stage.ordered(force, force.sho, withheld="restricted")
    Browser(force.sho).get(f"/officer/order/{order.public_id}/")
    Browser(force.co).get(f"/supervisor/case/{order.case.public_id}/")
    token = {"HTTP_AUTHORIZATION": f"Bearer {tokens.create(username=force.co.username)}"}
    Browser().get(f"/api/v1/orders/{order.public_id}", **token)
    Browser().get("/api/v1/orders", **token)
    looks = Record.objects.filter(act="looked", case_id=order.case_id).order_by("id")
    assert [(look.actor_officer, look.subject) for look in looks] == [
        (force.sho.pk, "order"), (force.co.pk, "review"), (force.co.pk, "api"), (force.co.pk, "api list"),
    ]  # fmt: skip
