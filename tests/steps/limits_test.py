"""Limits that run: warnings to the holder, breaches one level up the chain by name, and who is never told."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Order
from rabta.cases.seen import OrderSeen
from rabta.outbox.models import Delivery
from rabta.review import digests, sweep
from rabta.review.models import Escalation, Watch
from rabta.web.events import event_words
from rabta.web.lights import RED, light_of
from rabta.web.supervisor import changed, queries
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, as_role, hears, post_named
from tests.steps.stage import accusation, happened, lead, theft

Raised = list[tuple[str, int, str]]


def looked(after: timedelta) -> None:
    """The worker sweeps, so long after the case came in."""
    with as_role("rabta_worker"):
        sweep.sweep(now=NOW + after)


def raised(case: Case) -> Raised:
    """What was raised: step, level, and the code of the post that was told."""
    rows = Escalation.objects.filter(case=case).select_related("post").order_by("id")
    return [(row.step, row.level, row.post.code if row.post else "nobody") for row in rows]


def code(who: object) -> str:
    return post_named(who).code  # type: ignore[arg-type]


def test_the_desk_is_warned_before_a_reply_is_due_and_the_one_above_told_after(cast: SimpleNamespace) -> None:
    case = theft(cast)
    looked(2 * HOUR)
    assert raised(case) == []
    looked(3 * HOUR + MINUTE)
    assert raised(case) == [("reply", 0, code(cast.desk_head))]
    looked(4 * HOUR + MINUTE)
    assert raised(case)[1:] == [("reply", 1, code(cast.igp))]
    assert [what for what in happened(case) if what in ("limit_warned", "escalated")] == [
        "limit_warned",
        "escalated",
    ]


def test_each_level_is_told_once_and_the_next_after_a_further_time(cast: SimpleNamespace) -> None:
    case = theft(cast)
    journey_accepts(cast, case)
    replies(cast, case)
    Case.objects.filter(pk=case.pk).update(contacted_at=NOW)
    looked(8 * DAY)
    assert raised(case) == [("report", 0, code(cast.sho))]
    for after in (10 * DAY + MINUTE, 10 * DAY + 2 * MINUTE, 11 * DAY, 11 * DAY + 2 * MINUTE):
        looked(after)
    assert raised(case)[1:] == [("report", 1, code(cast.co)), ("report", 2, code(cast.sp))]
    looked(12 * DAY + HOUR)
    looked(20 * DAY)
    assert raised(case)[3:] == [("report", 3, code(cast.igp))]  # then nobody stands above
    assert not Watch.objects.filter(case=case).exists()


def test_whoever_is_told_reads_it_on_the_phone_with_a_link_and_no_name(cast: SimpleNamespace) -> None:
    case = theft(cast)
    looked(4 * HOUR + MINUTE)
    row = Escalation.objects.get(case=case, step="reply", level=1)
    letter = Delivery.objects.get(pk=row.deliveries[0])
    assert letter.number == cast.igp.phone and row.officers == [cast.igp.pk]
    assert case.reference in letter.text and f"/review/limit/{row.public_id}" in letter.text
    assert letter.template and letter.template["name"] == "overdue_v1"
    assert "motorcycle" not in letter.text and letter.visible_to == [-cast.igp.pk]


def test_many_limits_at_once_are_one_message_to_each_officer(cast: SimpleNamespace) -> None:
    cases = [theft(cast) for _ in range(3)]
    looked(4 * HOUR + MINUTE)
    rows = Escalation.objects.filter(case__in=cases, step="reply", level=1)
    letters = {letter for row in rows for letter in row.deliveries}
    assert len(rows) == 3 and len(letters) == 1
    assert "and 2 others" in Delivery.objects.get(pk=letters.pop()).text


def test_two_sweeps_of_one_moment_have_one_effect(cast: SimpleNamespace) -> None:
    case = theft(cast)
    looked(4 * HOUR + MINUTE)
    before = (raised(case), Delivery.objects.count(), len(happened(case)))
    Watch.objects.filter(case=case).update(look_at=NOW)  # as if nothing had been planned
    looked(4 * HOUR + MINUTE)
    assert (raised(case), Delivery.objects.count(), len(happened(case))) == before


def test_an_acknowledgement_by_itself_stops_no_clock(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("It is a red Honda, please find it"), at=NOW + HOUR)
    case.refresh_from_db()
    assert case.messages.filter(direction="out", automatic=True).count() >= 2
    assert case.replied_at is None and case.contacted_at is None
    looked(4 * HOUR + MINUTE)
    assert ("reply", 1, code(cast.igp)) in raised(case)


def test_a_reply_ends_what_was_raised_of_it(cast: SimpleNamespace) -> None:
    case = theft(cast)
    looked(4 * HOUR + MINUTE)
    replies(cast, case, at=5 * HOUR)
    looked(6 * HOUR)
    assert not Escalation.objects.filter(case=case, step="reply", ended_at=None).exists()


def test_an_order_that_nobody_accepts_goes_up_from_the_post_that_has_it(cast: SimpleNamespace) -> None:
    case = theft(cast)
    replies(cast, case)
    looked(DAY + MINUTE)
    assert ("acknowledged", 1, code(cast.co)) in raised(case)
    journey_accepts(cast, case)
    looked(DAY + HOUR)
    assert not Escalation.objects.filter(case=case, step="acknowledged", ended_at=None).exists()


def test_an_order_that_nobody_accepts_in_time_stands_as_late_until_it_is_accepted(
    cast: SimpleNamespace,
) -> None:
    order, late = lead(theft(cast)), NOW + DAY + MINUTE
    assert stands(order) == {"issued"}
    looked(DAY + MINUTE)
    order.refresh_from_db()
    passed = Escalation.objects.get(order=order, step="acknowledged", level=1)
    assert order.missed_at == passed.due_at and stands(order) == {"late"}
    light = light_of(order=order, now=late)
    assert light.colour == RED and light.words.startswith("Not answered, overdue by")
    with acting(cast.co) as scope:
        review = queries.review(scope=scope, which="unanswered", unit=None, after="", now=late)
        assert digests.figures(scope, now=late)[:2] == (1, 0)
    assert [row.order for row in review.rows] == [order] and review.adds_up
    assert review.counts["overdue"] == 0 and review.counts["unanswered"] == 1
    assert changed.late_since(review.rows[0], since=NOW, now=late)
    with acting(cast.sho) as scope:
        journey.accept(order=order, by=scope, now=late)
    assert stands(order) == {"accepted"}


def stands(order: Order) -> set[str]:
    return set(OrderSeen.objects.filter(order=order).values_list("stands", flat=True))


def test_a_closed_case_is_watched_no_more(cast: SimpleNamespace) -> None:
    case = theft(cast)
    looked(4 * HOUR + MINUTE)
    now = NOW + 5 * HOUR
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="advice", closed_at=now, changed_at=now)
    looked(5 * HOUR)
    assert not Watch.objects.filter(case=case).exists()
    assert not Escalation.objects.filter(case=case, ended_at=None).exists()


def test_an_accusation_never_goes_up_through_the_accused(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, by=by, now=NOW)
    with acting(cast.desk_head) as by:
        journey.order(case=case, post=post_named(cast.sp_mardan), part="lead", instruction="", by=by, now=NOW)
    for hours in range(1, 24 * 30, 12):
        looked(hours * HOUR + MINUTE)
    told = {post for _step, _level, post in raised(case)}
    may = {
        cast.operator_peshawar,
        cast.sp,
        cast.sp_mardan,
        cast.igp,
    }  # its desk, who inquires, and above them
    assert told <= {code(one) for one in may} and code(cast.igp) in told
    shut_out = [cast.sho.pk, cast.co.pk, cast.sho_gulbahar.pk]
    assert not Escalation.objects.filter(case=case, officers__overlap=shut_out).exists()


def test_a_confidential_case_is_told_to_named_officers_alone(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.desk_head) as by:
        journey.name_officers(case=case, officers=[cast.desk_head, cast.sho], by=by, now=NOW)
    for hours in (3.5, 5, 10, 30, 60, 24 * 9, 24 * 11, 24 * 13):
        looked(hours * HOUR)
    told = {post for _step, _level, post in raised(case)}
    assert told <= {code(cast.desk_head), code(cast.sho), "nobody"} and "nobody" in told
    officers = {one for row in Escalation.objects.filter(case=case) for one in row.officers}
    assert officers <= {cast.desk_head.pk, cast.sho.pk}


@pytest.mark.parametrize("assigned", [True, False])
def test_the_operator_who_has_the_case_is_the_one_to_be_warned(cast: SimpleNamespace, assigned: bool) -> None:
    case = theft(cast)
    if assigned:
        Case.objects.filter(pk=case.pk).update(assigned_to=cast.operator)
    looked(3 * HOUR + MINUTE)
    row = Escalation.objects.get(case=case, level=0)
    assert row.officers == [cast.operator.pk if assigned else cast.desk_head.pk]


def test_an_order_is_passed_up_by_hand_and_the_one_above_reads_it_on_the_phone(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.co) as by:
        assert journey.pass_up(order=lead(case), by=by, now=NOW + HOUR) == post_named(cast.sp)
    row = Escalation.objects.get(case=case)
    letter = Delivery.objects.get(number=cast.sp.phone, text__contains=f"/review/limit/{row.public_id}")
    assert letter.visible_to == [-cast.sp.pk] and letter.template["name"] == "passed_up_v1"
    assert letter.text.startswith(f"Case {case.reference} comes to you: {cast.co} passed it up. Open")
    assert row.officers == [cast.sp.pk] and row.passed_by == cast.co
    told = Event.objects.get(case=case, what="passed_up")
    assert event_words(told) == f"Passed up to {post_named(cast.sp)}" and told.officer == cast.co


def test_what_is_kept_from_some_is_passed_up_without_a_name_in_the_letter(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.desk_head) as by:
        officers = [cast.desk_head, cast.co, cast.sp, cast.sho]
        journey.name_officers(case=case, officers=officers, by=by, now=NOW)
    with acting(cast.co) as by:
        journey.pass_up(order=lead(case), by=by, now=NOW + HOUR)
    letter = Delivery.objects.get(number=cast.sp.phone, text__contains="/review/limit/")
    assert "An officer passed it up" in letter.text and str(cast.co) not in letter.text


def replies(cast: SimpleNamespace, case: Case, *, at: timedelta = MINUTE) -> None:
    with acting(cast.operator) as by:
        journey.reply(case=case, text="We are on it", by=by, now=NOW + at)


def journey_accepts(cast: SimpleNamespace, case: Case) -> None:
    order = lead(case)
    Order.objects.filter(pk=order.pk).update(state="accepted", accepted_at=NOW, accepted_by=cast.sho)
