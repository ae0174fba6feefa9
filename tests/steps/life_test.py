"""How cases end and what can happen to them afterwards: approvals, withdrawal, reopening, opinions, appeals."""

import re
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from rabta import journey
from rabta.cases.approvals import Approval
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.replying import closing, wishes
from rabta.rules.wishes import wished
from rabta.triage import tables
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, hears
from tests.steps.stage import accusation, happened, lead, theft, told

LATER = NOW + HOUR
SOON = LATER + HOUR


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def closed(cast: SimpleNamespace, citizen: Citizen | None = None, *, outcome: str = "action_taken") -> Case:
    """A theft that the station reported on and the circle officer closed."""
    case = theft(cast, citizen)
    with acting(cast.sho) as by:
        report = journey.report(order=lead(case), text="Done", outcome=outcome, by=by, now=LATER)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    return fresh(case)


def asked(cast: SimpleNamespace, outcome: str, case: Case | None = None) -> Approval:
    """The desk asks for a closing that one officer alone may not give."""
    case = case or theft(cast)
    with acting(cast.operator) as by:
        made = journey.close_by_desk(case=case, outcome=outcome, remark="He took it back", by=by, now=LATER)
    assert made is not None
    return made


def test_a_closing_that_needs_two_officers_waits_until_another_approves(cast: SimpleNamespace) -> None:
    approval = asked(cast, "withdrawn")
    case = approval.case
    assert (fresh(case).state, happened(case)[-1]) == ("forwarded", "closing_asked")
    with acting(cast.desk_head) as by:
        journey.decide_closing(approval=approval, decision="approved", remark="", by=by, now=SOON)
    case = fresh(case)
    assert (case.state, case.outcome, case.closing_remark) == ("closed", "withdrawn", "He took it back")
    assert happened(case)[-2:] == ["closing_approved", "closed"]
    assert not case.orders.filter(state__in=("issued", "accepted", "reported")).exists()


def test_a_refused_closing_changes_nothing_and_can_be_asked_again(cast: SimpleNamespace) -> None:
    approval = asked(cast, "withdrawn")
    with acting(cast.desk_head) as by:
        with pytest.raises(Refused):
            journey.decide_closing(approval=approval, decision="refused", remark=" ", by=by, now=SOON)
        journey.decide_closing(approval=approval, decision="refused", remark="Ask him", by=by, now=SOON)
        with pytest.raises(Refused):
            journey.decide_closing(approval=approval, decision="approved", remark="", by=by, now=SOON)
    assert fresh(approval.case).state == "forwarded"
    assert asked(cast, "withdrawn", approval.case).pk != approval.pk


def test_who_asked_or_inquired_does_not_approve(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.desk_head) as by:
        mine = journey.close_by_desk(case=case, outcome="withdrawn", remark="x", by=by, now=LATER)
        assert mine is not None
        with pytest.raises(Refused, match="another officer"):
            journey.decide_closing(approval=mine, decision="approved", remark="", by=by, now=SOON)
    for nobody in (cast.operator, cast.sho):
        with acting(nobody) as by, pytest.raises(Refused):
            journey.decide_closing(approval=mine, decision="approved", remark="", by=by, now=SOON)


def test_while_a_closing_waits_no_other_is_asked_or_given(cast: SimpleNamespace) -> None:
    approval = asked(cast, "withdrawn")
    with pytest.raises(Refused, match="waits"):
        asked(cast, "withdrawn", approval.case)
    with acting(cast.sho) as by:
        report = journey.report(order=lead(approval.case), text="x", outcome="action_taken", by=by, now=LATER)
    with acting(cast.co) as by, pytest.raises(Refused, match="waits"), transaction.atomic():
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)


def test_a_report_of_found_false_is_approved_by_whoever_accepts_it(cast: SimpleNamespace) -> None:
    case = closed(cast, outcome="found_false")
    approval = Approval.objects.get(case=case)
    assert (case.outcome, approval.asked_by, approval.decided_by) == ("found_false", cast.sho, cast.co)


@pytest.mark.parametrize("outcome", ["action_taken", "duplicate", "nonsense"])
def test_the_desk_gives_no_outcome_that_a_unit_reports(cast: SimpleNamespace, outcome: str) -> None:
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.close_by_desk(case=theft(cast), outcome=outcome, remark="x", by=by, now=LATER)


def refused(case: Case, words: str, **facts: object) -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**facts)


