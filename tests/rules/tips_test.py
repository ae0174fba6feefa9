"""What a tip is, in five languages: it goes to the desk alone, whoever writes it, and waits there for a person."""

import pytest

from rabta.demo.force import rows as history
from rabta.journey.groups import talk_words
from rabta.rules.phrases import PhraseTable
from rabta.rules.topics import NEAR, TopicWords, paired_words
from rabta.triage.assess import assess
from tests.rules.table import rows

GREETED = {
    "en": "Good morning sir. ",
    "hi": "नमस्ते सर, ",
    "ur": "صبح بخیر، ",
    "ps": "سهار مو په خیر، ",
    "roman": "Salam sir g ",
}
WORDS = TopicWords(
    things=PhraseTable.of([("opium", "drugs"), ("gun", "arms")]),
    acts=PhraseTable.of([("sold*", "drugs"), ("hide", "arms")]),
    idle=PhraseTable.of([("film", "drugs")]),
)


def counted(table: str, expected: str) -> tuple[int, int, int]:
    """How many of these, how many the desk has alone, how many of them wait for a person as a citizen's message."""
    texts = [row["text"] for row in rows(table) if row["expected"] == expected]
    desk = [text for text in texts if talk_words.is_for_desk(text)]
    return len(texts), len(desk), len([text for text in texts if assess(text).withheld])


@pytest.mark.parametrize(
    ("table", "count", "desk", "waits"),
    [
        ("tips_build", 75, 72, 70),  # 73 and 73; the words were made with these; before them 23 and 8
        (
            "tips_unseen",
            75,
            60,
            54,
        ),  # 62 and 56; put away, but of the writer of the words; before them 34 and 17
        (
            "tips_newer",
            60,
            58,
            57,
        ),  # of other topics, named plainly; put away in the same way; before them 26 and 9
    ],
)
def test_tips_are_read_by_no_moderator(table: str, count: int, desk: int, waits: int) -> None:
    """Two in five only hint, and those are what is missed. The goal is 95 %; it may not get worse, but by what the
    classifiers learn."""
    known, at_desk, waiting = counted(table, "tip")
    assert known == count
    assert at_desk >= desk and waiting >= waits


@pytest.mark.parametrize(
    ("table", "count", "most"), [("tips_build", 50, 11), ("tips_unseen", 50, 9), ("tips_newer", 40, 5)]
)
def test_what_is_near_a_tip_is_left_to_the_group(table: str, count: int, most: int) -> None:
    """9 and 7, as many as before the words: what has a category (rubbish, a broken traffic light) is the desk's. Of
    the last 5, as many as before the words."""
    known, at_desk, waiting = counted(table, "near")
    assert known == count
    assert at_desk <= most
    assert waiting <= 3


@pytest.mark.parametrize(
    "text",
    [
        "रात को नदी से रेत निकाल रहे हैं",
        "رات کو ندی سے ریت نکال رہے ہیں",
        "naya hotel khula hai wahan larkiyan laai jati hain",
        "डेरे पर कल रात शराब की गाड़ी उतरी है",
        "bachche se bheekh mangwate hain, pura gang hai",
        "पान की दुकान पर पुड़िया बेची जाती है",
        "मकान नंबर सात में देह व्यापार होता है",
        "खेत में अफीम बोई है",
        "My tenant has many SIM cards and is always on the phone pretending to be a bank",
        "Timber mafia trucks pass the checkpost at 2 am",
        "They are planning to beat the teacher tomorrow",
        "دو آدمی مسجد میں آتے ہیں اور نقشے بناتے ہیں",
        "سکول کے باہر ایک آدمی بچوں کو ٹافیاں دے کر تصویریں بناتا ہے",
    ],
)
def test_a_thing_and_what_is_done_with_it_is_a_tip(text: str) -> None:
    assert talk_words.is_for_desk(text)
    assert assess(text).withheld == "tip"


@pytest.mark.parametrize(
    "text",
    [
        "fireworks are sold to children",
        "मिठाई बच्चों को बेची जाती है",
        "بچوں کو ٹافیاں بیچتے ہیں",
        "ماشومانو ته خواږه خرڅیږي",
        "bachon ko khilone bechte hain",
        "a documentary about opium in the field",
        "they are planning to beat the record",
        "the surveyor and two men were measuring the road",
    ],
)
def test_what_is_idle_beside_them_makes_none(text: str) -> None:
    assert assess(text).withheld != "tip"


@pytest.mark.parametrize(
    "text",
    [
        "children are sold across the border",
        "बच्चों को बेच देते हैं",
        "بچوں کو بیچ دیتے ہیں",
        "bachon ko bech dete hain",
    ],
)
def test_children_who_are_sold_are_still_a_tip(text: str) -> None:
    assert assess(text).withheld == "tip"


@pytest.mark.parametrize("table", ["tips_build", "tips_unseen", "tips_newer"])
def test_a_greeting_before_it_changes_nothing(table: str) -> None:
    tips = [row for row in rows(table) if row["expected"] == "tip" and talk_words.is_for_desk(row["text"])]
    lost = [row["text"] for row in tips if not talk_words.is_for_desk(GREETED[row["lang"]] + row["text"])]
    assert lost == []


@pytest.mark.parametrize(
    "table", ["moderation_unseen", "moderation_newer", "moderation_third", "moderation_fourth"]
)
def test_no_greeting_is_taken_for_a_tip(table: str) -> None:
    assert not [
        row["text"]
        for row in rows(table)
        if row["expected"] == "noise" and assess(row["text"]).withheld == "tip"
    ]


@pytest.mark.parametrize("table", ["category_cases", "accusations_near"])
def test_ordinary_reports_do_not_wait_for_it(table: str) -> None:
    """One of 319: boys who sell drugs in packets before a school."""
    like = [
        row["text"] for row in rows(table) if assess(row["text"]).withheld_why.get("words", "").count(" … ")
    ]
    assert len([text for text in like if assess(text).withheld == "tip"]) <= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is sold as opium", "sold … opium"),
        ("OPIUM is what they sold", "opium … sold"),
        ("guns are sold", ""),
        ("opium alone", ""),
        ("sold or not, they hide a gun", "hide … gun"),
        (f"opium {'and ' * NEAR} sold", "opium … sold"),
        (f"opium {'and ' * (NEAR + 1)} sold", ""),
        ("", ""),
        ("a film about opium that is sold", ""),
        ("opium is sold here as it is in the film", "opium … sold"),
        ("a film, and they hide a gun", "hide … gun"),
    ],
)
def test_a_thing_and_an_act_of_one_topic_near_each_other_make_a_tip(text: str, found: str) -> None:
    assert paired_words(text, table=WORDS) == found


def test_what_is_urgent_does_not_wait_because_it_is_like_a_tip() -> None:
    text = "Robbery in progress, they are shooting. The gunmen are hiding upstairs"
    assert assess(text).urgency == 0
    assert not assess(text).withheld


def test_of_the_demonstration_only_what_is_meant_as_a_tip_is_one() -> None:
    """Its stories are told by what each line is; the last week is played in `tests/steps/demo_history_test.py`."""
    taken = [row for row in history("history") if assess(row["text"]).withheld == "tip"]
    assert {row["category"] for row in taken} == {"crime_tip"}
