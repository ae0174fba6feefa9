"""Whose case it is: shared out to those on duty, handed back by those away, handed over by name."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from rabta import journey
from rabta.audit.models import Record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.desk import shifts
from rabta.desk.models import Absence, Handover, Notice, Sharing, Shift, Turn
from rabta.force.access import as_officer
from rabta.force.models import Role
from rabta.journey.deciding import assigning
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    force = stage.make()
    force.second = small_force.officer("second-operator", Role.DESK_OPERATOR, force.desk)
    return force


def owner(case):
    return Case.objects.get(pk=case.pk).assigned_to


def sharing(force, **facts):
    facts = {"way": "turns", "on_duty_only": False, "at_most": 9, "alarm_minutes": 30} | facts
    return Sharing.objects.create(unit=force.hq, by=force.desk_head, at=timezone.now(), **facts)


def all_day(force, *officers):
    """A shift that is on whatever the hour, with these officers in it."""
    shift = Shift.objects.create(
        unit=force.hq, name="All day", starts=time(0), ends=time(0), days=list(range(7))
    )
    for officer in officers:
        Turn.objects.create(shift=shift, officer=officer, starts=timezone.localdate() - timedelta(days=2))
    return shift


def test_cases_go_in_turn_to_those_on_duty_and_what_is_withheld_to_nobody(force):
    cases, kept = [stage.case(force) for _ in range(3)], stage.accusation(force)
    sharing(force, on_duty_only=True)
    assert assigning.share_out(now=timezone.now()) == 0  # nobody is on duty
    all_day(force, force.operator, force.second)
    assert assigning.share_out(now=timezone.now()) == 3
    assert {owner(case) for case in cases} == {force.operator, force.second}
    assert owner(kept) is None
    assert assigning.share_out(now=timezone.now()) == 0
    assert Notice.objects.filter(what="assigned").count() == 3
    assert cases[0].events.get(what="assigned").system_reason == "sharing out the desk's cases"


def test_what_was_gathered_goes_with_its_head(force):
    head = stage.case(force)
    part = stage.case(force, part_of=head, urgency=1)
    sharing(force)
    assert assigning.share_out(now=timezone.now()) == 1
    assert owner(head) and not owner(part)


def test_by_load_whoever_has_fewest_gets_the_next_and_nobody_more_than_allowed(force):
    for _ in range(2):
        stage.case(force, assigned_to=force.operator)
    all_day(force, force.operator, force.second)
    sharing(force, way="load", on_duty_only=True, at_most=2)
    waiting = [stage.case(force) for _ in range(3)]
    assert assigning.share_out(now=timezone.now()) == 2
    assert [owner(case) for case in waiting].count(force.second) == 2


def test_whoever_is_away_hands_back_and_gets_nothing(force):
    case, now = stage.case(force, assigned_to=force.operator), timezone.now()
    all_day(force, force.operator)
    Absence.objects.create(
        officer=force.operator, starts=now, ends=now + timedelta(hours=8), by=force.operator, at=now
    )
    assert assigning.hand_back(now=now) == 1
    assert owner(case) is None
    assert assigning.hand_back(now=now) == 0
    sharing(force, on_duty_only=True)
    assert assigning.share_out(now=now) == 0
    assert shifts.on_duty(force.hq.pk, now=now + timedelta(hours=9)) == {force.operator.pk}


def test_the_head_hears_of_cases_that_nobody_takes(force):
    stage.case(force, opened_at=timezone.now() - timedelta(hours=1))
    sharing(force, way="manual")
    for _ in range(2):
        assigning.raise_alarms(now=timezone.now())
    assert [one.officer for one in Notice.objects.filter(what="unassigned")] == [force.desk_head]


def test_a_case_is_given_only_to_somebody_who_handles_such_cases(force):
    case = stage.case(force)
    with as_officer(force.operator, on=timezone.localdate()) as scope:
        with pytest.raises(Refused):
            journey.assign(case=case, officer=force.sho, by=scope, now=timezone.now())
        journey.assign(case=case, officer=force.second, by=scope, now=timezone.now())
    assert owner(case) == force.second


def test_a_shift_is_handed_over_and_taken_over_by_name(force):
    case, other = stage.case(force, assigned_to=force.operator), stage.case(force, assigned_to=force.second)
    giver, taker = Browser(force.operator), Browser(force.second)
    assert giver.post("/desk/handover/", {"notes": " "}).status_code == 200  # refused, the page says why
    assert giver.post("/desk/handover/", {"notes": "Call Gul back at six."}).status_code == 302
    left = Handover.objects.get()
    assert left.matters == [case.pk]
    take, which = "/desk/handover/take/", {"handover": left.public_id}
    giver.post(take, which)
    assert Handover.objects.get().taken_by is None  # not by whoever left it
    assert "Call Gul back at six." in taker.get("/desk/handover/").body.decode()
    taker.post(take, which | {"case": [case.public_id, other.public_id]})
    assert Handover.objects.get().taken_by == force.second
    assert owner(case) == force.second
    acts = Record.objects.filter(act__in=("handed_over", "took_over")).order_by("id")
    assert [(one.act, one.actor_officer, one.detail["digest"]) for one in acts] == [
        ("handed_over", force.operator.pk, left.digest),
        ("took_over", force.second.pk, left.digest),
    ]


def test_the_head_runs_the_shifts_and_an_operator_reads_them(force):
    head, operator = Browser(force.desk_head), Browser(force.operator)
    way = {"act": "sharing", "way": "load", "on_duty_only": "on", "at_most": "20", "alarm_minutes": "15"}
    assert head.post("/desk/shifts/change/", way).status_code == 302
    assert Sharing.objects.get().way == "load"
    head.post(
        "/desk/shifts/change/",
        {"act": "shift", "name": "Night", "starts": "22:00", "ends": "06:00", "day": ["0", "6"]},
    )
    shift = Shift.objects.get()
    assert shift.days == [0, 6]
    put = {"act": "turn", "shift": shift.public_id, "officer": force.second.public_id}
    head.post("/desk/shifts/change/", put)
    assert Turn.objects.get().officer == force.second
    head.post("/desk/shifts/change/", put | {"officer": force.sho.public_id})
    assert Turn.objects.count() == 1  # he does not serve here
    page = operator.get("/desk/shifts/").body.decode()
    assert "Night" in page and "Add a shift" not in page
    assert operator.post("/desk/shifts/change/", way).status_code == 403
    operator.post("/desk/shifts/away/", {"starts": "2020-01-01T08:00", "ends": "2020-01-02T08:00"})
    assert not Absence.objects.exists()
    later = timezone.localtime() + timedelta(days=1)
    operator.post(
        "/desk/shifts/away/",
        {"starts": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "ends": f"{later:%Y-%m-%dT%H:%M}"},
    )
    assert Absence.objects.get().officer == force.operator
