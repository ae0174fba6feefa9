"""Two officers at once, one of whom takes the case from the other's sight, closes it, or has it looked at again."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.journey.ending import closing, reopening
from rabta.journey.orders import chain
from rabta.outbox.models import Delivery
from tests.cast import MINUTE, NOW, Citizen, acting, deliver, hears, post_named, read
from tests.steps.stage import ACCUSATION, happened, lead, theft
from tests.steps.together_test import cast, together

__all__ = ["cast"]
pytestmark = pytest.mark.django_db(transaction=True)


def does(who: Officer, act: Callable[..., Any], **what: Any) -> Callable[[], object]:
    """The officer's act in a transaction of its own."""

    def run() -> object:
        with transaction.atomic(), acting(who) as by:
            return act(**what, by=by, now=NOW)

    return run


def went_well(results: list[object]) -> bool:
    """Each was done, or refused in words, or found nothing any more."""
    return all(not isinstance(one, BaseException) or isinstance(one, Refused | Http404) for one in results)


def reached(who: Officer, case: Case) -> bool:
    """Whether an order on the case is open at the officer's post, or one of its letters still waits to be sent."""
    orders = Order.objects.filter(case=case, post=post_named(who))
    letters = Delivery.objects.filter(pk__in=[pk for order in orders for pk in order.letters])
    waits = letters.filter(state=Delivery.State.QUEUED)
    return orders.filter(state__in=("issued", "accepted")).exists() or waits.exists()


def test_an_order_does_not_leave_for_whom_somebody_accuses_at_that_moment(cast: SimpleNamespace) -> None:
    """The desk orders or passes on while its head names the accused: whoever is first, the accused gets nothing."""
    for _ in range(2):
        case = theft(cast, Citizen())
        order = {"post": post_named(cast.sho_gulbahar), "part": "lead", "instruction": ""}
        results = together(
            does(cast.operator, journey.order, case=case, **order),
            does(cast.desk_head, journey.accuse, case=case, accused_unit=cast.city),
        )
        assert went_well(results), results
        assert not reached(cast.sho_gulbahar, case) and not reached(cast.sho, case)
    case = theft(cast, Citizen())
    choice = journey.Choice(post=post_named(cast.sho_gulbahar), part="lead")
    does(cast.operator, journey.order_several, case=case, choices=[choice], along=True)()
    results = together(
        does(cast.sp, chain.pass_on, order=lead(case)),
        does(cast.desk_head, journey.accuse, case=case, accused_unit=cast.peshawar),
    )
    assert went_well(results), results
    assert not any(reached(who, case) for who in (cast.sp, cast.co, cast.sho_gulbahar))
    with transaction.atomic(), acting(cast.sp):
        assert (
            not Case.objects.filter(pk=case.pk).exists() and not Order.objects.filter(case=case.pk).exists()
        )


def test_what_goes_out_of_sight_while_somebody_acts_is_gone_and_no_error(cast: SimpleNamespace) -> None:
    case = theft(cast)
    results = together(
        _slowly(does(cast.desk_head, journey.accuse, case=case, accused_unit=cast.kotwali), case),
        does(cast.sho, journey.accept, order=lead(case)),
    )
    assert isinstance(results[1], Http404) or results[1] is None, results
    assert not reached(cast.sho, case)


def _slowly(act: Callable[[], object], case: Case) -> Callable[[], object]:
    """Another waits for the case while this act has it."""

    def run() -> object:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])
                cursor.execute("SELECT pg_sleep(0.3)")
            return act()

    return run


def test_closing_and_reopening_at_once_leave_one_true_state(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with transaction.atomic(), acting(cast.operator) as by:
        approval = closing.close_by_desk(case=case, outcome="withdrawn", remark="x", by=by, now=NOW)
    decide = {"approval": approval, "decision": "approved", "remark": "x"}
    results = together(
        does(cast.desk_head, closing.decide_closing, **decide),
        does(cast.sp, closing.decide_closing, **decide),
        does(cast.igp, reopening.reopen, case=case, reason="Look again"),
    )
    assert went_well(results), results
    case.refresh_from_db()
    said = happened(case)
    assert said.count("closing_approved") == said.count("closed") == 1
    assert (case.state == "closed") == ("reopened" not in said) == (case.closed_at is not None)
    letters = Message.objects.filter(case=case, direction="out", text__contains="closed").count()
    assert letters == 1
    again = {"case": case, "reason": "Look again"}
    if case.state == "closed":
        results = together(
            does(cast.igp, reopening.reopen, **again), does(cast.desk_head, reopening.reopen, **again)
        )
        assert [type(one) for one in results if one is not None] == [Refused]
    assert happened(case).count("reopened") == 1


def test_what_comes_beside_an_accusation_while_somebody_else_is_accused_is_kept_from_him(
    cast: SimpleNamespace,
) -> None:
    citizen, words = Citizen(), "He came again and stood before my shop"
    theft(cast, citizen)
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW)
    secret = Case.objects.get(withheld="accusation")
    does(cast.desk_head, journey.accuse, case=secret, accused_unit=cast.kotwali)()
    order = {"post": post_named(cast.sp_mardan), "part": "lead", "instruction": ""}
    does(cast.desk_head, journey.order, case=secret, **order)()
    deliver(cast, citizen.says(words), at=NOW + MINUTE)

    def reads_slowly() -> None:
        with transaction.atomic():
            read(at=NOW + MINUTE)
            _sleep(0.5)

    def accuses_meanwhile() -> object:
        _sleep(0.2)
        return does(cast.desk_head, journey.accuse, case=secret, accused_unit=cast.peshawar)()

    assert went_well(together(reads_slowly, accuses_meanwhile))
    own = Message.objects.get(text=words).case
    assert own is not None and own.accused_unit == cast.peshawar
    with transaction.atomic(), acting(cast.sp):
        assert not Case.objects.filter(pk=own.pk).exists()


def _sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
