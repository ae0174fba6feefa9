"""After an upheld appeal: the next above is suggested, and who led before is ordered only with a reason."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.journey import Choice
from tests.cast import HOUR, NOW, Citizen, acting, hears, post_named
from tests.steps.stage import lead, theft

LATER, SOON = NOW + HOUR, NOW + 2 * HOUR
AGAIN = "led this case before the appeal"


@pytest.fixture
def upheld(cast: SimpleNamespace) -> Case:
    """A theft that Kotwali reported on; the district upheld the appeal."""
    citizen = Citizen()
    case = theft(cast, citizen)
    with acting(cast.sho) as by:
        report = journey.report(order=lead(case), text="Done", outcome="action_taken", by=by, now=LATER)
    with acting(cast.co) as by:
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    hears(cast, citizen.says("APPEAL the thief is known"), at=SOON)
    with acting(cast.sp) as by:
        journey.decide_appeal(
            case=Case.objects.get(pk=case.pk), decision="upheld", remark="Ask the shops", by=by, now=SOON
        )
    return Case.objects.get(pk=case.pk)


def test_the_next_above_is_suggested_and_ordered(cast: SimpleNamespace, upheld: Case) -> None:
    with acting(cast.operator) as by:
        found = journey.suggest(upheld, now=SOON)
        assert found and found.lead and found.lead.post == post_named(cast.co)
        assert (found.inform, found.why["code"]) == (None, "above_former_lead")
        journey.order_suggested(case=upheld, by=by, now=SOON)
    order = lead(upheld)
    assert order.post == post_named(cast.co)
    assert order.reason == f"{post_named(cast.sho)} led it before the appeal, so the next above is suggested."


def test_who_led_before_is_ordered_with_a_reason_only(cast: SimpleNamespace, upheld: Case) -> None:
    again, before = Choice(post=post_named(cast.sho), part="lead"), upheld.orders.get(part="lead")
    with acting(cast.sp) as by:
        with pytest.raises(Refused, match=AGAIN):
            journey.order_several(case=upheld, choices=[again], reason=" ", by=by, now=SOON)
        with pytest.raises(Refused, match=AGAIN):
            journey.order_again(order=before, by=by, now=SOON)
        with pytest.raises(Refused, match=AGAIN):
            journey.order(case=upheld, post=again.post, part="lead", instruction="", by=by, now=SOON)
        journey.order_several(case=upheld, choices=[again], reason="A new SHO serves there", by=by, now=SOON)
        journey.order_again(order=lead(upheld), by=by, now=SOON)
    assert lead(upheld).post == post_named(cast.sho)


def test_whoever_did_not_lead_is_ordered_as_ever(cast: SimpleNamespace, upheld: Case) -> None:
    other = Choice(post=post_named(cast.sho_gulbahar), part="lead")
    with acting(cast.sp) as by:
        journey.order_several(case=upheld, choices=[other], by=by, now=SOON)
    assert lead(upheld).post == post_named(cast.sho_gulbahar)