def test_the_database_refuses_what_the_table_does_not_allow(cast: SimpleNamespace) -> None:
    case, done = theft(cast), {"state": "closed", "closed_at": LATER}
    refused(case, "second officer", outcome="found_false", **done)
    refused(case, "second officer", outcome="withdrawn", **done)
    over = closed(cast)
    refused(over, "does not become", state="new", outcome="", closed_at=None, reopened_at=SOON)
    refused(over, "reopened", state="in_inquiry", outcome="", closed_at=None)
    refused(over, "second officer", outcome="found_false")
    approval = asked(cast, "withdrawn", case)
    with pytest.raises(IntegrityError, match="another_officer"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            decision="approved", decided_by=approval.asked_by, decided_at=SOON
        )


@pytest.fixture
def thefts_need_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    known = tables.categories()
    changed = known | {"theft": replace(known["theft"], evidence=True)}
    monkeypatch.setattr(tables, "categories", lambda: changed)


@pytest.mark.usefixtures("thefts_need_evidence")
def test_a_category_may_ask_for_evidence(cast: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="evidence"):
        closed(cast)


def test_the_citizen_withdraws_by_a_word_and_an_officer_looks_at_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("WITHDRAW I found it"), at=LATER)
    hears(cast, citizen.says("WITHDRAW I found it"), at=LATER + MINUTE)
    approval = Approval.objects.get(case=case)
    assert (approval.asked_by, approval.event.data["remark"]) == (None, "WITHDRAW I found it")
    assert fresh(case).state == "forwarded" and Case.objects.count() == 1
    assert "stays open" in told(case)[-1]
    assert Message.objects.filter(case=case, text="WITHDRAW I found it").count() == 2
    with acting(cast.co) as by:
        journey.decide_closing(approval=approval, decision="approved", remark="", by=by, now=SOON)
    assert fresh(case).outcome == "withdrawn"


def test_the_citizen_is_asked_what_he_thinks_and_answers_with_a_number(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    assert case.feedback_asked_at == LATER and "Are you satisfied" in told(case)[-1]
    hears(cast, citizen.says("4"), at=SOON)
    case = fresh(case)
    assert (case.satisfaction, case.feedback_at, case.state) == (4, SOON, "closed")
    assert "Thank you" in told(case)[-1] and Case.objects.count() == 1
    hears(cast, citizen.says("2"), at=SOON + MINUTE)
    assert fresh(case).satisfaction == 4


def test_an_unsatisfied_citizen_is_told_how_to_reopen_and_may_do_so_once(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("not satisfied"), at=SOON)
    assert fresh(case).satisfaction == 1 and "REOPEN" in told(case)[-1]
    hears(cast, citizen.says("Reopen they never came"), at=SOON + MINUTE)
    case = fresh(case)
    assert (case.state, case.outcome, case.reopened_by_citizen) == ("in_inquiry", "", True)
    assert case.reopened_at == SOON + MINUTE and case.waiting_why == {"code": "reopened_by_citizen"}
    assert "reopened" in told(case)[-1] and Case.objects.count() == 1
    with acting(cast.operator) as by:
        journey.order_suggested(case=case, by=by, now=SOON + HOUR)
    with acting(cast.sho) as by:
        report = journey.report(order=lead(case), text="x", outcome="advice", by=by, now=SOON + DAY)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=SOON + DAY)
    letter = next(words for words in reversed(told(case)) if "has been closed" in words)
    assert "send APPEAL" in letter and "REOPEN" not in letter
    hears(cast, citizen.says("reopen"), at=SOON + DAY + HOUR)
    assert fresh(case).state == "closed" and "APPEAL" in told(case)[-1]


@pytest.mark.parametrize("language", ["en", "hi", "ur", "ps", "roman"])
def test_what_the_second_closing_letter_says_to_send_is_heard_as_an_appeal(
    cast: SimpleNamespace, language: str
) -> None:
    case = closed(cast)
    first = closing.text(case=case, told="")
    Case.objects.filter(pk=case.pk).update(reopened_by_citizen=True, language=language)
    case.conversation.language = language
    case.conversation.save()
    again = closing.text(case=fresh(case), told="")
    word = re.findall(r"(?:send|लिखें|ولیکئ|likhen|لکھیں):? ([^ ,،.]+)", again)[-1]
    assert first != again and wished(word, words=wishes._words()).wish == "appeal", again


def test_after_thirty_days_it_stays_closed(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("reopen"), at=LATER + 31 * DAY)
    assert fresh(case).state == "closed" and "not possible" in told(case)[-1]


def test_an_officer_reopens_with_a_reason(cast: SimpleNamespace) -> None:
    case = closed(cast)
    with acting(cast.sho) as by, pytest.raises(Refused):
        journey.reopen(case=case, reason="x", by=by, now=SOON)
    with acting(cast.sp) as by:
        with pytest.raises(Refused):
            journey.reopen(case=case, reason=" ", by=by, now=SOON)
        journey.reopen(case=case, reason="The photo shows another street", by=by, now=SOON)
        with pytest.raises(Refused):
            journey.reopen(case=case, reason="again", by=by, now=SOON)
    assert fresh(case).state == "in_inquiry" and not fresh(case).reopened_by_citizen


