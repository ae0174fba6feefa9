"""Somebody writes very much into one case: what follows costs little, and loses nothing of what was known."""

import time
from types import SimpleNamespace

import pytest

from rabta.cases.models import Case
from rabta.journey.arriving import judge
from tests.cast import HOUR, NOW, Citizen, hears

pytestmark = pytest.mark.django_db
MUCH = "the long wall is white " * (judge.READ_AGAIN // 20)  # no word of it means anything


def test_what_was_known_of_a_case_stays_however_much_is_written_after_it(cast: SimpleNamespace) -> None:
    karim = Citizen()
    hears(cast, karim.says("my motorcycle was stolen"))
    case = Case.objects.get()
    hears(cast, karim.says(MUCH), at=NOW + HOUR / 2)
    hears(cast, karim.says("hello, are you there, I wrote to you"), at=NOW + HOUR)
    again = Case.objects.get()
    assert (again.category, again.kind, again.urgency) == (case.category, case.kind, case.urgency)
    assert again.category == "theft"


def test_what_is_graver_and_what_accuses_is_seen_after_much(cast: SimpleNamespace) -> None:
    karim, sadia = Citizen(), Citizen()
    for citizen in (karim, sadia):
        hears(cast, citizen.says("my motorcycle was stolen"))
        hears(cast, citizen.says(MUCH), at=NOW + HOUR / 2)
    hears(cast, sadia.says("the SHO took a bribe for it"), at=NOW + HOUR)
    assert Case.objects.filter(withheld="accusation").count() == 1


def test_a_short_message_after_long_ones_costs_little(cast: SimpleNamespace) -> None:
    karim = Citizen()
    hears(cast, karim.says("my motorcycle was stolen"))
    for n in range(4):
        hears(cast, karim.says(f"{n} {MUCH * 2}"), at=NOW + HOUR / 2)
    began = time.process_time()
    hears(cast, karim.says("hello there again"), at=NOW + HOUR)
    assert time.process_time() - began < 1
    assert Case.objects.count() == 1
