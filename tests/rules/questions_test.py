"""What is asked of citizens and what is not (tables/question_cases.csv), and what their answers mean."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.jurisdiction import NamedPlace
from rabta.rules.language import is_sure
from rabta.rules.questions import (
    MOST,
    Pressed,
    Question,
    Situation,
    Spot,
    chosen,
    key_of,
    next_question,
    of_key,
    places_to_choose,
)
from rabta.triage import tables
from tests.rules.table import Row, each


def situation(row: Row) -> Situation:
    return Situation(
        waiting=row["waiting"],
        urgency=int(row["urgency"]),
        careful=row["careful"] == "yes",
        private=row["private"] == "yes",
        officer=row["officer"] == "yes",
        police_named=row["police_named"] == "yes",
        in_hand=row["in_hand"] == "yes",
        language=row["language"],
        language_sure=row["sure"] == "yes",
        asked=frozenset(row["asked"].split()),
    )


@each("question_cases", by="situation")
def test_what_is_asked(row: Row) -> None:
    assert (next_question(situation(row)) or "") == row["expected"]


some_situation = st.builds(
    Situation,
    waiting=st.sampled_from(["", "no_category", "no_place", "two_places", "names_police"]),
    urgency=st.integers(0, 4),
    careful=st.booleans(),
    private=st.booleans(),
    officer=st.booleans(),
    police_named=st.booleans(),
    in_hand=st.booleans(),
    language=st.sampled_from(["", "ur"]),
    language_sure=st.booleans(),
    asked=st.frozensets(st.sampled_from(list(Question))),
)


@given(some_situation)
def test_never_twice_and_never_where_it_could_endanger(now: Situation) -> None:
    question = next_question(now)
    if question:
        assert question not in now.asked
        assert now.private
        assert now.urgency > 1
        assert not (now.careful or now.officer or now.police_named or now.in_hand)


@given(some_situation)
def test_questions_come_to_an_end(now: Situation) -> None:
    asked = 0
    while question := next_question(now):
        now, asked = replace(now, asked={*now.asked, question}), asked + 1
    assert asked <= len(Question)


TITLES = [{"Theft", "चोरी", "چوری"}, {"Traffic", "ٹریفک"}, {"Something else"}]


def test_a_number_a_title_or_both_name_a_choice() -> None:
    said = {
        "1": 0, "۲": 1, "३": 2, " 2. ": 1, "theft": 0, "THEFT!": 0, "چوری": 0, "2 Traffic": 1, "3) something else": 2,
        "4": None, "0": None, "12": None, "2 Theft": None, "theft of a bike": None, "2 bikes": None, "": None,
        "Something else happened to my brother yesterday": None,
    }  # fmt: skip
    assert {text: chosen(text, titles=TITLES) for text in said} == said


def test_a_number_alone_is_no_choice_where_it_could_mean_something_else() -> None:
    assert chosen("1", titles=TITLES, numbers=False) is None
    assert chosen("1 theft", titles=TITLES, numbers=False) == 0


@given(st.builds(Pressed, case=st.from_regex(r"[0-9a-z]{16}", fullmatch=True), question=st.sampled_from(Question),
                 choice=st.integers(0, 99)))  # fmt: skip
def test_a_button_says_what_it_was_made_of(pressed: Pressed) -> None:
    assert of_key(key_of(pressed)) == pressed


@given(st.text(max_size=80))
def test_other_keys_are_no_answers(key: str) -> None:
    found = of_key(key)
    assert found is None or key_of(replace(found, choice=int(key.rpartition(":")[2]))) in (key, key_of(found))


UNITS = range(1, 40)


def test_one_name_in_several_areas_gives_each_area() -> None:
    named = [NamedPlace(name="ganj", stations=(3, 5))]
    assert places_to_choose(named, units=UNITS) == [Spot("ganj", 3), Spot("ganj", 5)]


def test_several_names_give_those_whose_area_is_clear() -> None:
    named = [
        NamedPlace(name="kotwali", stations=(1,)),
        NamedPlace(name="gulbahar", stations=(2,)),
        NamedPlace(name="ganj", stations=(3, 5)),
    ]
    assert places_to_choose(named, units=UNITS) == [Spot("kotwali", 1), Spot("gulbahar", 2)]


def test_one_place_or_too_many_are_no_choice() -> None:
    assert places_to_choose([], units=UNITS) == []
    assert places_to_choose([NamedPlace(name="kotwali", stations=(1,))], units=UNITS) == []
    assert places_to_choose([NamedPlace(name="ganj", stations=tuple(range(1, MOST + 1)))], units=UNITS) == []


def test_a_text_says_its_language_or_leaves_it_open() -> None:
    words = tables.language_words()
    sure = {
        "My motorcycle was stolen last night": True, "meri motorcycle chori ho gayi hai": True, "चोरी हुई": True,
        "زما موټرسایکل غلا شو": True, "میری موٹر سائیکل چوری ہو گئی ہے": True,
        "Motorcycle stolen, Kotwali": False, "پولیس": False, "123": False, "": False,
    }  # fmt: skip
    assert {text: is_sure(text, words=words) for text in sure} == sure
