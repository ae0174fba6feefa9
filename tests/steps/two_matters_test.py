"""Of two open matters of one person the one that is talked of takes what follows; help comes to the right place."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Message, Order
from tests.cast import DAY, GULBAHAR, KOTWALI, MINUTE, NOW, Citizen, deliver, hears, read
from tests.intake import bodies
from tests.steps.stage import THEFT

MISSING = "My daughter is missing since this morning"  # and nobody knows where
MISSING_NEAR = f"{MISSING} near Gulbahar"
SHOOTING = "Help, they are shooting at my house near Gulbahar"
STOLEN = "My motorcycle was stolen last night"  # and we ask where
PLACES = pytest.mark.parametrize("how", ["words", "pin"])


def near_kotwali(citizen: Citizen, how: str) -> bodies.Json:
    return citizen.pins(KOTWALI) if how == "pin" else citizen.says("Near Kotwali")


def is_with(words: str) -> str:
    """What the last message stands with: the category of its case."""
    last = Message.objects.filter(direction="in").latest("id").case
    assert last == Message.objects.get(text=words).case and last
    return last.category


def led_by() -> dict[str, str]:
    """Which unit leads a case of which category."""
    rows = Order.objects.filter(part="lead").values_list("case__category", "unit__name")
    return dict(rows)


@pytest.mark.parametrize("pin", [True, False])
def test_what_is_said_in_danger_of_life_reaches_those_who_come(cast: SimpleNamespace, pin: bool) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(MISSING), at=NOW)
    hears(cast, citizen.says(SHOOTING), at=NOW + 2 * DAY)
    follows = citizen.pins(GULBAHAR) if pin else citizen.says("I am hiding behind the mosque")
    hears(cast, follows, at=NOW + 2 * DAY + MINUTE)
    assert is_with(SHOOTING) == "life_in_danger"
    assert led_by() == {"life_in_danger": cast.gulbahar.name}


@PLACES
def test_the_place_that_we_asked_for_last_is_that_of_what_was_told_last(
    cast: SimpleNamespace, how: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(MISSING), at=NOW)
    hears(cast, citizen.says(STOLEN), at=NOW + 2 * DAY)
    hears(cast, near_kotwali(citizen, how), at=NOW + 2 * DAY + MINUTE)
    assert is_with(STOLEN) == "theft"
    assert led_by() == {"theft": cast.kotwali.name}


@PLACES
def test_the_place_of_whoever_is_missing_reaches_her(cast: SimpleNamespace, how: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(MISSING), at=NOW)
    hears(cast, near_kotwali(citizen, how), at=NOW + 2 * DAY)
    assert led_by() == {is_with(MISSING): cast.kotwali.name}


def test_what_is_said_of_a_theft_orders_nobody_to_whoever_is_missing(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(MISSING), at=NOW)
    hears(cast, citizen.says(THEFT["en"]), at=NOW + DAY)
    hears(cast, citizen.says("I saw it just now near Gulbahar"), at=NOW + DAY + 5 * MINUTE)
    assert is_with(THEFT["en"]) == "theft"
    assert led_by() == {"theft": cast.kotwali.name}


@pytest.mark.parametrize("minutes", [1, 30])
def test_a_pin_after_an_emergency_is_not_of_an_old_theft(cast: SimpleNamespace, minutes: int) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(STOLEN), at=NOW)
    hears(cast, citizen.says(MISSING_NEAR), at=NOW + 10 * DAY)
    hears(cast, citizen.pins(GULBAHAR), at=NOW + 10 * DAY + minutes * MINUTE)
    assert is_with(MISSING_NEAR) == "missing_person"
    assert led_by() == {"missing_person": cast.gulbahar.name}


@pytest.mark.parametrize("one_batch", [True, False])
def test_read_at_once_or_one_by_one_it_is_the_same(cast: SimpleNamespace, one_batch: bool) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(MISSING), at=NOW)
    for n, words in enumerate([SHOOTING, "I am hiding behind the mosque"]):
        deliver(cast, citizen.says(words), at=NOW + DAY + n * MINUTE)
        if not one_batch:
            read(at=NOW + DAY + n * MINUTE)
    read(at=NOW + DAY + 2 * MINUTE)
    assert is_with(SHOOTING) == "life_in_danger"
