"""What was done about limits and closings while a case was kept from most stays with those who saw it then."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from rabta import journey
from rabta.cases.approvals import Approval
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.journey.ending import closing
from rabta.journey.matters import merging
from rabta.journey.timing import pausing
from rabta.review import interims, sweep
from rabta.review.models import Escalation, Interim, Pause
from tests import cast as players
from tests.cast import DAY, NOW, Citizen, acting, post_named
from tests.steps.eyes import LATER, accused
from tests.steps.stage import accusation, theft

OF_LIMITS = (Pause, Escalation, Interim, Approval)


def known_of(who: Officer, case: Case) -> set[str]:
    """Of which of these tables the officer reads a row of the case, with row-level security alone."""
    with acting(who):
        assert Case.objects.filter(pk=case.pk).exists()
        return {model.__name__ for model in OF_LIMITS if model.objects.filter(case=case.pk).exists()}


def time_passes(late: datetime) -> None:
    with players.as_role("rabta_worker"):
        sweep.sweep(now=late)
        interims.suggest(now=late)


def refused_closing(cast: SimpleNamespace, case: Case) -> None:
    """A closing is asked for by the desk, and refused by its head."""
    with acting(cast.operator) as by:
        approval = closing.close_by_desk(case=case, outcome="withdrawn", remark="x", by=by, now=LATER)
    assert approval is not None
    with acting(cast.desk_head) as by, pytest.raises(Refused, match="waits for approval"):
        journey.release(case=case, remark="x", by=by, now=LATER)
    with acting(cast.desk_head) as by:
        closing.decide_closing(approval=approval, decision="refused", remark="No", by=by, now=LATER)


def test_limits_and_closings_of_a_withheld_time_are_not_read_after_the_release(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    with acting(cast.operator) as by:
        pausing.pause(case=case, reason="citizen", until=LATER + DAY, by=by, now=LATER)
    refused_closing(cast, case)
    late = NOW + 22 * DAY
    time_passes(late)
    with acting(cast.operator) as by:
        journey.release(case=case, remark="Nobody is accused", by=by, now=late + timedelta(minutes=1))
        journey.order(
            case=case, post=post_named(cast.sho), part="lead", instruction="", by=by, now=late + DAY
        )
    assert known_of(cast.operator, case) == {model.__name__ for model in OF_LIMITS}
    for who in (cast.sho, cast.co):
        assert known_of(who, case) == set(), who
    assert not Pause.objects.filter(ended_at=None).exists()
    time_passes(late + 30 * DAY)
    assert known_of(cast.sho, case) == {"Escalation", "Interim"}


def test_what_was_absorbed_does_not_come_back_into_the_sight_of_who_was_accused_meanwhile(
    cast: SimpleNamespace,
) -> None:
    kept, absorbed = theft(cast), theft(cast, Citizen())
    with acting(cast.operator) as by:
        merging.merge(kept=kept, absorbed=absorbed, reason="The same", by=by, now=LATER)
    accused(cast.operator, kept, cast.kotwali, cast.sho)
    absorbed.refresh_from_db()
    with acting(cast.operator) as by, pytest.raises(Refused, match="kept from more people"):
        merging.unmerge(case=absorbed, by=by, now=LATER)
    with acting(cast.sho):
        assert not Case.objects.exists() and not Order.objects.exists()


def test_an_administrator_who_tries_other_limits_counts_no_case_that_is_kept_from_anybody(
    cast: SimpleNamespace,
) -> None:
    def counted() -> list[tuple[str, int]]:
        with acting(cast.administrator), connection.cursor() as cursor:
            cursor.execute("SELECT category, n FROM rabta_open_by_kind() ORDER BY 1, 2")
            return list(cursor.fetchall())

    theft(cast)
    before = counted()
    accused(cast.operator, accusation(cast), cast.kotwali)
    accusation(cast, Citizen())
    inquired = theft(cast, Citizen())
    with acting(cast.desk_head) as by:
        journey.name_officers(case=inquired, officers=[cast.desk_head, cast.igp], by=by, now=LATER)
    assert before and counted() == before