def test_an_appeal_goes_to_the_level_above_and_is_decided_there(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("APPEAL the thief is known"), at=SOON)
    case = fresh(case)
    assert (case.appeal_state, case.appeal_unit, case.state) == ("open", cast.peshawar, "closed")
    with acting(cast.co) as by, pytest.raises(Refused, match="next level"):
        journey.decide_appeal(case=case, decision="upheld", remark="x", by=by, now=SOON)
    with acting(cast.sp) as by:
        journey.decide_appeal(case=case, decision="upheld", remark="Ask the shops", by=by, now=SOON)
    case = fresh(case)
    assert (case.appeal_state, case.state, case.waiting_why) == (
        "upheld",
        "in_inquiry",
        {"code": "appeal_upheld"},
    )
    assert "upheld" in told(case)[-1]


def test_a_rejected_appeal_leaves_it_closed_and_is_not_made_twice(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("appeal"), at=SOON)
    with acting(cast.igp) as by:
        journey.decide_appeal(case=fresh(case), decision="rejected", remark="Right as it is", by=by, now=SOON)
    assert (fresh(case).appeal_state, fresh(case).state) == ("rejected", "closed")
    assert "rejected" in told(case)[-1]
    hears(cast, citizen.says("appeal"), at=SOON + HOUR)
    assert fresh(case).appeal_state == "rejected" and "not possible" in told(case)[-1]


def test_an_accusation_in_the_same_breath_goes_its_own_way(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = closed(cast, citizen)
    hears(cast, citizen.says("reopen, the SHO of Kotwali asked me for a bribe"), at=SOON)
    assert fresh(case).state == "closed" and Case.objects.latest("id").withheld == "accusation"


def test_nobody_is_asked_what_he_thinks_where_it_could_endanger_him(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, by=by, now=LATER)
        journey.close_by_desk(case=fresh(case), outcome="advice", remark="x", by=by, now=LATER)
    assert fresh(case).feedback_asked_at is None and not any("satisfied with" in said for said in told(case))


def test_an_emergency_is_handed_over_when_the_line_has_a_number_for_it(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            journey.confirm_hand_over(case=case, number="15-88", by=by, now=LATER)
        journey.hand_over(case=case, to="Constable Gul", by=by, now=LATER)
        journey.hand_over(case=case, to="ASI Khan", by=by, now=LATER + MINUTE)
        journey.confirm_hand_over(case=case, number=" 15-88 ", by=by, now=LATER + MINUTE)
        with pytest.raises(Refused, match="15-88"):
            journey.hand_over(case=case, to="Again", by=by, now=SOON)
    case = fresh(case)
    assert (case.handed_over_to, case.line_incident, case.line_confirmed_at) == (
        "ASI Khan",
        "15-88",
        LATER + MINUTE,
    )
    assert happened(case)[-3:] == ["handed_over", "handed_over", "hand_over_confirmed"]


def test_a_matter_of_another_force_is_closed_with_whom_to_turn_to(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            journey.close_by_desk(case=case, outcome="transferred", remark="x", by=by, now=LATER)
        with pytest.raises(Refused):
            journey.transfer(case=case, force="atlantis", remark="x", by=by, now=LATER)
        made = journey.transfer(case=case, force="sindh", remark="Happened in Karachi", by=by, now=LATER)
    assert (fresh(case).outcome, made.force, made.state) == ("transferred", "sindh", "told")
    assert "Sindh Police" in told(case)[-1] and "Karachi" in told(case)[-1]


def test_the_station_writes_its_fir_down_and_nobody_else_of_its_kind(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.sho) as by:
        facts = {"case": case, "unit": cast.kotwali, "by": by, "now": LATER}
        with pytest.raises(Refused):
            journey.record_fir(number="12/26", on=(LATER + 2 * DAY).date(), **facts)
        journey.record_fir(number="12/26", on=LATER.date(), **facts)
        journey.set_investigation(case=case, under=True, by=by, now=LATER)
        journey.set_investigation(case=case, under=True, by=by, now=LATER)
    case = fresh(case)
    assert (case.fir_number, case.fir_unit, case.under_investigation) == ("12/26", cast.kotwali, True)
    assert happened(case).count("investigation_begun") == 1
    with acting(cast.sho_gulbahar) as by, pytest.raises(Refused):
        journey.set_investigation(case=case, under=False, by=by, now=LATER)
