"""Whether words on a picture are those that the police released, and who is asked about a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.kit import scripts
from rabta.rules.near import Neighbour, nearest
from rabta.rules.screenshots import Answer, compare

OFFICIAL = (
    "Two shops burned on Saddar Road on Monday at 21:00. Nobody was hurt. The road is open again.",
    "صدر روڈ پر پیر کو رات نو بجے دو دکانیں جل گئیں۔ کوئی زخمی نہیں ہوا۔ سڑک کھل گئی ہے۔",
)


@pytest.mark.parametrize(
    ("typed", "answer", "strange"),
    [
        (OFFICIAL[0], Answer.EXACT, ()),
        (OFFICIAL[0].upper().replace(".", " ,"), Answer.EXACT, ()),
        (OFFICIAL[1], Answer.EXACT, ()),
        (OFFICIAL[1].replace("ی", "ي").replace("ک", "ك"), Answer.EXACT, ()),
        ("nobody was hurt the road is open", Answer.PART, ()),
        ("was hurt", Answer.OTHER, None),
        (OFFICIAL[0].replace("Nobody was", "Nine were"), Answer.ALTERED, ("nine", "were")),
        ("Two shops burned on Saddar Road and four people died there", Answer.ALTERED, None),
        ("The schools are closed tomorrow because of the heat, says the police", Answer.OTHER, None),
        ("", Answer.OTHER, None),
    ],
)
def test_what_is_said_of_the_words(typed: str, answer: Answer, strange: tuple[str, ...] | None) -> None:
    found = compare(typed, OFFICIAL)
    assert found.answer == answer
    if strange is not None:
        assert found.strange == strange


@given(st.integers(0, 15), st.sampled_from(["never", "bomb", "अफ़वाह", "دھماکہ"]))
def test_one_changed_word_is_never_called_genuine(at: int, word: str) -> None:
    words = scripts.words(OFFICIAL[0])
    at %= len(words)
    typed = " ".join([*words[:at], word, *words[at + 1 :]])
    assert compare(typed, OFFICIAL).answer == Answer.ALTERED


def test_the_nearest_are_asked_first_and_never_those_who_do_not_want_it() -> None:
    people = [
        Neighbour(1, (34.5, 72.0)),
        Neighbour(2, (34.01, 71.51)),
        Neighbour(3, None),
        Neighbour(4, (34.0, 71.5)),
        Neighbour(5, (34.02, 71.5)),
    ]
    assert nearest(people, to=(34.0, 71.5), most=3, not_these={4}) == [2, 5, 1]
    assert nearest(people, to=(34.0, 71.5), most=9)[-1] == 3
    assert nearest(people, to=None, most=2) == [1, 2]
    assert nearest(people, to=None, most=0) == []
