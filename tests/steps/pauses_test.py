"""Pauses: who may stop the limits and for how long, what ends them by themselves, and that they hide no breach."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.review import pauses, sweep, tables
from rabta.review.models import Escalation, Pause, Version
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, as_role, hears
from tests.steps.stage import happened, lead, theft


def paused(
    cast: SimpleNamespace, case: Case, *, reason: str = "citizen", days: float = 3, at: timedelta = HOUR
) -> None:
    with acting(cast.operator) as by:
        journey.pause(case=case, reason=reason, until=NOW + at + days * DAY, by=by, now=NOW + at)
    case.refresh_from_db()


def swept(after: timedelta) -> None:
    with as_role("rabta_worker"):
        pauses.end_due(now=NOW + after)
        sweep.sweep(now=NOW + after)


def test_a_pause_shifts_what_it_names_and_the_orders_with_it(cast: SimpleNamespace) -> None:
    case = theft(cast)
    paused(cast, case)
    assert case.reply_due_at == NOW + 4 * HOUR  # the desk still owes its answer
    assert case.contact_due_at == NOW + 4 * DAY and case.report_due_at == NOW + 13 * DAY
    assert lead(case).due_at == case.report_due_at
    assert "paused" in happened(case)


def test_it_ends_by_itself_when_its_time_is_over(cast: SimpleNamespace) -> None:
    case = theft(cast)
    paused(cast, case)
    swept(2 * DAY)
    assert case.pauses.get().ended_at is None
    swept(4 * DAY)
    case.refresh_from_db()
    assert (case.pauses.get().ended, case.pauses.get().ended_at) == ("time", NOW + HOUR + 3 * DAY)
    assert case.report_due_at == NOW + 13 * DAY and happened(case).count("resumed") == 1


def test_it_ends_when_the_citizen_answers_and_counts_to_that_moment(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    paused(cast, case)
    hears(cast, citizen.says("The number plate is ABC 123"), at=NOW + 11 * HOUR)
    swept(12 * HOUR)
    case.refresh_from_db()
    assert (case.pauses.get().ended, case.pauses.get().ended_at) == ("answered", NOW + 11 * HOUR)
    assert case.report_due_at == lead(case).due_at == NOW + 10 * DAY + 10 * HOUR


def test_an_officer_lets_the_limits_run_again(cast: SimpleNamespace) -> None:
    case = theft(cast)
    paused(cast, case)
    with acting(cast.operator) as by:
        journey.resume(case=case, by=by, now=NOW + 3 * HOUR)
    case.refresh_from_db()
    assert case.report_due_at == NOW + 10 * DAY + 2 * HOUR and case.pauses.get().ended == "by_hand"


def test_a_pause_after_the_breach_undoes_nothing(cast: SimpleNamespace) -> None:
    case = theft(cast)
    swept(2 * DAY)  # the contact is overdue
    passed = Escalation.objects.filter(case=case, step="contact", level__gt=0, ended_at=None)
    assert passed.exists()
    paused(cast, case, at=2 * DAY)
    assert case.contact_due_at == NOW + DAY  # as it was
    swept(2 * DAY + MINUTE)
    assert passed.exists()
    with acting(cast.operator) as by:
        journey.resume(case=case, by=by, now=NOW + 3 * DAY)
    with acting(cast.operator) as by, pytest.raises(Refused, match="stays passed"):
        journey.pause(case=case, reason="court", until=NOW + 12 * DAY, by=by, now=NOW + 11 * DAY)


@pytest.mark.parametrize(
    ("who", "reason", "days", "why"),
    [
        ("sho", "citizen", 3, "None of your posts"),
        ("operator", "holiday", 3, "Choose a reason"),
        ("operator", "citizen", 15, "14 days altogether"),
        ("operator", "citizen", -1, "future"),
    ],
)
def test_who_may_pause_and_for_how_long(
    cast: SimpleNamespace, who: str, reason: str, days: int, why: str
) -> None:
    case = theft(cast)
    with acting(getattr(cast, who)) as by, pytest.raises(Refused, match=why):
        journey.pause(case=case, reason=reason, until=NOW + days * DAY, by=by, now=NOW)


def test_pauses_for_one_reason_count_together(cast: SimpleNamespace) -> None:
    case = theft(cast)
    paused(cast, case, days=8)
    swept(8 * DAY + 2 * HOUR)
    with acting(cast.operator) as by, pytest.raises(Refused, match="altogether"):
        journey.pause(case=case, reason="citizen", until=NOW + 16 * DAY, by=by, now=NOW + 9 * DAY)


def test_where_life_is_in_danger_nothing_is_paused(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("Armed robbers are inside my house right now, help"))
    with acting(cast.operator) as by, pytest.raises(Refused, match="life is in danger"):
        journey.pause(case=Case.objects.latest("id"), reason="citizen", until=NOW + DAY, by=by, now=NOW)


def test_two_sweeps_end_a_pause_once(cast: SimpleNamespace) -> None:
    case = theft(cast)
    paused(cast, case)
    swept(5 * DAY)
    swept(5 * DAY)
    assert happened(case).count("resumed") == 1 and Pause.objects.filter(case=case).count() == 1


def test_new_rules_reach_open_cases_and_leave_what_was_passed_and_what_is_closed(
    cast: SimpleNamespace,
) -> None:
    open_, closed = theft(cast), theft(cast)
    Case.objects.filter(pk=closed.pk).update(state="closed", outcome="advice", closed_at=NOW)
    limits = [
        {"category": "theft", "step": step, "minutes": 60, "runs": "clock"} for step in ("reply", "report")
    ]
    version = Version.objects.create(made_at=NOW, body={"limits": limits})
    try:
        with as_role("rabta_worker"):
            assert pauses.renew(now=NOW + 5 * HOUR) >= 1
            assert pauses.renew(now=NOW + 5 * HOUR) == 0
    finally:
        tables.forget()
    open_.refresh_from_db()
    closed.refresh_from_db()
    assert open_.limits_version == version.pk and closed.limits_version == 0
    assert open_.reply_due_at == NOW + 4 * HOUR  # it had run out: it stays
    assert open_.report_due_at == lead(open_).due_at == NOW + HOUR
    assert closed.report_due_at == NOW + 10 * DAY
    assert "limits_changed" in happened(open_) and "limits_changed" not in happened(closed)
