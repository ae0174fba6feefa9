"""Danger to life by words that stand near each other: counted over many texts, and what each part of it is for."""

from dataclasses import replace

import pytest

from rabta.journey.groups.talk_words import is_for_desk
from rabta.journey.urgent_first import speaks_of_danger
from rabta.rules import emergencies
from rabta.rules.matter import Said, withhold
from rabta.rules.phrases import PhraseTable
from rabta.triage import tables
from rabta.triage.assess import assess, danger_in
from tests.rules.table import rows


def counted(table: str) -> tuple[int, int]:
    """How many emergencies of a table are known, and how much that only comes near one is taken for it."""
    known = [row for row in rows(table) if assess(row["text"]).urgency == 0]
    near = sum(row["about"] == "near" for row in known)
    return len(known) - near, near


@pytest.mark.parametrize(
    ("table", "found", "mistaken"),
    [
        ("emergencies_build", 199, 1),  # the words were made with these; before them 20 and 7
        ("emergencies_unseen", 190, 6),  # put away, but of the same writer; before the words 7 and 4
    ],
)
def test_emergencies_are_known(table: str, found: int, mistaken: int) -> None:
    """Of 200 and of 100 that only come near one. It may not get worse."""
    known, near = counted(table)
    assert known >= found
    assert near <= mistaken


def test_who_is_kept_somewhere_is_in_danger() -> None:
    """Of 30 cries for captives and 20 texts of the same words; put away before the words were made. Before: 6 and 0."""
    known, near = counted("captives_unseen")
    assert known >= 27
    assert near == 0


@pytest.mark.parametrize(
    "text",
    [
        "An abducted girl is kept in this house",
        "اس گھر میں اغوا شدہ لڑکی کو رکھا ہے",
        "aghwa shuda larki is ghar mein hai",
        "इस घर में अगवा की हुई लड़की को रखा है",
        "अपहृत लड़की इस घर में है",
        "اغوا شوې نجلۍ په دې کور کې ساتل کیږي",
        "ایک لڑکی کو قید کر رکھا ہے",
        "they keep a child chained in the brick kiln",
        "larki ko kamre mein band kar ke rakha hai",
        "A girl is locked in the room and she is crying",
    ],
)
def test_a_captive_is_the_desk_s_and_no_moderator_s(text: str) -> None:
    assert assess(text).urgency == 0
    assert is_for_desk(text)


@pytest.mark.parametrize(
    "text",
    [
        "a girl stays locked in the jail as a prisoner",
        "my son locked in his bicycle with a new lock",
        "the shop is locked, call the owner, my sister waits",
        "bachon ki wajah se darwaza band kar ke rakha hai",
        "the girl who was kept locked in the house is rescued",
    ],
)
def test_what_is_locked_up_otherwise_is_no_danger(text: str) -> None:
    assert danger_in(text) is None


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("fire in my house in Gulbahar, help", "life_in_danger"),
        ("thief is in my house now", "crime_in_progress"),
        ("میرے بھائی کو گولی لگی ہے", "life_in_danger"),
        ("गोली चल रही है बाज़ार में", "life_in_danger"),
        ("په کور کې غل ننوتی دی", "crime_in_progress"),
        ("they have kidnapped my son", "crime_in_progress"),
        ("a call asking for 50 lakh or they will kill my children", "extortion"),
        ("a girl is being raped", "sexual_offence"),
    ],
)
def test_danger_is_danger_whatever_the_category(text: str, category: str) -> None:
    found = assess(text)
    assert (found.category, found.urgency) == (category, 0)


@pytest.mark.parametrize(
    ("text", "withheld"),
    [
        ("a girl is being raped", "restricted"),
        ("constable took a bribe and now the thieves are in my house", "accusation"),
        ("keep my name secret, armed men have locked people in the hotel", "tip"),
    ],
)
def test_what_waits_for_a_person_waits_in_danger_too(text: str, withheld: str) -> None:
    found = assess(text)
    assert (found.urgency, found.withheld) == (0, withheld)


def test_a_chosen_category_stays_and_the_danger_is_seen() -> None:
    found = assess("thief is in my house now", choices={"category": "theft"})
    assert (found.category, found.category_source, found.urgency) == ("theft", "citizen", 0)


@pytest.mark.parametrize(
    "text",
    [
        "there was a fire in our building last year",
        "a drunk man is shouting outside our building",  # sounds like shooting
        "People say a child was kidnapped near the canal, please forward",
        "دل جل رہا ہے",
        "وہی لوگ پھر آئے تھے",  # the same people; in Pashto the word is “hits”
    ],
)
def test_what_is_over_told_on_or_only_sounds_alike_is_none(text: str) -> None:
    assert danger_in(text) is None


def test_what_presses_is_of_today_whatever_was_last_year() -> None:
    assert danger_in("last year a fire in our building, now again fire in our building, hurry")


def test_a_story_about_danger_is_left_to_the_desk() -> None:
    assert assess("a film in which a man is stabbed, very cruel").category == ""


def test_danger_told_by_several_words_is_read_first() -> None:
    assert speaks_of_danger("somebody is shooting in the street")
    assert not speaks_of_danger("somebody is singing in the street")


def table(unless: str = "") -> emergencies.EmergencyWords:
    words = [("fire", "fire"), ("house", "place"), ("soon", "then"), ("fire brigade", "idle")]
    return emergencies.EmergencyWords(
        written=PhraseTable.of(words),
        spoken=PhraseTable(),
        pashto=PhraseTable.of([("mar", "snake")]),
        patterns=[
            emergencies.Pattern("life_in_danger", ("fire", "place"), 4, unless),
            emergencies.Pattern("life_in_danger", ("snake",), 1, ""),
        ],
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fire in my house", True),
        ("house on fire", True),
        ("a fire was seen from the house", False),  # too far
        ("the fire brigade house", False),  # idle
    ],
)
def test_words_of_a_pattern_stand_close_and_are_not_idle(text: str, found: bool) -> None:
    assert bool(emergencies.emergency_in(text, language="en", table=table())) == found


def test_a_word_beside_them_speaks_against_it() -> None:
    text = "fire in my house soon"
    assert emergencies.emergency_in(text, language="en", table=table())
    assert emergencies.emergency_in(text, language="en", table=table(unless="then")) is None


def test_short_words_of_pashto_mean_nothing_in_urdu() -> None:
    assert emergencies.emergency_in("mar", language="ps", table=table())
    assert emergencies.emergency_in("mar", language="ur", table=table()) is None


def test_patterns_name_groups_and_categories_that_exist() -> None:
    groups = {row["group"] for row in tables.rows("emergency_words")}
    for row in tables.rows("emergency_patterns"):
        assert {*row["groups"].split(), *row["unless"].split()} <= groups
        assert row["category"] in tables.categories()
    assert {emergencies.IDLE, emergencies.CALM, emergencies.HEARSAY, *emergencies.PRESSING} <= groups


def test_what_surely_accuses_is_not_freed_by_words_near_each_other() -> None:
    categories = tables.categories()
    said = Said(category="life_in_danger", chosen_kind="", accusing="", accusing_like="x", tipping="")
    assert withhold(replace(said, in_danger=True), categories=categories)[0] == ""
    assert (
        withhold(replace(said, in_danger=True, surely_accusing=True), categories=categories)[0]
        == "accusation"
    )
