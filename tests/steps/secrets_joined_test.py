"""What is said in secret stands only where nobody reads it who would not read it alone."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.cases.related import Link
from rabta.force.models import Officer
from tests.cast import (
    DAY,
    HOUR,
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
from tests.steps.cries_beside_secrets_test import gathered
from tests.steps.secret_matters_test import AGAIN, IT_IS_ME, TIP, said
from tests.steps.stage import ACCUSATION, THEFT, theft

ACCUSES = ACCUSATION["en"]
ASKS_MORE = "The SHO of Kotwali asked me for more money, a bribe of 5000"
RAPED = "A man of our street raped my daughter"
SECRETS = pytest.mark.parametrize("secret", [ACCUSES, TIP])


def reads(who: Officer, words: str) -> bool:
    with acting(who) as scope:
        return Message.objects.filter(scope.visible(), text=words).exists()


def orders(cast: SimpleNamespace, case: Case, who: Officer, part: str = "lead") -> None:
    with acting(cast.desk_head) as by:
        journey.order(
            case=Case.objects.get(pk=case.pk),
            post=post_named(who),
            part=part,
            instruction="",
            by=by,
            now=NOW + MINUTE,
        )


def in_one_batch(cast: SimpleNamespace, messages: Sequence[tuple[dict[str, object], str | None]]) -> None:
    for message, to in messages:
        deliver(cast, message, at=NOW + HOUR, **({"to": to} if to else {}))
    read(at=NOW + HOUR)


@SECRETS
@pytest.mark.parametrize("part", ["inform", "support"])
@pytest.mark.parametrize("ended", [False, True])
def test_a_photo_that_was_shown_to_a_unit_takes_none(
    cast: SimpleNamespace, secret: str, part: str, ended: bool
) -> None:
    citizen = Citizen()
    hears(cast, citizen.photographs(), at=NOW)
    photo = Case.objects.get()
    orders(cast, photo, cast.sho, part)
    if ended:
        end_orders(cast, photo)
    case = said(citizen, cast, secret, at=NOW + 5 * MINUTE)
    orders(cast, photo, cast.ctd_head)
    assert case != photo and case.withheld and not reads(cast.sho, secret)


def end_orders(cast: SimpleNamespace, case: Case) -> None:
    with acting(cast.desk_head) as by:
        for order in Order.objects.filter(case=case, finished_at=None):
            journey.end_order(order=order, reason="wrong", by=by, now=NOW + 2 * MINUTE)


@SECRETS
def test_what_was_gathered_in_a_surge_takes_none(cast: SimpleNamespace, secret: str) -> None:
    case = said(gathered(cast), cast, secret, at=NOW + 10 * MINUTE)
    assert case.withheld and case.part_of is None
    orders(cast, Case.objects.earliest("id"), cast.sho)
    assert not reads(cast.sho, secret)


def test_who_inquires_does_not_read_that_he_is_accused(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    first = said(citizen, cast, ACCUSES, at=NOW)
    with acting(cast.desk_head) as by:
        journey.accuse(case=first, accused_unit=cast.kotwali, by=by, now=NOW)
    orders(cast, first, cast.sp_mardan)
    words = "The SP of Mardan asked me for a bribe to write a good report"
    second = said(citizen, cast, words, at=NOW + DAY)
    assert (second.withheld, second.desk_unit, second.accused_unit) == ("accusation", cast.hq, None)
    assert second.withheld_why["code"] == "accusation"
    assert Link.objects.get(one=first, other=second).why == {"code": "accuses_again"}
    assert not reads(cast.sp_mardan, words) and reads(cast.desk_head, words)


def test_an_accusation_is_not_shown_beside_what_only_waits(cast: SimpleNamespace) -> None:
    """It may be released, to a station that the one who inquires sees, too."""
    citizen = Citizen()
    theft(cast, citizen)
    first = said(citizen, cast, ACCUSES, at=NOW + MINUTE)
    with acting(cast.desk_head) as by:
        journey.accuse(case=first, accused_unit=cast.kotwali, by=by, now=NOW + MINUTE)
    orders(cast, first, cast.sp_mardan)
    waits = said(citizen, cast, "Any news?", at=NOW + DAY)
    assert waits.withheld_why == {"code": "beside_secret"}
    second = said(citizen, cast, ASKS_MORE, at=NOW + DAY + 2 * MINUTE)
    assert not Link.objects.filter(one=waits).exists()
    assert Link.objects.get(other=second).one == first


def test_what_is_released_is_not_shown_beside_a_later_accusation(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    first = said(citizen, cast, ACCUSES, at=NOW)
    with acting(cast.desk_head) as by:
        journey.accuse(case=first, accused_unit=cast.kotwali, by=by, now=NOW)
    second = said(citizen, cast, ASKS_MORE, at=NOW + DAY)
    assert Link.objects.filter(one=first, other=second).exists()
    with acting(cast.desk_head) as by:
        journey.release(case=first, remark="He meant the court", by=by, now=NOW + DAY)
    assert not Link.objects.filter(one=first).exists()
    second.refresh_from_db()
    assert second.withheld == "accusation"


def test_nor_does_the_desk_above_whoever_was_accused_first(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    first = said(citizen, cast, ACCUSES, at=NOW, to=PESHAWAR_NUMBER)
    with acting(cast.desk_head) as by:
        journey.accuse(case=first, accused_unit=cast.kotwali, by=by, now=NOW)
    first.refresh_from_db()
    assert first.desk_unit == cast.peshawar
    words = "The SP of Peshawar asked me for a bribe, too"
    said(citizen, cast, words, at=NOW + 10 * MINUTE, to=PESHAWAR_NUMBER)
    assert not reads(cast.sp, words) and not reads(cast.operator_peshawar, words)
    assert reads(cast.desk_head, words)


@pytest.mark.parametrize("first", [RAPED, ACCUSES])
def test_a_tip_is_none_of_another_matter_that_a_unit_has(cast: SimpleNamespace, first: str) -> None:
    citizen = Citizen()
    told = said(citizen, cast, first, at=NOW)
    has_it = cast.sho if first == RAPED else cast.sp_mardan
    if first == ACCUSES:
        with acting(cast.desk_head) as by:
            journey.accuse(case=told, accused_unit=cast.kotwali, by=by, now=NOW)
    orders(cast, told, has_it)
    assert said(citizen, cast, TIP, at=NOW + 20 * MINUTE).withheld == "tip"
    assert not reads(has_it, TIP)


def test_nor_is_a_restricted_matter_of_a_tip(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    tip = said(citizen, cast, f"{TIP}. They will blow up the school now", at=NOW)
    orders(cast, tip, cast.sho)
    case = said(citizen, cast, f"{RAPED} now near Gulbahar, come quickly", at=NOW + 20 * MINUTE)
    assert case != tip and case.withheld == "restricted" and case.urgency <= 1


def test_more_of_the_same_tip_reaches_the_unit_that_has_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    tip = said(citizen, cast, TIP, at=NOW)
    orders(cast, tip, cast.sho)
    assert said(citizen, cast, TIP.replace("12", "14"), at=NOW + MINUTE) == tip


def test_what_was_told_to_another_number_at_this_moment_counts(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    in_one_batch(cast, [(citizen.says(ACCUSES), PESHAWAR_NUMBER), (citizen.says(AGAIN), None)])
    own = Message.objects.get(text=AGAIN).case
    assert own and own != ordinary and not reads(cast.sho, AGAIN)
    assert (own.withheld, own.desk_unit) == ("accusation", cast.hq)
    assert own.withheld_why == {"code": "beside_secret"}
    assert Link.objects.filter(one=Message.objects.get(text=ACCUSES).case, other=own).exists()


def test_a_photo_that_becomes_an_accusation_at_this_moment_counts(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.photographs(), at=NOW, to=PESHAWAR_NUMBER)
    in_one_batch(
        cast,
        [(citizen.says(ACCUSES), PESHAWAR_NUMBER), (citizen.says(AGAIN), None)],
    )
    own = Message.objects.get(text=AGAIN).case
    assert own and own.withheld == "accusation" and not reads(cast.sho, AGAIN)
    assert not reads(cast.operator_peshawar, AGAIN) and not reads(cast.operator_peshawar, ACCUSES)


@pytest.mark.parametrize("words", [AGAIN, IT_IS_ME])
@SECRETS
def test_whose_first_words_to_a_number_come_together_is_known_from_the_other(
    cast: SimpleNamespace, words: str, secret: str
) -> None:
    citizen = Citizen()
    said(citizen, cast, secret, at=NOW, to=PESHAWAR_NUMBER)
    in_one_batch(cast, [(citizen.says(THEFT["en"]), None), (citizen.says(words), None)])
    assert not reads(cast.sho, words) and reads(cast.sho, THEFT["en"])


def test_unsure_words_to_the_number_of_the_accused_are_not_read_there(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    secret = said(citizen, cast, "The SP of Peshawar asked me for a bribe", at=NOW + HOUR)
    with acting(cast.desk_head) as by:
        journey.accuse(case=secret, accused_unit=cast.peshawar, by=by, now=NOW + HOUR)
    said(citizen, cast, AGAIN, at=NOW + DAY, to=PESHAWAR_NUMBER)
    assert not reads(cast.sp, AGAIN) and not reads(cast.operator_peshawar, AGAIN)
    own = said(citizen, cast, THEFT["en"], at=NOW + DAY + 2 * HOUR, to=PESHAWAR_NUMBER)
    assert own.withheld == "" and reads(cast.sho, THEFT["en"])


@pytest.mark.parametrize("part", ["support", "inform"])
def test_whose_order_on_a_tip_ended_reads_nothing_more(cast: SimpleNamespace, part: str) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    tip = said(citizen, cast, TIP, at=NOW + MINUTE)
    orders(cast, tip, cast.sho, part)
    end_orders(cast, tip)
    own = said(citizen, cast, IT_IS_ME, at=NOW + HOUR)
    orders(cast, tip, cast.ctd_head)
    assert own != tip and not reads(cast.sho, IT_IS_ME)
