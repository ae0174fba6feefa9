"""The work on an order, from the SHO's acceptance to the superior's word and the citizen's answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import Http404

from rabta import journey
from rabta.cases.models import Case, Event, Evidence, Order, Report
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.journey.ending.flagging import Fir
from tests.cast import HOUR, KOTWALI, MINUTE, NOW, Citizen, acting, hears, post_named
from tests.steps.stage import THEFT, happened, lead, phones_told, theft, told

LATER = NOW + HOUR


def accepted(cast: SimpleNamespace) -> Order:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.accept(order=order, by=by, now=LATER)
    return order


def reported(
    cast: SimpleNamespace,
    case: Case | None = None,
    *,
    outcome: str = "action_taken",
    text: str = "Found it",
    fir: Fir | None = None,
) -> Report:
    order = lead(case or theft(cast))
    with acting(cast.sho) as by:
        return journey.report(order=order, text=text, outcome=outcome, fir=fir, by=by, now=LATER)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_accepting_is_told_once_and_costs_nothing_twice(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    with acting(cast.sho) as by:
        journey.accept(order=order, by=by, now=LATER + HOUR)
    order = fresh(order)
    assert (order.state, order.accepted_at, order.accepted_by) == ("accepted", LATER, cast.sho)
    assert order.case.state == "acknowledged"
    assert happened(order.case).count("accepted") == 1


def test_on_the_way_accepts_and_is_no_contact_yet(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.on_the_way(order=order, by=by, now=LATER)
        journey.on_the_way(order=order, by=by, now=LATER + HOUR)
    order = fresh(order)
    assert (order.accepted_at, order.on_the_way_at, order.case.contacted_at) == (LATER, LATER, None)
    assert order.case.state == "in_inquiry"
    assert happened(order.case).count("on_the_way") == 1


def test_a_photo_is_evidence_with_its_place_and_time(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    photo = StoredFile.objects.create(
        kind="image", mime="image/jpeg", size=9, sha256="ab" * 32, stored_at=LATER
    )
    with acting(cast.sho) as by:
        journey.add_evidence(
            order=order,
            file=photo,
            caption="c" * 300,
            lat=KOTWALI[0],
            lng=KOTWALI[1],
            taken_at=NOW,
            by=by,
            now=LATER,
        )
    evidence = Evidence.objects.get()
    assert (evidence.order, evidence.file, evidence.officer) == (order, photo, cast.sho)
    assert (evidence.lat, evidence.taken_at, len(evidence.caption)) == (KOTWALI[0], NOW, 200)
    assert fresh(order.case).state == "in_inquiry"


def test_a_report_waits_for_the_superior(cast: SimpleNamespace) -> None:
    report = reported(cast)
    assert (report.order.state, report.decision, report.officer) == ("reported", "", cast.sho)
    assert fresh(report.order).accepted_at == LATER
    with acting(cast.sho) as by, pytest.raises(Refused):
        journey.report(order=report.order, text="Again", outcome="action_taken", by=by, now=LATER)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "outcome"), [("", "action_taken"), ("x", ""), ("x", "duplicate"), ("x", "withdrawn")]
)
def test_a_report_needs_words_and_an_outcome_of_the_list(
    cast: SimpleNamespace, text: str, outcome: str
) -> None:
    order = accepted(cast)
    with acting(cast.sho) as by, pytest.raises(Refused):
        journey.report(order=order, text=text, outcome=outcome, by=by, now=LATER)


def test_a_returned_lead_waits_at_the_desk_for_another(cast: SimpleNamespace) -> None:
    order = accepted(cast)
    with acting(cast.sho) as by:
        journey.return_order(order=order, reason="Not my area", by=by, now=LATER)
    order = fresh(order)
    assert (order.state, order.return_reason, order.case.state) == ("returned", "Not my area", "new")
    assert order.case.waiting_why["code"] == "returned"
    with acting(cast.operator) as by:
        journey.order(
            case=order.case, post=post_named(cast.sho_gulbahar), part="lead", instruction="", by=by, now=LATER
        )
    assert fresh(order.case).state == "forwarded" and fresh(order.case).waiting_why == {}


@pytest.mark.parametrize("name", ["sho_gulbahar", "co", "sp", "operator", "igp", "nobody"])
def test_nobody_works_an_order_of_another_post(cast: SimpleNamespace, name: str) -> None:
    order = lead(theft(cast))
    with acting(getattr(cast, name)) as by:
        for verb in (
            lambda: journey.accept(order=order, by=by, now=LATER),
            lambda: journey.on_the_way(order=order, by=by, now=LATER),
            lambda: journey.report(order=order, text="x", outcome="advice", by=by, now=LATER),
            lambda: journey.return_order(order=order, reason="x", by=by, now=LATER),
        ):
            with pytest.raises(
                (Refused, Http404, Case.DoesNotExist)
            ):  # who does not see the case does not find it
                verb()
    assert fresh(order).state == "issued"


@pytest.mark.parametrize("state", ["verified", "returned", "replaced"])
def test_an_order_that_is_over_is_not_worked(cast: SimpleNamespace, state: str) -> None:
    order = lead(theft(cast))
    Order.objects.filter(pk=order.pk).update(state=state)
    with acting(cast.sho) as by, pytest.raises(Refused):
        journey.accept(order=order, by=by, now=LATER)


def test_whoever_was_only_informed_has_nothing_to_report(cast: SimpleNamespace) -> None:
    order = Order.objects.get(case=theft(cast), part="inform")
    with acting(cast.co) as by:
        journey.accept(order=order, by=by, now=LATER)
        with pytest.raises(Refused):
            journey.report(order=order, text="x", outcome="advice", by=by, now=LATER)
    assert fresh(order.case).state == "forwarded"  # the case follows its lead only


@pytest.mark.parametrize("language", THEFT)
def test_an_accepted_report_closes_the_case_and_the_citizen_reads_it(
    cast: SimpleNamespace, language: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(THEFT[language]), citizen.pins(KOTWALI))
    with pytest.raises(Refused):
        reported(cast, Case.objects.get(), outcome="fir_registered", text="FIR 12")
    fir = Fir(number="12/26", unit=cast.kotwali, on=LATER.date())
    report = reported(cast, Case.objects.get(), outcome="fir_registered", text="FIR 12", fir=fir)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER + HOUR)
    case, order = Case.objects.get(), fresh(report.order)
    assert (case.state, case.outcome, case.closed_at) == ("closed", "fir_registered", LATER + HOUR)
    assert (case.fir_number, case.fir_unit, case.fir_on) == ("12/26", cast.kotwali, LATER.date())
    assert (order.state, order.finished_at) == ("verified", LATER + HOUR)
    words = {"en": "closed", "ur": "نمٹا", "hi": "निस्तारण", "ps": "وتړل", "roman": "nimta"}[language]
    ended = {"en": "FIR", "ur": "مقدمہ", "hi": "प्रथम सूचना", "ps": "ایف آی آر", "roman": "FIR"}[language]
    assert words in told(case)[-1] and ended in told(case)[-1] and case.reference in told(case)[-1]
    assert "FIR 12" not in told(case)[-1]  # the officer's own words, in his language, stay among officers
    assert happened(case)[-2:] == ["report_accepted", "closed"]


def test_the_superior_may_word_what_the_citizen_reads(cast: SimpleNamespace) -> None:
    report = reported(cast, outcome="action_taken", text="Cycle recovered, Roznamcha 14")
    with acting(cast.co) as by:
        journey.decide(
            report=report, decision="accepted", remark="", told="Your cycle is at Kotwali", by=by, now=LATER
        )
    case = Case.objects.get()
    assert "Your cycle is at Kotwali. " in told(case)[-1] and case.reference in told(case)[-1]
    assert "Roznamcha" not in told(case)[-1] and case.closing_remark == "Cycle recovered, Roznamcha 14"


def test_words_for_the_citizen_are_not_endless(cast: SimpleNamespace) -> None:
    report = reported(cast)
    with acting(cast.co) as by, pytest.raises(Refused, match="900"):
        journey.decide(report=report, decision="accepted", remark="", told="x" * 901, by=by, now=LATER)
    assert Case.objects.get().state != "closed"


def test_in_a_sensitive_case_the_citizen_reads_only_that_it_is_closed(cast: SimpleNamespace) -> None:
    report = reported(cast, text="The husband was arrested")
    Case.objects.update(urgency=1)
    with acting(cast.co) as by:
        journey.decide(
            report=report, decision="accepted", remark="", told="Your husband is held", by=by, now=LATER
        )
    case = Case.objects.get()
    assert case.closing_remark == "The husband was arrested"
    assert case.reference in told(case)[-1] and "husband" not in told(case)[-1]


def test_a_rejected_report_goes_back_and_the_officer_is_told(cast: SimpleNamespace) -> None:
    report = reported(cast)
    before = list(phones_told())
    sent = Order.objects.get(pk=report.order_id).delivery_id
    with acting(cast.co) as by:
        with pytest.raises(Refused):
            journey.decide(report=report, decision="rejected", remark=" ", by=by, now=LATER)
        journey.decide(report=report, decision="rejected", remark="Where is the photo?", by=by, now=LATER)
    order = fresh(report.order)
    assert (order.state, order.case.state) == ("accepted", "in_inquiry")
    assert order.delivery_id != sent and list(phones_told()) == before
    with acting(cast.sho) as by:
        second = journey.report(order=order, text="Photo added", outcome="action_taken", by=by, now=LATER)
    with acting(cast.co) as by:
        journey.decide(report=second, decision="accepted", remark="", by=by, now=LATER)
    assert Case.objects.get().state == "closed"


def test_a_decision_is_taken_once_and_is_one_of_two(cast: SimpleNamespace) -> None:
    report = reported(cast)
    with acting(cast.co) as by:
        with pytest.raises(Refused):
            journey.decide(report=report, decision="perhaps", remark="x", by=by, now=LATER)
        journey.decide(report=report, decision="rejected", remark="x", by=by, now=LATER)
    with acting(cast.sp) as by, pytest.raises(Refused):
        journey.decide(report=report, decision="accepted", remark="x", by=by, now=LATER)
    assert Event.objects.filter(what__startswith="report_").count() == 1


@pytest.mark.parametrize("name", ["sho", "operator", "oversight", "administrator"])
def test_only_a_commander_verifies(cast: SimpleNamespace, name: str) -> None:
    report = reported(cast)
    with acting(getattr(cast, name)) as by, pytest.raises((Refused, Http404)):
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    assert fresh(report).decision == ""


def test_nobody_verifies_his_own_report(cast: SimpleNamespace) -> None:
    from tests.cast import also_holds

    also_holds(cast.co, post_named(cast.sho))
    order = lead(theft(cast))
    with acting(cast.co) as by:
        report = journey.report(order=order, text="x", outcome="advice", by=by, now=LATER)
        with pytest.raises(Refused):
            journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    with acting(cast.sp) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    assert Case.objects.get().state == "closed"


def test_found_false_needs_two_officers(cast: SimpleNamespace) -> None:
    report = reported(cast, outcome="found_false")
    Order.objects.filter(pk=report.order_id).update(accepted_by=cast.co)
    with acting(cast.co) as by, pytest.raises(Refused):
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    with acting(cast.sp) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    assert Case.objects.get().outcome == "found_false"


def test_the_case_does_not_close_while_a_supporting_unit_works(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        support = journey.order(
            case=case, post=post_named(cast.ctd_head), part="support", instruction="", by=by, now=LATER
        )
    report = reported(cast, case)
    with acting(cast.sp) as by, pytest.raises(Refused):
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    with acting(cast.ctd_head) as by:
        theirs = journey.report(order=support, text="Nothing", outcome="not_substantiated", by=by, now=LATER)
    with acting(cast.sp) as by:
        journey.decide(report=theirs, decision="accepted", remark="", by=by, now=LATER)
        assert fresh(case).state == "in_inquiry"
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    assert fresh(case).state == "closed"


def test_after_the_case_is_closed_its_orders_rest(cast: SimpleNamespace) -> None:
    report = reported(cast)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    inform = Order.objects.get(part="inform")
    with acting(cast.co) as by, pytest.raises(Refused):
        journey.accept(order=inform, by=by, now=LATER + MINUTE)
