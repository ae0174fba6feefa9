"""A commander who says again what is ordered already wipes nothing: the order stands, and what was done about it."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Order, Report
from rabta.cases.reasons import in_words
from rabta.outbox.models import Delivery
from tests.cast import HOUR, MINUTE, acting, post_named
from tests.steps import commanding_test, posts
from tests.steps.answering_test import fresh, last_to, presses, says
from tests.steps.commanding_test import LATER, PLAIN
from tests.steps.stage import happened, lead

x = commanding_test.x
AGAIN = LATER + HOUR


@pytest.fixture
def quoted(x: SimpleNamespace) -> tuple[Order, dict]:
    """The SP's order to Kotwali by a quote, and the post."""
    first = posts.post(PLAIN)
    posts.hears(x, first)
    posts.hears(x, posts.about("quoted", first, "Arrest him today"), at=LATER)
    return lead(Case.objects.get()), first


def letters(x: SimpleNamespace) -> int:
    return Delivery.objects.filter(number=x.sho.phone).count()


def reported(x: SimpleNamespace, order: Order) -> None:
    presses(x, x.sho, f"order:{order.public_id}:accept")
    says(x, x.sho, "2 Arrested, phone recovered")


def test_a_repost_leaves_the_order_and_its_report_as_they_are(
    x: SimpleNamespace, quoted: tuple[Order, dict]
) -> None:
    order, first = quoted
    reported(x, order)
    before = letters(x)
    posts.hears(x, posts.about("retweeted", first), at=AGAIN)
    again = fresh(order)
    assert (again.state, again.instruction, again.accepted_by) == ("reported", "Arrest him today", x.sho)
    assert lead(order.case) == order and Report.objects.get().decision == ""
    assert happened(order.case).count("commanded") == 2
    assert letters(x) == before, "nothing more is asked of the station"


@pytest.mark.parametrize("accepts", [False, True])
def test_a_repost_reminds_who_has_not_reported(
    x: SimpleNamespace, quoted: tuple[Order, dict], accepts: bool
) -> None:
    order, first = quoted
    if accepts:
        presses(x, x.sho, f"order:{order.public_id}:accept")
    before = letters(x)
    posts.hears(x, posts.about("retweeted", first), at=AGAIN)
    assert lead(order.case) == order and fresh(order).state == ("accepted" if accepts else "issued")
    assert letters(x) == before + 1 and order.public_id in last_to(x.sho)


def test_new_words_are_added_to_the_order(x: SimpleNamespace, quoted: tuple[Order, dict]) -> None:
    order, first = quoted
    reported(x, order)
    posts.hears(x, posts.about("quoted", first, "And return the phone"), at=AGAIN)
    assert lead(order.case) == order
    assert fresh(order).instruction == "Arrest him today\nAnd return the phone"
    assert fresh(order).state == "reported" and order.public_id in last_to(x.sho)
    posts.owns(x.igp, posts.IGP)
    posts.hears(x, posts.about("quoted", first, "Report to me", by=posts.IGP), at=AGAIN + MINUTE)
    assert fresh(order).instruction.endswith(f"\n{post_named(x.igp).name}: Report to me")
    assert fresh(order).issued_by == x.sp


def test_what_the_rule_had_ordered_is_the_commanders_order(x: SimpleNamespace) -> None:
    first = posts.post(PLAIN)
    posts.hears(x, first)
    order = lead(Case.objects.get())
    presses(x, x.sho, f"order:{order.public_id}:accept")
    posts.hears(x, posts.about("quoted", first, "Arrest him today"), at=AGAIN)
    again = fresh(order)
    assert lead(order.case) == order and again.state == "accepted"
    assert (again.issued_by, again.instruction) == (x.sp, "Arrest him today")
    assert in_words(again.why).startswith("Ordered by")


def test_another_unit_is_still_ordered_anew(x: SimpleNamespace, quoted: tuple[Order, dict]) -> None:
    order, first = quoted
    posts.hears(x, posts.about("quoted", first, "Gulbahar to act"), at=AGAIN)
    assert lead(order.case).unit == x.gulbahar and fresh(order).state == "replaced"


def test_an_answer_to_the_older_letter_is_about_the_order_that_took_its_place(
    x: SimpleNamespace, quoted: tuple[Order, dict]
) -> None:
    old, _first = quoted
    with acting(x.sp) as scope:
        new = journey.order(
            case=old.case, post=old.post, part="lead", instruction="Once more", by=scope, now=AGAIN
        )
    assert fresh(old).state == "replaced"
    assert "accepted" in presses(x, x.sho, f"order:{old.public_id}:accept")
    assert fresh(new).state == "accepted"
    with acting(x.sp) as scope:
        journey.order(
            case=old.case, post=post_named(x.sho_gulbahar), part="lead", instruction="", by=scope, now=AGAIN
        )
    assert "no longer open" in presses(x, x.sho, f"order:{old.public_id}:accept")
