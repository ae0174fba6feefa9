"""The desk's queues and list: what each holds, what is counted, how it goes on, and at what price."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Attachment, Case
from rabta.kit import ids
from rabta.people.handles import protect
from rabta.web.desk import queries
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


def listed(page):
    """Public ids of the lines, in order."""
    return re.findall(r'id="row-([0-9a-z]{16})"', page.body.decode())


def test_each_queue_holds_what_its_name_says(force):
    mine = stage.case(force, assigned_to=force.operator)
    free = stage.case(force)
    alarmed = stage.accusation(force, assigned_to=force.desk_head)
    done = stage.case(force, state="closed", outcome="advice", closed_at=timezone.now())
    desk = Browser(force.operator)
    assert listed(desk.get("/desk/?queue=mine")) == [mine.public_id]
    assert listed(desk.get("/desk/?queue=unassigned")) == [free.public_id]
    assert listed(desk.get("/desk/?queue=waiting")) == [alarmed.public_id]
    assert listed(desk.get("/desk/?queue=closed")) == [done.public_id]
    assert set(listed(desk.get("/desk/?queue=open"))) == {mine.public_id, free.public_id, alarmed.public_id}


def test_the_most_urgent_waits_at_the_top(force):
    old = timezone.now() - timedelta(hours=3)
    usual = stage.accusation(force, urgency=3)
    urgent = stage.accusation(force, urgency=0, last_in_at=old)
    assert listed(Browser(force.operator).get("/desk/?queue=waiting")) == [urgent.public_id, usual.public_id]


def test_open_cases_stand_by_urgency_then_by_the_limit_that_runs_out_next(force):
    now = timezone.now()
    later = {"reply_due_at": now + timedelta(hours=3), "report_due_at": now + timedelta(days=3)}
    soon = {"reply_due_at": now + timedelta(minutes=5), "report_due_at": now + timedelta(days=3)}
    usual_later, usual_soon = stage.case(force, **later), stage.case(force, **soon)
    answered = stage.case(force, **soon, replied_at=now)
    unsorted = stage.case(force, category="")  # no limits: it counts from its opening
    urgent = stage.case(force, urgency=1, **later)
    emergency = stage.case(force, urgency=0, **later)
    wanted = [emergency, urgent, unsorted, usual_soon, usual_later, answered]
    page = Browser(force.operator).get("/desk/?queue=open")
    assert listed(page) == [made.public_id for made in wanted]
    ranks = re.findall(r'data-rank="([^"]+)"', page.body.decode())
    assert ranks == sorted(ranks)


def test_whoever_wants_sees_the_newest_first(force):
    old = stage.case(force, urgency=0, last_in_at=timezone.now() - timedelta(hours=3))
    new = stage.case(force)
    page = Browser(force.operator).get("/desk/?queue=open&sort=newest")
    assert listed(page) == [new.public_id, old.public_id]
    ranks = re.findall(r'data-rank="([^"]+)"', page.body.decode())
    assert ranks == sorted(ranks)
    assert "sort=newest" in re.search(r'href="/desk/\?queue=unassigned[^"]*"', page.body.decode())[0]


def test_a_line_shows_what_was_said_last_and_who_said_it(force):
    made = stage.case(force, subject="The very first words")
    desk = Browser(force.operator)
    assert "Loud music" in said_last(desk)
    stage.says(made, "We have received your message.", direction="out", automatic=True)
    assert "Loud music" in said_last(desk)
    stage.says(made, "A patrol is on its way", direction="out", author=force.operator)
    assert "You: A patrol is on its way" in said_last(desk)
    assert "Operator: A patrol is on its way" in said_last(Browser(force.desk_head))
    stage.says(made, "Ask the station first", direction="note", author=force.desk_head)
    assert "Note: Ask the station first" in said_last(desk)
    stage.says(made, "", lat=34.0, lng=71.5)
    assert said_last(desk) == "Location"
    Attachment.objects.create(message=stage.says(made, ""), kind="audio")
    assert said_last(desk) == "Voice message"
    stage.says(made, "Taken back", revoked_at=timezone.now())
    assert said_last(desk) == "Voice message"


def said_last(desk):
    """The words of the only line of the list."""
    page = desk.get("/desk/?queue=open").body.decode()
    words = re.search(r'<span class="row-said.*?<span class="row-facts', page, re.S)[0]
    return " ".join(re.sub(r"<[^>]+>?", " ", words).split()).removesuffix(' <span class="row-facts')


def test_what_a_colleague_reads_of_another_desk_is_not_quoted_in_a_line(force):
    made = stage.case(force)
    stage.says(made, "Only for the north", visible_to=[force.north.pk])
    assert "Loud music" in said_last(Browser(force.operator))


def test_the_title_counts_what_nobody_has_seen(force):
    first, _second = stage.case(force), stage.case(force)
    stage.case(force, assigned_to=force.desk_head)
    desk = Browser(force.operator)
    assert "<title>(2) Desk · Rabta</title>" in desk.get("/desk/").body.decode()
    page = desk.get(f"/desk/case/{first.public_id}/").body.decode()
    assert f"{first.reference} · Rabta</title>" in page
    assert "<title>(1) Desk · Rabta</title>" in desk.get("/desk/").body.decode()
    assert 'data-news="1"' in desk.get("/desk/queues/").body.decode()


def test_an_emergency_stands_above_every_queue_until_somebody_has_it(force):
    made = stage.case(force, urgency=0, subject="Help us")
    desk, head = Browser(force.operator), Browser(force.desk_head)
    page = desk.get("/desk/?queue=closed").body.decode()
    assert f'data-alarm="{made.public_id}"' in page
    assert f'data-rings="0.{made.public_id}"' in page
    desk.get(f"/desk/case/{made.public_id}/")
    assert "data-alarm=" not in desk.get("/desk/").body.decode()
    assert "data-alarm=" in head.get("/desk/queues/").body.decode()
    Case.objects.filter(pk=made.pk).update(assigned_to=force.operator)
    assert "data-alarm=" not in head.get("/desk/queues/").body.decode()


def test_what_is_urgent_rings_without_a_bar_and_old_or_hidden_cases_do_not(force):
    urgent = stage.case(force, urgency=1)
    stage.case(force, urgency=1, opened_at=timezone.now() - timedelta(days=1))
    small_force.case(desk=force.north, seen_by=[force.north], account=force.account, urgency=0)
    page = Browser(force.operator).get("/desk/").body.decode()
    assert f'data-rings="1.{urgent.public_id}"' in page
    assert "data-alarm=" not in page


def test_danger_to_life_alarms_however_old_it_is_until_somebody_acts(force):
    days_ago = timezone.now() - timedelta(days=3)
    made = [stage.case(force, urgency=0, opened_at=days_ago) for _ in range(12)]
    desk = Browser(force.operator)
    page = desk.get("/desk/").body.decode()
    assert page.count("data-alarm=") == 5
    assert page.count("Not handed over to the emergency line") == 5
    assert "and 2 more emergencies" in page
    rows = Case.objects.filter(pk__in=[case.pk for case in made])
    handed = {"handed_over_at": days_ago, "handed_over_to": "Gul"}
    rows.update(assigned_to=force.operator, line_confirmed_at=days_ago, line_incident="15-88", **handed)
    assert "alarm-link" not in desk.get("/desk/").body.decode()
    rows.filter(pk=made[0].pk).update(line_confirmed_at=None, line_incident="")
    assert "Emergency line: number missing" in desk.get("/desk/").body.decode()
    rows.update(line_confirmed_at=days_ago, line_incident="15-88", state="forwarded")
    assert "Emergency: order not accepted yet" in desk.get("/desk/").body.decode()
    rows.update(state="acknowledged")
    assert "alarm-link" not in desk.get("/desk/").body.decode()


def test_a_unit_narrows_the_list(force):
    here, _there = stage.case(force, lead_unit=force.kotwali), stage.case(force, lead_unit=force.gulbahar)
    page = Browser(force.operator).get(f"/desk/?queue=open&unit={force.kotwali.public_id}")
    assert listed(page) == [here.public_id]


def test_cases_of_others_are_neither_listed_nor_counted(force):
    small_force.case(desk=force.north, seen_by=[force.north], account=force.account)
    page = Browser(force.operator).get("/desk/?queue=open")
    assert listed(page) == []
    assert "No case is open." in page.body.decode()
    assert 'class="count' not in page.body.decode()


def test_an_officer_without_a_desk_is_told_so(force):
    assert Browser(force.sho).get("/desk/").status_code == 403
    assert Browser().get("/desk/").url.startswith("/login/")


@pytest.mark.parametrize("queue", ["unassigned", "waiting"])
def test_more_goes_on_where_the_page_ended_even_when_all_came_at_one_moment(force, queue, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    at = timezone.now() - timedelta(minutes=5)
    made = {stage.accusation(force, urgency=n % 2, last_in_at=at).public_id for n in range(8)}
    desk, seen, address = Browser(force.operator), [], f"/desk/list/?queue={queue}"
    while address:
        page = desk.get(address)
        seen += listed(page)
        following = re.search(r'hx-get="([^"]+after=[^"]+)"', page.body.decode())
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 8
    assert set(seen) == made


def test_the_key_of_the_next_page_tells_no_row_id(force, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 1)
    first, second = stage.case(force), stage.case(force)
    page = Browser(force.operator).get("/desk/list/?queue=unassigned").body.decode()
    after = re.search(r"after=([^\"&]+)", page)[1]
    urgency, micros, public_id = after.split(".")
    assert {urgency, public_id} <= {"3", first.public_id, second.public_id}
    assert len(micros) == 16


def test_nonsense_as_a_key_shows_the_first_page(force):
    stage.case(force)
    for key in ("x", "1.2", "9999999999999999999999.1.a", "3.99999999999999999999.a", "٣.١.a"):
        assert len(listed(Browser(force.operator).get(f"/desk/list/?queue=open&after={key}"))) == 1


def test_names_are_shown_and_each_list_leaves_one_record(force):
    for n in range(3):
        stage.named(stage.case(force), name=f"Citizen Number {n}", number=f"+92300111000{n}")
    before = Record.objects.filter(act="reveal:list").count()
    page = Browser(force.operator).get("/desk/?queue=open").body.decode()
    assert all(f"Citizen Number {n}" in page for n in range(3))
    records = Record.objects.filter(act="reveal:list")
    assert records.count() == before + 1
    assert len(records.latest("id").subject_ids) == 3


def test_a_line_is_new_until_the_case_was_opened_and_again_after_the_next_message(force):
    made = stage.case(force)
    desk = Browser(force.operator)
    assert "New since you looked" in desk.get("/desk/?queue=open").body.decode()
    desk.get(f"/desk/case/{made.public_id}/")
    assert "New since you looked" not in desk.get("/desk/?queue=open").body.decode()
    assert "New since you looked" in Browser(force.desk_head).get("/desk/?queue=open").body.decode()
    Case.objects.filter(pk=made.pk).update(last_in_at=timezone.now())
    assert "New since you looked" in desk.get("/desk/?queue=open").body.decode()


def test_a_live_page_gets_only_the_lines_that_are_in_its_queue(force):
    mine, free = stage.case(force, assigned_to=force.operator), stage.case(force)
    hidden = small_force.case(desk=force.north, seen_by=[force.north], account=force.account)
    asked = ",".join([mine.public_id, free.public_id, hidden.public_id])
    page = Browser(force.operator).get(f"/desk/rows/?queue=unassigned&ids={asked}")
    assert listed(page) == [free.public_id]


def test_a_reference_number_is_found_however_it_is_typed(force):
    made, _other = stage.case(force), stage.case(force)
    typed = made.reference.lower().replace("-", " ")
    assert listed(Browser(force.operator).get("/desk/", data={"q": typed})) == [made.public_id]


def test_a_telephone_number_finds_the_cases_of_its_owner(force, settings):
    settings.REGION = "PK"
    made, _other = stage.case(force), stage.case(force)
    stage.named(made, name="Gul Khan", number="+923001110042")
    assert listed(Browser(force.operator).get("/desk/", data={"q": "0300 1110042"})) == [made.public_id]


def test_trying_numbers_does_not_tell_who_a_protected_person_is(force, settings):
    settings.REGION = "PK"
    made = stage.accusation(force)
    protect([stage.named(made, name="Gul Khan", number="+923001110042")], now=timezone.now())
    assert listed(Browser(force.operator).get("/desk/", data={"q": "0300 1110042"})) == []
    assert listed(Browser(force.operator).get("/desk/", data={"q": made.reference})) == [made.public_id]


def test_words_find_subject_and_place_of_visible_cases(force):
    made = stage.case(force, subject="Bicycle stolen", place="Qissa Khwani")
    small_force.case(desk=force.north, seen_by=[force.north], account=force.account, subject="Bicycle stolen")
    assert listed(Browser(force.operator).get("/desk/", data={"q": "bicycle khwani"})) == [made.public_id]
    assert "Nothing found" in Browser(force.operator).get("/desk/", data={"q": "camel"}).body.decode()


def test_greetings_stand_apart_and_open_a_case_when_asked(force):
    asked = stage.says(stage.case(force), "Good morning", case=None, noise="greeting")
    desk = Browser(force.operator)
    assert "Good morning" in desk.get("/desk/?queue=greetings").body.decode()
    answer = desk.post(f"/desk/message/{asked.public_id}/open/")
    asked.refresh_from_db()
    assert answer.url == f"/desk/case/{asked.case.public_id}/"
    assert ids.parse_reference(text=asked.case.reference)


def test_the_price_of_the_page_does_not_grow_with_its_rows(force):
    desk = Browser(force.operator)
    for n in range(2):
        stage.named(
            stage.case(force, lead_unit=force.kotwali, assigned_to=force.operator if n else None),
            name="A B",
            number=f"+92300222000{n}",
        )
    few = spent(desk, "/desk/?queue=open")
    for n in range(12):
        unit = force.gulbahar if n % 2 else force.kotwali
        stage.named(stage.case(force, lead_unit=unit), name="C D", number=f"+9230033300{n:02d}")
    assert spent(desk, "/desk/?queue=open") == few
    of_a_unit = spent(desk, f"/desk/?queue=open&unit={force.kotwali.public_id}")
    assert of_a_unit <= few + 4  # its first cases, and perhaps whether the force is still the same
    assert (
        few <= 32
    )  # one for each of the seven queues among them, for notices, kept lists and what is overdue


@pytest.mark.parametrize("sort", ["urgent", "newest"])
@pytest.mark.parametrize("queue", ["unassigned", "waiting", "open", "closed"])
def test_the_list_of_a_unit_goes_on_with_the_cases_of_all_below_it(force, monkeypatch, queue, sort):
    monkeypatch.setattr(queries, "PAGE", 3)
    now, made = timezone.now(), []
    ended = {"state": "closed", "outcome": "advice", "closed_at": now} if queue == "closed" else {}
    for n in range(14):
        unit = (force.kotwali, force.gulbahar, force.circle, force.north)[n % 4]
        at = {"last_in_at": now - n * 7 % 11 * timedelta(hours=1), "opened_at": now - n * timedelta(days=1)}
        made.append(
            stage.case(force, lead_unit=unit, urgency=n % 3, waiting_why={"code": "x"}, **at, **ended)
        )
    gathered = stage.case(
        force, lead_unit=force.kotwali, urgency=1, part_of=made[0], waiting_why={"code": "x"}
    )
    where = f"queue={queue}&sort={sort}&unit={force.circle.public_id}"
    desk, found, page = Browser(force.operator), [], f"/desk/list/?{where}"
    for _page in range(10):
        answer = desk.get(page)
        found += listed(answer)
        after = re.search(r"after=([0-9a-z.]+)", answer.body.decode())
        if after is None:
            break
        page = f"/desk/list/?{where}&after={after[1]}"
    theirs = [one for one in made if force.circle.pk in one.lead_unit.path]
    ranks = {
        "urgent": lambda one: (one.urgency, one.opened_at, one.pk),
        "newest": lambda one: (-one.last_in_at.timestamp(), -one.pk),
    }
    by_rank = sorted(theirs, key=ranks["newest" if queue == "closed" else sort])
    assert found == [one.public_id for one in by_rank] and gathered.public_id not in found


def spent(browser, address):
    """Queries of one page, without those that set up and tear down the test's own role."""
    browser.get(address)  # snapshots of the force are fresh now
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len([q for q in captured if "ROLE" not in q["sql"]])
