"""What is told on of an alarm, in five languages: never noise, the desk's at once, and offered among the rumours."""

import pytest

from rabta.journey.groups import talk_words
from rabta.triage.assess import assess, retold, rumoured
from tests.rules.table import Row, each

ACCUSING = "They say the SHO has taken two children from the school, share with everyone"


@each("rumour_cases", by="text")
def test_an_alarm_that_is_told_on_is_a_rumour(row: Row) -> None:
    assert bool(rumoured(row["text"])) == (row["expected"] == "yes")


@each("rumour_cases", by="text")
def test_a_rumour_is_no_noise_and_the_desks(row: Row) -> None:
    if row["expected"] == "yes":
        assert assess(row["text"]).noise == ""
        assert talk_words.is_for_desk(row["text"]) and talk_words.is_rumour(row["text"])


@pytest.mark.parametrize(
    "text",
    [
        "He said come tomorrow, share with everyone",
        "साहब कहते हैं पहले कुछ लाओ, सबको भेजें",
        "صاحب کہتے ہیں پہلے کچھ لاؤ، سب کو بتائیں",
        "هغه راته وویل چې بیا راشه، ټولو ته ولېږئ",
        "sahab kehta hai pehle kuch lao, sab ko bhejo",
    ],
)
def test_what_somebody_said_is_no_chain_letter(text: str) -> None:
    assert assess(text).noise == "" and talk_words.is_for_desk(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please forward: a child needs blood group B negative",
        "सभी ग्रुप में भेजें: इस बच्चे को दुआ चाहिए",
        "آگے بھیجیں: اس بچے کے لیے دعا کریں",
        "ټولو ته ولېږئ: دې ماشوم ته دعا وکړئ",
        "sab ko bhejo: is bachay ke liye dua karen",
    ],
)
def test_a_chain_letter_with_a_child_in_it_is_read(text: str) -> None:
    assert assess(text).noise == ""
    assert talk_words.noise_of(text) is None or talk_words.is_for_desk(text)


def test_the_mark_of_a_chain_letter_tells_nothing_by_itself() -> None:
    assert retold("Forwarded many times: ten benefits of eating garlic") == ""
    assert retold("I have asked many times") == "many times"


def test_a_rumour_about_the_police_is_shown_to_no_moderator() -> None:
    assert rumoured(ACCUSING) and talk_words.is_for_desk(ACCUSING)
    assert not talk_words.is_rumour(ACCUSING)
