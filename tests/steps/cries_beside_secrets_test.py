"""A cry for help is ordered as it would be, whatever its sender told in secret."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message, Order
from tests.cast import (
    DAY,
    GULBAHAR,
    HOUR,
    KOTWALI,
    MINUTE,
    NOW,
    Citizen,
    acting,
    deliver,
    hears,
    post_named,
    read,
)
from tests.steps.questions_test import VAGUE, buttons, presses
from tests.steps.secret_matters_test import AGAIN, TIP, said
from tests.steps.stage import ACCUSATION, THEFT, theft

ACCUSES = ACCUSATION["en"]
SHOOTING = "Help, they are shooting at my house near Gulbahar"
MISSING = "My daughter is missing since this morning near Gulbahar"
LOST = "He came again with a pistol, he will kill me"  # and nobody knows where
CRIES = pytest.mark.parametrize("cry", [SHOOTING, MISSING])
SECRETS = pytest.mark.parametrize("secret", [ACCUSES, TIP])


def inquires(cast: SimpleNamespace, case: Case) -> None:
    """The desk says who is accused, and orders somebody else."""
    with acting(cast.desk_head) as by:
        if case.withheld == "accusation":
            journey.accuse(case=case, accused_unit=cast.kotwali, by=by, now=NOW)
        case.refresh_from_db()
        journey.order(case=case, post=post_named(cast.sp_mardan), part="lead", instruction="", by=by, now=NOW)
    case.refresh_from_db()


def ordered(words: str) -> tuple[str, str]:
    """The unit that was ordered on what these words stand in, and why that is withheld."""
    case = Message.objects.get(text=words).case
    assert case
    return (case.lead_unit.name if case.lead_unit else "", case.withheld)


@CRIES
@SECRETS
@pytest.mark.parametrize("one_body", [True, False])
def test_read_together_with_a_secret(cast: SimpleNamespace, cry: str, secret: str, one_body: bool) -> None:
    citizen = Citizen()
    if one_body:
        deliver(cast, citizen.says(cry), citizen.says(secret), at=NOW)
    else:
        deliver(cast, citizen.says(cry), at=NOW)
        deliver(cast, citizen.says(secret), at=NOW + MINUTE)
    read(at=NOW + 2 * MINUTE)
    assert ordered(cry) == (cast.gulbahar.name, "")
    assert ordered(secret)[0] == "" != ordered(secret)[1]


@SECRETS
def test_after_a_photo_that_waited(cast: SimpleNamespace, secret: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.photographs(), at=NOW)
    deliver(cast, citizen.says(MISSING), citizen.says(secret), at=NOW + MINUTE)
    read(at=NOW + 2 * MINUTE)
    assert ordered(MISSING) == (cast.gulbahar.name, "")


@CRIES
@pytest.mark.parametrize("first", [ACCUSES, TIP, THEFT["en"]])
@pytest.mark.parametrize("inquired", [True, False])
def test_as_an_answer_to_an_older_message(
    cast: SimpleNamespace, cry: str, first: str, inquired: bool
) -> None:
    citizen = Citizen()
    message = citizen.says(first)
    hears(cast, message, at=NOW)
    if inquired and first != THEFT["en"]:
        inquires(cast, Case.objects.get())
    hears(cast, citizen.says(cry, answers=message["id"]), at=NOW + DAY)
    assert ordered(cry) == (cast.gulbahar.name, "")


def test_danger_that_is_chosen_for_a_case_that_was_ordered(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    offered = buttons()
    presses(cast, citizen, "Theft", of=offered)
    presses(cast, citizen, "Danger now", of=offered)
    first, second = Case.objects.order_by("id")
    assert (first.urgency, first.lead_unit) == (3, cast.kotwali)
    assert (second.urgency, second.waiting_why["code"]) == (0, "no_place")


@pytest.mark.parametrize("how", ["words", "pin"])
@pytest.mark.parametrize("accuses_at", [-60, 3])
@pytest.mark.parametrize("place_at", [5, 65])
def test_its_place_reaches_it(cast: SimpleNamespace, how: str, accuses_at: int, place_at: int) -> None:
    citizen = Citizen()
    place = citizen.pins(GULBAHAR) if how == "pin" else citizen.says("Near Gulbahar")
    told = {accuses_at: citizen.says(ACCUSES), 0: citizen.says(LOST), place_at: place}
    for minutes in sorted(told):
        hears(cast, told[minutes], at=NOW + minutes * MINUTE)
    assert ordered(LOST) == (cast.gulbahar.name, "")


def test_its_place_reaches_it_in_one_batch(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    for words in (LOST, ACCUSES, "Near Gulbahar", AGAIN):
        deliver(cast, citizen.says(words), at=NOW)
    read(at=NOW)
    assert ordered(LOST) == ordered("Near Gulbahar") == (cast.gulbahar.name, "")
    assert ordered(AGAIN) == ("", "accusation"), "the place was known by then"


def test_a_pin_just_after_an_accusation_is_no_part_of_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen last night"), at=NOW)
    hears(cast, citizen.says(ACCUSES), at=NOW + 3 * MINUTE)
    hears(cast, citizen.pins(KOTWALI), at=NOW + 5 * MINUTE)
    assert ordered("My motorcycle was stolen last night") == (cast.kotwali.name, "")


@pytest.mark.parametrize("secret", [ACCUSES, TIP])
def test_what_waits_beside_a_secret_holds_no_cry(cast: SimpleNamespace, secret: str) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    inquires(cast, said(citizen, cast, secret, at=NOW + 10 * MINUTE))
    asks = said(citizen, cast, "Any news of it?", at=NOW + 20 * DAY)
    assert asks.withheld_why == {"code": "beside_secret"}
    said(citizen, cast, MISSING, at=NOW + 20 * DAY + 10 * MINUTE)
    assert ordered(MISSING) == (cast.gulbahar.name, "")


@CRIES
def test_behind_the_word_reopen(cast: SimpleNamespace, cry: str) -> None:
    citizen = Citizen()
    old = theft(cast, citizen)
    Case.objects.filter(pk=old.pk).update(state="closed", outcome="resolved", closed_at=NOW + HOUR)
    said(citizen, cast, f"Reopen. {cry}", at=NOW + 2 * HOUR)
    assert ordered(f"Reopen. {cry}") == (cast.gulbahar.name, "")


def test_whoever_was_missing_and_came_home_is_not_looked_for_anew(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = said(citizen, cast, MISSING, at=NOW)
    words = "Withdraw. My daughter who was missing near Gulbahar came home"
    assert said(citizen, cast, words, at=NOW + timedelta(days=1)) == case
    assert Order.objects.filter(part="lead").count() == 1


def test_by_one_of_many_who_told_of_one_matter(cast: SimpleNamespace) -> None:
    """What was gathered in a surge is judged no more, whatever is written in it."""
    part = gathered(cast)
    case = said(part, cast, MISSING, at=NOW + 10 * MINUTE)
    assert (case.part_of, ordered(MISSING)) == (None, (cast.gulbahar.name, ""))


def gathered(cast: SimpleNamespace) -> Citizen:
    """The last of four who told of one matter, of which nobody knows what it is about."""
    tree = (
        "A tree has fallen across the road beside the canal, branches lie everywhere, somebody should clear"
        " the leaves away before evening"
    )
    people = [Citizen() for _ in range(4)]
    for n, citizen in enumerate(people):
        hears(cast, citizen.says(tree + "!" * (n % 2)), at=NOW + n * MINUTE)
    assert Case.objects.latest("id").part_of
    return people[-1]
