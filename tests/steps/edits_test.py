"""An edit that cries for help is heard; one that may tell of a secret matter is not read where its message stands."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.force.models import Officer
from tests.cast import (
    DAY,
    HOUR,
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
from tests.intake import bodies
from tests.steps.stage import ACCUSATION, theft

RED = "The stolen motorcycle is red"
AGAIN = "He came again and stood before my shop"
SHOOTING = "Help, they are shooting at my house"
HELP = f"{SHOOTING} near Gulbahar"
TIP = "Secret information: in Kotwali bazaar house number 12 Javed sells heroin. Keep my name secret"
SOON = NOW + 10 * MINUTE


def reads(who: Officer, words: str) -> bool:
    with acting(who) as scope:
        return Message.objects.filter(scope.visible(), text=words).exists()


def case_of(words: str) -> Case:
    case = Message.objects.get(text=words).case
    assert case is not None
    return Case.objects.get(pk=case.pk)


def who_accuses(cast: SimpleNamespace, to: str = bodies.FIRST) -> tuple[Citizen, bodies.Json]:
    """Kotwali has somebody's theft, with a message that he edits now; he accuses Kotwali."""
    citizen = Citizen()
    theft(cast, citizen)
    message = citizen.says(RED)
    hears(cast, citizen.says(ACCUSATION["en"]), at=SOON, to=to)
    hears(cast, message, at=SOON + MINUTE)
    assert reads(cast.sho, RED)
    return citizen, message


@pytest.mark.parametrize("first", ["Good people of the police", RED])
def test_a_cry_for_help_in_an_edit_is_ordered(cast: SimpleNamespace, first: str) -> None:
    citizen = Citizen()
    message = citizen.says(first)
    theft(cast, citizen)
    hears(cast, message, at=SOON)
    hears(cast, citizen.edits(message, HELP), at=SOON + MINUTE)
    help_ = case_of(HELP)
    assert (help_.urgency, help_.lead_unit, help_.withheld) == (0, cast.gulbahar, "")


def test_also_beside_a_secret_matter(cast: SimpleNamespace) -> None:
    citizen, message = who_accuses(cast)
    hears(cast, citizen.edits(message, HELP), at=SOON + 2 * HOUR)
    help_ = case_of(HELP)
    assert (help_.urgency, help_.lead_unit, help_.withheld) == (0, cast.gulbahar, "")


def test_the_place_that_an_edit_corrects_is_understood(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(SHOOTING)
    hears(cast, message)
    assert Case.objects.get().waiting_why["code"] == "no_place"
    hears(cast, citizen.edits(message, HELP), at=NOW + MINUTE)
    assert Case.objects.get().lead_unit == cast.gulbahar


@pytest.mark.parametrize("to", [bodies.FIRST, PESHAWAR_NUMBER])
def test_what_may_belong_to_an_accusation_is_not_read_with_the_theft(cast: SimpleNamespace, to: str) -> None:
    citizen, message = who_accuses(cast, to)
    hears(cast, citizen.edits(message, AGAIN), at=SOON + 2 * MINUTE)
    assert reads(cast.sho, RED) and not reads(cast.sho, AGAIN)
    assert reads(cast.desk_head, AGAIN)
    assert case_of(AGAIN).withheld == "accusation"


def test_also_where_the_edit_is_read_before_its_message(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(RED)
    theft(cast, citizen)
    hears(cast, citizen.says(ACCUSATION["en"]), at=SOON)
    hears(cast, citizen.edits(message, AGAIN), at=SOON + MINUTE)
    hears(cast, message, at=SOON + 2 * MINUTE)
    assert reads(cast.sho, RED) and not reads(cast.sho, AGAIN)
    assert reads(cast.desk_head, AGAIN)


def test_nor_what_may_name_an_informant_with_his_tip(cast: SimpleNamespace) -> None:
    citizen, more = Citizen(), "He sells heroin at night"
    theft(cast, citizen)
    hears(cast, citizen.says(TIP), at=SOON)
    tip = Case.objects.get(withheld="tip")
    with acting(cast.desk_head) as by:
        post = post_named(cast.sho)
        journey.order(case=tip, post=post, part="lead", instruction="", by=by, now=SOON)
    message = citizen.says(more)
    hears(cast, message, at=SOON + MINUTE)
    assert reads(cast.sho, more)
    hears(cast, citizen.edits(message, "It is me, Haider of shop 14"), at=SOON + 2 * MINUTE)
    assert not reads(cast.sho, "It is me, Haider of shop 14") and reads(cast.sho, more)


@pytest.mark.parametrize("secretive", [True, False])
def test_what_is_about_the_theft_changes_it_as_ever(cast: SimpleNamespace, secretive: bool) -> None:
    """Whoever has no secret matter must not be told from who has one."""
    citizen = Citizen()
    message = citizen.says(RED)
    theft(cast, citizen)
    if secretive:
        hears(cast, citizen.says(ACCUSATION["en"]), at=SOON)
    hears(cast, message, at=SOON + MINUTE)
    hears(cast, citizen.edits(message, "The stolen motorcycle is dark red"), at=SOON + 2 * MINUTE)
    assert reads(cast.sho, "The stolen motorcycle is dark red") and not reads(cast.sho, RED)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("cry", ["edit", "edit of another", "message"])
@pytest.mark.parametrize("place", [" near Kotwali", ""])
def test_the_order_in_which_edits_are_read_shows_none_to_the_accused(
    cast: SimpleNamespace, together: bool, cry: str, place: str
) -> None:
    """“He came again” is written before the cry for help that the accused station gets, and may be read after it."""
    citizen, message = who_accuses(cast)
    another, cries = citizen.says("The stolen motorcycle is a Honda"), f"{SHOOTING}{place}"
    hears(cast, another, at=SOON + 2 * MINUTE)
    told = [citizen.edits(message, AGAIN)]
    told += [citizen.says(cries)] if cry == "message" else []
    told += [citizen.edits(message if cry == "edit" else another, cries)] if cry != "message" else []
    for n, body in enumerate(told):
        deliver(cast, body, at=SOON + (3 + n) * MINUTE)
        if not together:
            read(at=SOON + (3 + n) * MINUTE)
    read(at=SOON + 5 * MINUTE)
    if not place:
        hears(cast, citizen.pins(KOTWALI), at=SOON + 6 * MINUTE)
    assert reads(cast.sho, cries)
    assert not reads(cast.sho, AGAIN) and reads(cast.desk_head, AGAIN)


def test_what_only_the_desk_reads_is_edited_there(cast: SimpleNamespace) -> None:
    citizen, _message = who_accuses(cast)
    waits = citizen.says(AGAIN)
    hears(cast, waits, at=NOW + DAY)
    hears(cast, citizen.edits(waits, "He came again and stood before my home"), at=NOW + DAY + MINUTE)
    assert not Message.objects.filter(text=AGAIN).exists()
    assert case_of("He came again and stood before my home").withheld == "accusation"


def test_who_has_no_secret_matter_edits_whatever_he_likes(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    message = citizen.says(RED)
    case = theft(cast, citizen)
    hears(cast, message, at=SOON)
    hears(cast, citizen.edits(message, AGAIN), at=SOON + MINUTE)
    assert case_of(AGAIN) == case
