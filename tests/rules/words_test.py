"""What words decide: language, noise, accusation, category. Every row of the tables is held to its rule."""

import pytest

from rabta.kit import scripts
from rabta.rules.language import language_of
from rabta.rules.matter import DECISIVE, accusing_words, guess_category
from rabta.rules.noise import noise_of
from rabta.rules.phrases import PhraseTable
from rabta.triage import tables
from rabta.triage.assess import asks_for_help, assess, police_named, retold
from tests.rules.table import Row, each, rows

URGENCY = {"life_in_danger": 0, "theft": 3, "nuisance": 3}


@each("category_cases", by="text")
def test_words_decide_the_category(row: Row) -> None:
    guess = guess_category(row["text"], table=tables.category_words(), urgency=tables.urgencies())
    assert (guess.category if guess else "") == row["expected"]


@each("language_cases", by="text")
def test_a_message_is_in_the_language(row: Row) -> None:
    assert language_of(row["text"], words=tables.language_words()) == row["expected"]


@each("noise_cases", by="text")
def test_a_message_is_noise_or_not(row: Row) -> None:
    noise = noise_of(
        row["text"],
        greetings=tables.phrases("greetings"),
        forwards=tables.phrases("forwards"),
        alarming=tables.alarming(),
    )
    assert ("yes" if noise else "no") == row["expected"]


@each("accusation_cases", by="text")
def test_a_message_may_accuse_police_or_not(row: Row) -> None:
    found = accusing_words(row["text"], table=tables.accusations())
    assert ("yes" if found else "no") == row["expected"], found


def test_what_may_accuse_police_is_withheld_and_nothing_else() -> None:
    wrong = [
        row["text"]
        for row in rows("accusation_cases")
        if (assess(row["text"]).withheld == "accusation") != (row["expected"] == "yes")
    ]
    assert wrong == []


@each("accusations_build", by="text")
def test_an_accusation_is_read_by_a_person_first(row: Row) -> None:
    """Withheld, or of no category, or naming the police: nothing of it is ordered by itself."""
    found = assess(row["text"])
    waits = police_named(row["text"]) and not (found.urgency == 0 and asks_for_help(row["text"]))
    assert found.withheld or not found.category or waits


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("My goat was stolen near Kotwali", ""),
        ("My goat was stolen and the SHO does nothing", "sho"),
        ("my bike was stolen from the road behind the hospital", ""),
    ],
)
def test_who_names_the_police_and_who_names_a_place(text: str, named: str) -> None:
    assert police_named(text) == named


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my goat was stolen last night from the pen behind the house", ""),
        ("my goat was stolen, he said bring something first", "he said"),
        ("bakri chori hui, sahab kehta hai kal", "kehta"),
        ("बकरी चोरी हुई, कई बार बताया", "कई बार"),
        ("بکری چوری ہوئی، کہتے ہیں انتظار کرو", "کہتے"),
        ("زما وزه غلا شوه، ورغلم بیا", "ورغلم"),
    ],
)
def test_what_tells_of_words_and_of_earlier_tries_is_noticed(text: str, told: str) -> None:
    assert retold(text) == told


def test_the_words_shown_to_the_desk_are_those_that_were_written() -> None:
    assert assess("Thaanay me shikaayat phaari").withheld_why["words"] == "thaanay … phaari"


def test_words_that_must_stand_together_do_not_count_apart() -> None:
    assert accusing_words("mera bachcha do baar gaya aur gir gaya", table=tables.accusations())
    assert not accusing_words("do baar bukhar hua, phir theek ho gaya", table=tables.accusations())


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_silence_has_no_language_and_is_no_noise(text: str) -> None:
    found = assess(text)
    assert (found.language, found.noise, found.category, found.withheld) == ("", "", "", "")


def test_one_emoji_alone_is_a_greeting_of_no_language() -> None:
    found = assess("🌹")
    assert (found.language, found.noise, found.category) == ("", "greeting", "")


def test_two_categories_that_are_close_are_left_to_the_operator() -> None:
    table = PhraseTable.of([("purse", ("theft", 4)), ("loud", ("nuisance", 3))])
    assert guess_category("purse and loud", table=table, urgency=URGENCY) is None


def test_a_decisive_word_for_the_more_urgent_of_two_wins() -> None:
    table = PhraseTable.of([("purse", ("theft", DECISIVE + 1)), ("bleeding", ("life_in_danger", DECISIVE))])
    guess = guess_category("purse bleeding", table=table, urgency=URGENCY)
    assert guess and guess.category == "life_in_danger"


def test_a_word_said_ten_times_counts_once() -> None:
    table = PhraseTable.of([("loud", ("nuisance", 2))])
    assert guess_category("loud " * 10, table=table, urgency=URGENCY) is None


def test_a_phrase_inside_a_longer_one_does_not_count_twice() -> None:
    table = PhraseTable.of([("loud", ("nuisance", 2)), ("loud music", ("nuisance", 3))])
    guess = guess_category("loud music", table=table, urgency=URGENCY)
    assert guess and guess.score == 3


def test_a_greeting_that_goes_on_is_read() -> None:
    assert assess("Good morning").noise == "greeting"
    assert assess("Good morning, my bicycle was stolen").noise == ""


def test_a_chain_letter_that_accuses_police_is_read() -> None:
    forward = "Forwarded as received, please share with all groups: "
    assert assess(forward + "drink warm water every morning").noise == "forward"
    found = assess(forward + "the SHO here takes bribes")
    assert (found.noise, found.withheld) == ("", "accusation")


def test_the_citizens_own_choice_is_above_the_words() -> None:
    found = assess("my bicycle was stolen", choices={"category": "traffic"})
    assert (found.category, found.category_source) == ("traffic", "citizen")


def test_a_choice_that_is_no_category_is_not_believed() -> None:
    assert assess("my bicycle was stolen", choices={"category": "'; DROP TABLE"}).category == "theft"


def test_every_word_of_the_tables_is_found_in_its_own_text() -> None:
    """A phrase that its own normalised form does not match could never be found."""
    lost = [
        row["phrase"]
        for row in tables.rows("words")
        if not any(
            found.value == (row["category"], int(row["weight"]))
            for found in tables.category_words().find(scripts.words(row["phrase"]))
        )
    ]
    assert lost == []
