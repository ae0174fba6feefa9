"""Contact with the citizen: only that somebody spoke with him, and said so, stops its clock."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Order
from rabta.cases.refusal import Refused
from rabta.journey.deciding import relayed
from rabta.review import sweep
from rabta.review.models import Escalation
from rabta.rules.human_contact import How
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting, as_role
from tests.steps.stage import happened, lead, theft

LATER = NOW + HOUR


def at_contact(case: Case) -> object:
    return Case.objects.get(pk=case.pk).contacted_at


def said(case: Case, what: str) -> list[dict[str, str]]:
    return list(Event.objects.filter(case=case, what=what).order_by("id").values_list("data", flat=True))


@pytest.mark.parametrize("how", [How.TELEPHONE, How.IN_PERSON, How.MESSAGE])
def test_the_desk_says_how_it_spoke_with_the_citizen(cast: SimpleNamespace, how: str) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.contacted(case=case, how=how, by=by, now=LATER)
        journey.contacted(case=case, how=how, by=by, now=LATER + HOUR)
    assert at_contact(case) == LATER
    assert said(case, "contacted") == [{"how": how}] * 2


def test_a_try_that_reached_nobody_is_kept_and_stops_no_clock(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.contacted(case=case, how=How.NOT_REACHED, by=by, now=LATER)
    assert at_contact(case) is None and happened(case)[-1] == "contact_tried"
    with as_role("rabta_worker"):
        sweep.sweep(now=NOW + DAY + MINUTE)
    assert Escalation.objects.filter(case=case, step="contact", level=1).exists()
    with acting(cast.operator) as by:
        journey.contacted(case=case, how=How.TELEPHONE, by=by, now=NOW + DAY + 2 * MINUTE)
    with as_role("rabta_worker"):
        sweep.sweep(now=NOW + DAY + 3 * MINUTE)
    assert not Escalation.objects.filter(case=case, step="contact", ended_at=None).exists()


def test_whoever_has_the_order_accepts_it_by_speaking_with_the_citizen(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.contacted_for_order(order=order, how=How.TELEPHONE, by=by, now=LATER)
    order.refresh_from_db()
    assert (order.state, order.accepted_by, at_contact(order.case)) == ("accepted", cast.sho, LATER)
    assert said(order.case, "contacted") == [{"how": "telephone", "order": order.public_id}]


def test_a_report_says_it_with_one_tap_and_alone_is_no_contact(cast: SimpleNamespace) -> None:
    for contact, expected in (("", None), ("in_person", LATER)):
        order = lead(theft(cast, Citizen()))
        with acting(cast.sho) as by:
            journey.report(
                order=order, text="Found", outcome="action_taken", contact=contact, by=by, now=LATER
            )
        assert at_contact(order.case) == expected


def test_words_that_an_officer_writes_are_a_reply_and_no_contact(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.accept(order=order, by=by, now=LATER)
        relayed.write(order=order, text="Where exactly?", by=by, now=LATER)
    assert at_contact(order.case) is None


def test_a_report_that_is_under_way_does_not_hinder_it(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.report(order=order, text="Found", outcome="action_taken", by=by, now=LATER)
        journey.contacted_for_order(order=order, how=How.MESSAGE, by=by, now=LATER + HOUR)
    order.refresh_from_db()
    assert (order.state, at_contact(order.case)) == ("reported", LATER + HOUR)


def test_who_may_not_is_refused(cast: SimpleNamespace) -> None:
    case = theft(cast)
    inform = Order.objects.get(case=case, part="inform")
    with acting(cast.operator) as by, pytest.raises(Refused, match="Say how"):
        journey.contacted(case=case, how="by pigeon", by=by, now=LATER)
    with acting(cast.sho) as by, pytest.raises(Refused, match="None of your postings"):
        journey.contacted(case=case, how=How.TELEPHONE, by=by, now=LATER)
    with acting(cast.co) as by, pytest.raises(Refused, match="for information"):
        journey.contacted_for_order(order=inform, how=How.TELEPHONE, by=by, now=LATER)
    with acting(cast.operator) as by, pytest.raises(Refused, match="a post that you do not hold"):
        journey.contacted_for_order(order=lead(case), how=How.TELEPHONE, by=by, now=LATER)
    now = NOW + 5 * HOUR
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="advice", closed_at=now, changed_at=now)
    with acting(cast.operator) as by, pytest.raises(Refused, match="closed"):
        journey.contacted(case=case, how=How.TELEPHONE, by=by, now=now)
    assert at_contact(case) is None
