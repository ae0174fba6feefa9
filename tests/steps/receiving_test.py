"""Which desk receives an accusation is said before, and it never goes down towards the accused unsaid."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Officer, Unit
from rabta.journey.protecting import receiving
from tests.cast import NOW, acting, post_named
from tests.steps.stage import accusation, theft


def desks(case: Case, unit: Unit | None, *officers: Officer) -> list[receiving.Receiving]:
    return receiving.desks(
        case, accused_unit=unit, accused_officers=officers, directory=directory.current(now=NOW)
    )


def choose(case: Case, unit: Unit, wanted: str = "") -> Unit:
    return receiving.chosen(
        case, wanted, accused_unit=unit, accused_officers=(), directory=directory.current(now=NOW)
    )


def receives(unit: Unit, receiver: Unit) -> None:
    unit.accusations_to = receiver
    unit.save()
    directory.forget()


def test_what_the_highest_desk_holds_may_go_to_the_nearest_desk_or_stay(cast: SimpleNamespace) -> None:
    nearest, stays = desks(accusation(cast), cast.kotwali)
    assert (nearest.unit, nearest.readers) == (cast.peshawar, [cast.peshawar, cast.hq])
    assert (nearest.proposed, nearest.down, nearest.stays) == (True, True, False)
    assert (stays.unit, stays.readers) == (cast.hq, [cast.hq])
    assert (stays.proposed, stays.down, stays.stays) == (False, False, True)


def test_whoever_is_set_up_to_receive_is_offered(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    receives(cast.peshawar, cast.mardan)
    receives(cast.hq, cast.ctd)
    found = desks(case, cast.kotwali)
    assert found[0].unit == cast.mardan
    assert {one.unit for one in found} == {cast.mardan, cast.hq, cast.ctd}
    assert cast.peshawar not in found[0].readers


def test_an_officer_who_is_named_stands_for_his_unit(cast: SimpleNamespace) -> None:
    assert [one.unit for one in desks(accusation(cast), None, cast.sho)] == [cast.peshawar, cast.hq]


def test_as_long_as_nobody_is_named_there_is_one_desk(cast: SimpleNamespace) -> None:
    (only,) = desks(accusation(cast), None)
    assert (only.unit, only.readers, only.stays) == (cast.hq, [cast.hq], True)


def test_it_goes_down_only_when_somebody_says_so(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with pytest.raises(Refused, match=r"go down to Peshawar.*Peshawar, Hq"):
        choose(case, cast.kotwali)
    assert choose(case, cast.kotwali, cast.peshawar.public_id) == cast.peshawar
    assert choose(case, cast.kotwali, cast.hq.public_id) == cast.hq
    assert choose(case, cast.peshawar) == cast.hq
    with pytest.raises(Refused, match="does not receive"):
        choose(case, cast.kotwali, cast.mardan.public_id)


def test_kept_at_headquarters_the_superior_of_the_accused_sees_nothing(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with acting(cast.operator) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, desk=cast.hq, by=by, now=NOW)
    case.refresh_from_db()
    assert (case.desk_unit, case.visible_to) == (cast.hq, [cast.hq.pk])
    for officer in (cast.sp, cast.operator_peshawar, cast.co, cast.sho):
        with acting(officer):
            assert not Case.objects.exists()


def test_whoever_keeps_his_order_is_among_the_readers(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        journey.order(
            case=case, post=post_named(cast.ctd_head), part="support", instruction="", by=by, now=NOW
        )
    found = {one.unit: one.readers for one in desks(case, cast.kotwali)}
    assert found == {cast.peshawar: [cast.ctd, cast.peshawar, cast.hq], cast.hq: [cast.ctd, cast.hq]}
