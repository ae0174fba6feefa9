"""Orders to several posts, ending and ordering anew, vacant posts, and inquiry officers."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Officer, Posting, Role
from rabta.journey import Choice
from rabta.journey.orders import giving
from rabta.journey.posts import vacancies
from rabta.outbox.models import Delivery
from rabta.rules.visibility import person
from tests.cast import HOUR, NOW, acting, post_named
from tests.steps.stage import happened, lead, phones_told, theft
from tests.web import small_force

LATER = NOW + HOUR


@pytest.fixture
def inquirer(cast: SimpleNamespace) -> Officer:
    made = small_force.officer("inquirer", Role.INQUIRY_OFFICER, cast.kotwali)
    made.phone = "+923009999901"
    made.save()
    directory.forget()
    yield made
    directory.forget()


def both(cast: SimpleNamespace, case: Case) -> list[Order]:
    """District police and CTD at once, each with its own words."""
    choices = [
        Choice(post=post_named(cast.sho), part="lead", instruction="Take the statement"),
        Choice(post=post_named(cast.ctd_head), part="support", instruction="Trace the number"),
        Choice(post=post_named(cast.co), part="inform", instruction="So that you know"),
    ]
    with acting(cast.operator) as by:
        return journey.order_several(case=case, choices=choices, by=by, now=LATER)


def test_several_posts_act_at_once_each_with_its_own_words(cast: SimpleNamespace) -> None:
    made = both(cast, theft(cast))
    assert [(o.post, o.part, o.instruction) for o in made] == [
        (post_named(cast.sho), "lead", "Take the statement"),
        (post_named(cast.ctd_head), "support", "Trace the number"),
        (post_named(cast.co), "inform", "So that you know"),
    ]
    assert {cast.sho.phone, cast.ctd_head.phone, cast.co.phone} <= set(phones_told())


@pytest.mark.parametrize(
    ("parts", "why"),
    [(("lead", "lead"), "One post leads"), (("lead", "cheer"), "Choose lead"), ((), "Choose the post")],
)
def test_what_cannot_be_ordered_is_said_and_changes_nothing(
    cast: SimpleNamespace, parts: tuple[str, ...], why: str
) -> None:
    case, posts = theft(cast), [post_named(cast.sho), post_named(cast.ctd_head)]
    before = case.orders.count()
    choices = [Choice(post=post, part=part) for post, part in zip(posts, parts, strict=False)]
    with acting(cast.operator) as by, pytest.raises(Refused, match=why):
        journey.order_several(case=case, choices=choices, by=by, now=LATER)
    assert case.orders.count() == before


def test_a_case_does_not_close_while_a_support_works_until_it_is_ended_with_the_reason(
    cast: SimpleNamespace,
) -> None:
    first, support, _inform = both(cast, theft(cast))
    with pytest.raises(IntegrityError, match="supporting order"), transaction.atomic():
        Case.objects.filter(pk=first.case_id).update(state="closed", outcome="advice", closed_at=LATER)
    with acting(cast.sho) as by:
        report = journey.report(order=first, text="Found", outcome="action_taken", by=by, now=LATER)
    with acting(cast.sp) as by:
        with pytest.raises(Refused, match="supporting"):
            journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
        with pytest.raises(Refused):
            journey.end_order(order=support, reason=" ", by=by, now=LATER)
        journey.end_order(order=support, reason="The number is known", by=by, now=LATER)
        journey.decide(report=report, decision="accepted", remark="", by=by, now=LATER)
    support.refresh_from_db()
    assert (support.state, support.ended_why) == ("withdrawn", "The number is known")
    assert Case.objects.get(pk=first.case_id).state == "closed"
    assert "ended" in phones_told()[cast.ctd_head.phone]


def test_ordered_anew_whoever_had_it_reads_why(cast: SimpleNamespace) -> None:
    first = lead(theft(cast))
    choice = Choice(post=post_named(cast.sho_gulbahar), part="lead")
    with acting(cast.sp) as by:
        journey.order_several(case=first.case, choices=[choice], reason="It is theirs", by=by, now=LATER)
    first.refresh_from_db()
    assert (first.state, first.ended_why) == ("replaced", "It is theirs")
    assert lead(first.case).replaces == first


def test_what_is_addressed_to_a_vacant_post_falls_to_the_linked_one(cast: SimpleNamespace) -> None:
    with acting(cast.operator) as by:
        made = journey.order(
            case=theft(cast), post=cast.vacant, part="support", instruction="", by=by, now=LATER
        )
    assert (made.post, made.why["code"]) == (post_named(cast.sho_rustam), "vacant_linked")


def test_an_order_follows_when_its_post_falls_vacant(cast: SimpleNamespace) -> None:
    first = lead(theft(cast))
    Posting.objects.filter(officer=cast.sho).delete()
    directory.forget()
    assert vacancies.move_on(now=LATER) == 1
    assert vacancies.move_on(now=LATER) == 0
    first.refresh_from_db()
    now_with = lead(first.case)
    assert (first.state, now_with.post, now_with.replaces) == ("replaced", post_named(cast.co), first)
    directory.forget()


def test_given_on_it_is_seen_by_name_until_he_serves_elsewhere(
    cast: SimpleNamespace, inquirer: Officer
) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.give(order=order, officer=inquirer, by=by, now=LATER)
    case = Case.objects.get(pk=order.case_id)
    assert person(inquirer.pk) in case.visible_to and inquirer.phone in phones_told()
    assert giving.take_back_from_those_gone(now=LATER) == 0
    Posting.objects.filter(officer=inquirer).delete()
    directory.forget()
    assert giving.take_back_from_those_gone(now=LATER) == 1
    case.refresh_from_db()
    order.refresh_from_db()
    assert order.given_to is None and person(inquirer.pk) not in case.visible_to
    assert [what for what in happened(case) if what.startswith("given")] == ["given", "given_back"]


def test_given_back_the_station_is_told_and_the_inquirer_sees_it_no_more(
    cast: SimpleNamespace, inquirer: Officer
) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.give(order=order, officer=inquirer, by=by, now=LATER)
    Delivery.objects.filter(number=cast.sho.phone).delete()
    with acting(inquirer) as by:
        journey.take_back(order=order, reason="I am on leave", by=by, now=LATER)
        assert not Order.objects.filter(pk=order.pk).exists()
    letter = Delivery.objects.get(number=cast.sho.phone)
    order.refresh_from_db()
    assert letter.pk in order.letters and person(inquirer.pk) not in letter.visible_to


def test_a_case_against_him_is_not_given_to_him_and_is_out_of_his_sight(
    cast: SimpleNamespace, inquirer: Officer
) -> None:
    order = lead(theft(cast))
    with acting(cast.sho) as by:
        journey.give(order=order, officer=inquirer, by=by, now=LATER)
    with acting(cast.desk_head) as by:
        journey.accuse(case=order.case, accused_unit=None, accused_officers=[inquirer], by=by, now=LATER)
    with acting(inquirer) as by:
        assert not Case.objects.filter(pk=order.case_id).exists()
        assert not Order.objects.filter(pk=order.pk).exists()
