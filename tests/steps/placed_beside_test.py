"""What waits beside a secret matter is not stuck there: help goes out, and a merge says where it belongs."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.cases.related import Link
from rabta.journey.matters import merging
from tests.cast import DAY, HOUR, MINUTE, NOW, Citizen, acting
from tests.steps.kept_close_test import SOON, fresh, merge, order, reads, said, told_tip
from tests.steps.stage import ACCUSATION, theft

AT_MY_DOOR = "They are at my door now, in Gulbahar"
LATER = NOW + DAY


def categorised(cast: SimpleNamespace, case: Case, category: str) -> None:
    with acting(cast.operator) as by:
        journey.categorise(case=fresh(case), category=category, by=by, now=LATER + MINUTE)


def beside_an_accusation(cast: SimpleNamespace) -> Case:
    """Nobody has said who is accused, and the accusation is closed by now."""
    citizen = Citizen()
    theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=SOON)
    Case.objects.filter(pk=secret.pk).update(state="closed", closed_at=NOW + HOUR, outcome="resolved")
    own = said(citizen, cast, AT_MY_DOOR, at=LATER)
    assert (own.withheld, own.withheld_why) == ("accusation", {"code": "beside_secret"})
    return own


def test_help_waits_for_no_word_on_who_is_accused_elsewhere(cast: SimpleNamespace) -> None:
    own = beside_an_accusation(cast)
    categorised(cast, own, "life_in_danger")
    order(cast, own, cast.sp_mardan, at=LATER + 2 * MINUTE)
    assert fresh(own).lead_unit == cast.mardan
    assert fresh(own).withheld_why == {"code": "restricted"} and not Link.objects.exists()
    assert reads(cast.sp_mardan, AT_MY_DOOR) and not reads(cast.sho, AT_MY_DOOR)
    assert fresh(own).opened_at == LATER


def test_what_is_not_urgent_waits_for_it(cast: SimpleNamespace) -> None:
    own = beside_an_accusation(cast)
    categorised(cast, own, "theft")
    with pytest.raises(Refused, match="which unit is accused"):
        order(cast, own, cast.sp_mardan, at=LATER + 2 * MINUTE)


def test_what_was_ordered_as_help_can_be_ordered_on(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, _tip, own = told_tip(cast)
    categorised(cast, own, "life_in_danger")
    order(cast, own, cast.sho, at=LATER + 2 * MINUTE)
    categorised(cast, own, "theft")
    order(cast, own, cast.sp, at=LATER + 3 * MINUTE)
    assert fresh(own).lead_unit == cast.peshawar


def test_a_tip_that_is_merged_into_what_waits_beside_it_goes_on(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, tip, own = told_tip(cast)
    why = tip.withheld_why
    merge(cast, own, tip, at=NOW + 2 * HOUR)
    assert fresh(own).withheld_why == fresh(tip).withheld_why == why and not Link.objects.exists()
    order(cast, own, cast.sp, at=NOW + 2 * HOUR)


def test_and_waits_again_when_the_merge_is_undone(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, tip, own = told_tip(cast)
    merge(cast, own, tip, at=NOW + 2 * HOUR)
    with acting(cast.desk_head) as by:
        merging.unmerge(case=fresh(tip), by=by, now=NOW + 3 * HOUR)
    assert fresh(own).withheld_why == {"code": "beside_secret"}
    assert Link.objects.get().other == own
    with pytest.raises(Refused, match="which matter"):
        order(cast, own, cast.sp, at=NOW + 3 * HOUR)


def test_what_takes_in_an_open_case_goes_on_waiting(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, _tip, own = told_tip(cast)
    drain = said(Citizen(), cast, "The drain before my house is open", at=NOW + HOUR)
    merge(cast, own, drain, at=NOW + 2 * HOUR)
    with pytest.raises(Refused, match="which matter"):
        order(cast, own, cast.sho, at=NOW + 2 * HOUR)
