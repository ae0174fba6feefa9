"""Officers move while an accusation is open: the accused takes nothing along, and nobody inquires under him."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Officer, Post, Posting, Role
from rabta.journey.orders import chain
from rabta.journey.posts import handovers
from rabta.journey.protecting import apart
from rabta.outbox.models import Delivery
from rabta.review import sweep
from rabta.review.models import Escalation
from rabta.rules.visibility import person
from tests import cast as players
from tests.cast import DAY, NOW, TODAY, acting, also_holds, post_named
from tests.steps.eyes import EVERYTHING, LATER, accused
from tests.steps.stage import accusation, happened, lead, phones_told, theft
from tests.web import small_force

TOMORROW, NEXT_DAY = NOW + DAY, TODAY + timedelta(days=1)


def transferred(who: Officer, post: Post) -> None:
    """From tomorrow on he holds this post and no other."""
    Posting.objects.filter(officer=who).update(ends=TODAY)
    Posting.objects.create(officer=who, post=post, starts=NEXT_DAY)
    directory.forget()


def told_of(who: Officer, *, day: date = NEXT_DAY) -> list[object]:
    """The tables in which the officer reads a row that day, and the cases that the pages show him."""
    with acting(who, on=day) as by:
        tables = [model for model in EVERYTHING if model.objects.exists()]
        return [*tables, *Case.objects.filter(by.visible())]


def ordered(cast: SimpleNamespace, case: Case, to: Officer) -> Order:
    with acting(cast.operator) as by:
        return journey.order(
            case=case, post=post_named(to), part="lead", instruction="Inquire", by=by, now=LATER
        )


def settled(now: datetime = TOMORROW) -> int:
    """The worker looks at what the transfers mean."""
    directory.forget()
    with players.as_role("rabta_worker"):
        return apart.keep_apart(now=now)


@pytest.mark.parametrize("role", ["desk_head", "igp", "operator_peshawar", "sp_mardan"])
def test_who_served_at_the_accused_unit_reads_nothing_wherever_he_is_transferred(
    cast: SimpleNamespace, role: str
) -> None:
    constable = small_force.officer("constable", Role.INQUIRY_OFFICER, cast.kotwali)
    directory.forget()
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    ordered(cast, case, cast.sp_mardan)
    for who in (cast.sho, constable):
        transferred(who, post_named(getattr(cast, role)))
        assert told_of(who) == []
    assert Case in told_of(cast.igp)


def test_who_came_to_the_accused_unit_later_is_not_marked_for_ever(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    Posting.objects.create(officer=cast.nobody, post=post_named(cast.sho), starts=NEXT_DAY)
    Posting.objects.create(
        officer=cast.sp_mardan, post=post_named(cast.sho), starts=TODAY - 9 * DAY, ends=TODAY - DAY
    )
    settled()
    case.refresh_from_db()
    assert {person(one) for one in (cast.sho.pk,)} <= set(case.hidden_from)
    assert not {person(cast.nobody.pk), person(cast.sp_mardan.pk)} & set(case.hidden_from)
    assert told_of(cast.nobody) == []  # as long as he serves there, his unit shuts him out


def test_nobody_goes_on_inquiring_under_the_accused(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    order = ordered(cast, case, cast.sho_rustam)
    assert settled(LATER) == 0
    transferred(cast.sho, post_named(cast.sp_mardan))
    assert settled() == 1
    case.refresh_from_db()
    order.refresh_from_db()
    assert (order.state, case.state, case.lead_unit, case.waiting_why["code"]) == (
        "replaced", "new", None, "accused_near"
    )  # fmt: skip
    assert happened(case)[-1] == "order_ended"
    assert cast.rustam.pk not in case.visible_to and told_of(cast.sho_rustam) == []
    assert "ended" in phones_told()[cast.sho_rustam.phone]
    assert not Delivery.objects.filter(number=cast.sho.phone).exists()
    assert settled() == 0  # once


def test_nobody_is_ordered_under_who_also_holds_a_post_at_the_accused_unit(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    also_holds(cast.sho, post_named(cast.co_rural))  # officiates
    directory.forget()
    with pytest.raises(Refused, match="serves today under"):
        ordered(cast, case, cast.sho_rustam)
    assert ordered(cast, case, cast.sp_mardan).pk


def test_an_ordinary_order_under_the_accused_ends_when_he_is_named(cast: SimpleNamespace) -> None:
    case = theft(cast)
    ordered(cast, case, cast.sho_rustam)
    also_holds(cast.sho, post_named(cast.sp_mardan))
    directory.forget()
    accused(cast.operator, case, cast.kotwali)
    assert set(Order.objects.values_list("state", flat=True)) == {"replaced"}


def test_the_superior_who_is_told_of_a_late_report_is_never_of_the_accused_unit(
    cast: SimpleNamespace,
) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    ordered(cast, case, cast.sho_rustam)
    also_holds(cast.sho, post_named(cast.co_rural))  # before anybody looked what that means
    also_holds(cast.sho, post_named(cast.sp_mardan))
    directory.forget()
    for days in (1, 3, 9, 20):
        with players.as_role("rabta_worker"):
            sweep.sweep(now=NOW + days * DAY)
    raised = Escalation.objects.filter(case=case)
    named = {officer for row in raised for officer in row.officers}
    assert raised.filter(level__gt=0).exists() and cast.igp.pk in named
    assert not {cast.sho.pk, cast.co.pk} & named
    assert not Delivery.objects.filter(number__in=[cast.sho.phone, cast.co.phone]).exists()


def test_a_chain_that_is_under_way_does_not_reach_who_is_accused_meanwhile(cast: SimpleNamespace) -> None:
    case = theft(cast)
    choice = journey.Choice(post=post_named(cast.sho_gulbahar), part="lead")
    with acting(cast.operator) as by:
        journey.order_several(case=case, choices=[choice], along=True, by=by, now=LATER)
    hop = lead(case)
    assert (hop.post, hop.goal) == (post_named(cast.sp), post_named(cast.sho_gulbahar))
    accused(cast.operator, case, cast.city)
    with acting(cast.sp) as by, pytest.raises(Refused, match="accused"):
        chain.pass_on(order=hop, by=by, now=LATER)
    told = Delivery.objects.filter(number__in=[cast.co.phone, cast.sho_gulbahar.phone], state="queued")
    assert not told.exists() and not Order.objects.filter(unit=cast.gulbahar).exists()


def test_the_word_for_the_next_holder_counts_nothing_that_is_kept_from_anybody(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    ordered(cast, case, cast.sp_mardan)
    post = post_named(cast.sp_mardan)
    with acting(cast.sp_mardan) as by:
        (desk,) = handovers.desks(by=by, on=TODAY)
        given = handovers.give(post=post, note="", by=by, now=LATER)
    assert (desk.open_orders, given.open_orders, given.open_reports) == (1, 0, 0)
    ordered(cast, theft(cast), cast.sp_mardan)
    with acting(cast.sp_mardan) as by:
        assert handovers.give(post=post, note="", by=by, now=LATER).open_orders == 1
    transferred(cast.sho, post)
    with acting(cast.sho, on=NEXT_DAY) as by:
        (desk,) = handovers.desks(by=by, on=NEXT_DAY)
        assert (desk.open_orders, desk.waiting.open_orders) == (1, 1)
