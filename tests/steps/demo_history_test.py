"""The demonstration's history is told as a force would work: its stories are possible, and little is late."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from rabta.cases.limits import NEXT_LIMIT
from rabta.cases.models import Case, Order, State, Withheld
from rabta.demo import force, history, provider, stories
from rabta.demo.acting import Force, Matter
from rabta.force import directory
from rabta.force.access import Scope, scope_of, system
from rabta.force.models import Officer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAYS, DAY = 8, timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The last days of it; all of it is gone when these tests are done. A story that does not fit fails here."""
    from django.db import transaction

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(force, "make_password", lambda _: "!")  # nobody logs in here
        patch.setenv("RABTA_DEMO_DAYS", str(DAYS))
        with system("a test"):
            force.create(today=NOW.date())
            provider.create_accounts(simulator="https://provider.invalid")
            directory.forget()
            stories.play(now=NOW, say=lambda _: None)
        yield
        transaction.set_rollback(True)
        directory.forget()


def scope(username: str) -> Scope:
    return scope_of(Officer.objects.get(username=username), on=NOW.date())


def test_nothing_stands_as_new_for_three_days_and_nobody_in_danger_for_one() -> None:
    new = Case.objects.filter(state=State.NEW)
    assert not new.filter(opened_at__lt=NOW - 3 * DAY)
    assert not new.filter(opened_at__lt=NOW - DAY, urgency__lte=1)
    assert new.filter(opened_at__gt=NOW - DAY).count() > 5  # the desk has work


def test_some_is_late_but_little() -> None:
    open_cases = Case.objects.exclude(state=State.CLOSED)
    late = open_cases.annotate(limit_at=NEXT_LIMIT).filter(limit_at__lt=NOW)
    assert 0 < late.count() < open_cases.count() / 2


def test_an_accusation_is_inquired_into_and_the_station_knows_nothing_of_it() -> None:
    case = Case.objects.get(withheld=Withheld.ACCUSATION, accused_unit__code="PSH-GLB")
    assert (case.state, case.lead_unit.code) == (State.IN_INQUIRY, "PSH")
    seen = {
        name: Case.objects.filter(scope(name).visible(), pk=case.pk).exists()
        for name in ("salma-kakar", "farrukh-durrani", "noor-haider", "asad-mohmand")
    }
    assert seen == {
        "salma-kakar": True,
        "farrukh-durrani": True,
        "noor-haider": False,
        "asad-mohmand": False,
    }


def test_a_refusal_to_register_goes_to_the_circle_and_a_tip_to_the_district() -> None:
    leads = Order.objects.filter(part=Order.Part.LEAD)
    refused = leads.filter(case__category="fir_refusal").values_list("unit__level__code", flat=True)
    tips = leads.filter(case__category="crime_tip").values_list("unit__level__code", flat=True)
    assert (set(refused), set(tips)) == ({"circle"}, {"district"})


def test_whoever_supports_has_reported_before_a_case_is_closed() -> None:
    supports = Order.objects.filter(part=Order.Part.SUPPORT, case__state=State.CLOSED)
    assert supports.exists()
    assert not supports.exclude(state=Order.State.VERIFIED)


def test_nobody_accepts_before_it_is_ordered_or_verifies_before_it_is_reported() -> None:
    assert not Order.objects.filter(accepted_at__lt=F("issued_at"))
    assert not Order.objects.filter(reports__decided_at__lt=F("reports__at"))


def test_a_story_that_the_product_refuses_is_an_error_with_its_line() -> None:
    case = Case.objects.filter(state=State.CLOSED, urgency=3, lead_unit=None)[0]
    row = {"story": "closed_action", "category": "theft", "remark": ""}
    line = history.Line(number=40, at=case.opened_at, row=row)
    mail = history.Mail(pictures=[])
    matter = Matter(line=line, case=case, force=Force(), mail=mail, read_at=line.at)
    with pytest.raises(stories.DoesNotFit, match="line 42: The case is closed"):
        list(stories.steps(matter, now=NOW))


def test_the_clock_takes_steps_in_order_and_none_that_is_to_come() -> None:
    taken = []

    def story(name: str, *days: int) -> Iterator[datetime]:
        for day in days:
            yield NOW + day * DAY
            taken.append((name, day))

    clock = stories.Clock(now=NOW)
    clock.start(story("one", -3, -1, 1))
    clock.start(story("other", -2, 0))
    clock.run(until=NOW - 2 * DAY)
    assert taken == [("one", -3), ("other", -2)]
    clock.run(until=NOW + 2 * DAY)
    assert taken == [("one", -3), ("other", -2), ("one", -1), ("other", 0)]
