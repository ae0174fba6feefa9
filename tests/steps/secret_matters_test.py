"""What somebody says who has a secret matter beside another: nobody reads it who may not, and no help is late."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.related import Link
from rabta.force.models import Officer
from rabta.journey.matters import merging
from tests.cast import (
    HQ_NUMBER,
    KOTWALI,
    MINUTE,
    NOW,
    PESHAWAR_NUMBER,
    Citizen,
    acting,
    deliver,
    hears,
    post_named,
    read,
)
from tests.steps.stage import ACCUSATION, accusation, theft

TIP = "Secret information: in Kotwali bazaar house number 12 Javed sells heroin. Keep my name secret"
AGAIN = "He came again and stood before my shop"
IT_IS_ME = "It is me again, Haider of shop 14. What now?"
HOUR = 60 * MINUTE


def said(citizen: Citizen, cast: SimpleNamespace, words: str, *, at: datetime, to: str = HQ_NUMBER) -> Case:
    """The case in which the words are now."""
    hears(cast, citizen.says(words), at=at, to=to)
    case = Message.objects.filter(direction="in").latest("id").case
    assert case is not None
    return case


def sees(who: Officer, case: Case) -> bool:
    with acting(who) as scope:
        return Case.objects.filter(scope.visible(), pk=case.pk).exists()


def test_of_one_batch_too(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    for n, words in enumerate([ACCUSATION["en"], "The stolen motorcycle is red", AGAIN], start=10):
        deliver(cast, citizen.says(words), at=NOW + n * MINUTE)
    read(at=NOW + 20 * MINUTE)
    case = Message.objects.get(text=AGAIN).case
    assert case is not None and case.withheld == "accusation"


@pytest.mark.parametrize("words", ["Near Kotwali", "At Kotwali, come quickly", "In Kotwali bazaar, house 12"])
def test_the_place_of_an_emergency_is_no_secret(cast: SimpleNamespace, words: str) -> None:
    citizen = Citizen()
    accusation(cast, citizen)
    help_ = said(citizen, cast, "He came again with a pistol, he will kill me", at=NOW + 2 * HOUR)
    assert (help_.urgency, help_.waiting_why["code"]) == (0, "no_place")
    assert said(citizen, cast, words, at=NOW + 2 * HOUR + MINUTE) == help_
    help_.refresh_from_db()
    assert help_.lead_unit == cast.kotwali


def test_who_was_asked_for_the_place_of_his_theft_is_understood(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    accusation(cast, citizen)
    mine = said(citizen, cast, "My motorcycle was stolen last night", at=NOW + 2 * HOUR)
    assert said(citizen, cast, "Near Kotwali", at=NOW + 2 * HOUR + MINUTE) == mine


@pytest.mark.parametrize(
    "words", ["There is a fire in my house near Kotwali, help", "They are shooting at my house near Kotwali"]
)
def test_a_cry_for_help_is_ordered_whatever_was_told_in_secret(cast: SimpleNamespace, words: str) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    tip = said(citizen, cast, f"{TIP}. They will blow up the school now", at=NOW + 10 * MINUTE)
    with acting(cast.desk_head) as by:
        journey.order(
            case=tip, post=post_named(cast.sho), part="lead", instruction="", by=by, now=NOW + 11 * MINUTE
        )
    help_ = said(citizen, cast, words, at=NOW + 15 * MINUTE)
    assert (help_.withheld, help_.lead_unit) == ("", cast.kotwali)


@pytest.mark.parametrize("pause", [timedelta(hours=1), timedelta(days=31)])
def test_an_accusation_that_is_silent_or_closed_is_not_forgotten(
    cast: SimpleNamespace, pause: timedelta
) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=NOW + MINUTE)
    if pause < timedelta(days=1):
        Case.objects.filter(pk=secret.pk).update(
            state="closed", outcome="advice", closed_at=NOW + HOUR, accused_unit=cast.kotwali
        )
    Case.objects.filter(pk=ordinary.pk).update(last_in_at=NOW + pause)
    case = said(citizen, cast, AGAIN, at=NOW + pause + HOUR)
    assert case.pk != ordinary.pk and case.withheld == "accusation"
    assert not sees(cast.sho, case)


def test_nor_one_that_was_told_to_another_number(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=NOW + MINUTE, to=PESHAWAR_NUMBER)
    case = said(citizen, cast, AGAIN, at=NOW + HOUR)
    assert case.pk not in (ordinary.pk, secret.pk) and case.withheld == "accusation"
    assert not sees(cast.sho, case)
    assert Link.objects.filter(one=secret, other=case).exists()


@pytest.mark.parametrize("part", ["support", "inform"])
def test_who_was_only_informed_of_a_tip_reads_nothing_more(cast: SimpleNamespace, part: str) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    tip = said(citizen, cast, TIP, at=NOW + MINUTE)
    with acting(cast.desk_head) as by:
        journey.order(
            case=tip, post=post_named(cast.sho), part=part, instruction="", by=by, now=NOW + 2 * MINUTE
        )
    assert sees(cast.sho, tip)
    for n, words in enumerate([IT_IS_ME, ACCUSATION["en"]], start=3):
        assert not sees(cast.sho, said(citizen, cast, words, at=NOW + n * MINUTE))
    assert sees(cast.sho, tip)


def test_who_supports_a_case_that_nobody_leads_goes_on_seeing_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My purse was stolen this morning"), at=NOW)
    case = Case.objects.get()
    with acting(cast.desk_head) as by:
        journey.order(
            case=case, post=post_named(cast.sho), part=Order.Part.SUPPORT, instruction="", by=by, now=NOW
        )
    assert said(citizen, cast, "It was brown", at=NOW + MINUTE) == case
    assert sees(cast.sho, case)


def test_an_accusation_is_none_of_a_tip(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    tip = said(citizen, cast, TIP, at=NOW, to=PESHAWAR_NUMBER)
    accusing = said(
        citizen, cast, "The SP of Peshawar asked me for a bribe", at=NOW + MINUTE, to=PESHAWAR_NUMBER
    )
    assert (tip.withheld, accusing.withheld) == ("tip", "accusation")
    assert sees(cast.sp, tip) and not sees(cast.sp, accusing)


def test_the_desk_joins_it_with_the_secret_matter(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    tip = said(citizen, cast, TIP, at=NOW + MINUTE)
    with acting(cast.desk_head) as by:
        journey.order(
            case=tip, post=post_named(cast.sho), part="lead", instruction="", by=by, now=NOW + 2 * MINUTE
        )
    own = said(citizen, cast, IT_IS_ME, at=NOW + 3 * MINUTE)
    with acting(cast.desk_head) as by:
        merging.merge(kept=tip, absorbed=own, reason="The same", by=by, now=NOW + 4 * MINUTE)
    own.refresh_from_db()
    assert own.part_of == tip


def test_released_it_stands_on_its_own_day(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=NOW + MINUTE)
    Case.objects.filter(pk=secret.pk).update(lead_unit=cast.mardan, state="forwarded")
    Case.objects.filter(pk=ordinary.pk).update(last_in_at=NOW + 5 * 24 * HOUR)
    own = said(citizen, cast, AGAIN, at=NOW + 5 * 24 * HOUR)
    assert own.opened_at == secret.opened_at
    with acting(cast.desk_head) as by:
        journey.release(case=own, remark="It is about the theft", by=by, now=NOW + 5 * 24 * HOUR + MINUTE)
    own.refresh_from_db()
    assert (own.opened_at, own.limits_from) == (NOW + 5 * 24 * HOUR, None)


def test_a_pin_goes_to_who_waits_for_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    accusation(cast, citizen)
    mine = said(citizen, cast, "My motorcycle was stolen last night", at=NOW + 2 * HOUR)
    hears(cast, citizen.pins(KOTWALI), at=NOW + 5 * HOUR)
    mine.refresh_from_db()
    assert mine.lead_unit == cast.kotwali
