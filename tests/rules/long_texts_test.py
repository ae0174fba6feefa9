"""Very long texts of the rules' own words: each is judged in less than a second, or urgent messages wait behind it."""

import time
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest

from rabta.journey.groups import talk_words
from rabta.kit import scripts
from rabta.rules.emergencies import emergency_in, is_calm
from rabta.rules.matter import accusing_words, guess_category
from rabta.rules.phrases import PhraseTable
from rabta.rules.public_words import told_in
from rabta.rules.topics import LONGEST, paired_words
from rabta.triage import assess, tables

LETTERS = 50_000  # of an e-mail that is read (`channels.email.words`)
BOUND = 1.0  # seconds of the processor; before, the worst took half a minute, and grew with the square


def filled(words: str, letters: int = LETTERS) -> str:
    """The words again and again."""
    return (f"{words} " * (letters // len(words) + 1))[:letters]


def shortest(table: str, **only: str) -> str:
    rows = [row for row in tables.rows(table) if only.items() <= row.items()]
    written = [row.get("word") or row["phrase"] for row in rows]
    return min((word.replace("*", "").replace("_", " ") for word in written), key=len)


def of_two_topics(table: str) -> Iterator[str]:
    """A thing of one topic and an act of another, first all of the one; and both by turns."""
    topics = sorted({row["topic"] for row in tables.rows(table)})
    thing, act = (
        shortest(table, part="thing", topic=topics[0]),
        shortest(table, part="act", topic=topics[-1]),
    )
    yield filled(thing, LETTERS // 2) + filled(act, LETTERS // 2)
    yield filled(f"{thing} {act}")


def of_emergencies() -> Iterator[str]:
    """What each of the widest patterns is made of, with a word beside it that speaks against it."""
    heard = shortest("emergency_words", group="hearsay", lang="en")
    widest = sorted(tables.emergency_words().patterns, key=lambda one: (-len(one.groups), -one.within))
    for pattern in widest[:6]:
        words = [shortest("emergency_words", group=group) for group in pattern.groups]
        yield filled(" ".join([*words, heard]))
    for one, other in combinations(("idle", "calm", "hearsay"), 2):
        yield filled(f"{shortest('emergency_words', group=one)} {shortest('emergency_words', group=other)}")


LONG = [
    *of_two_topics("tip_topics"),
    *of_two_topics("rumour_topics"),
    *of_emergencies(),
    *(filled(shortest(name)) for name in ("words", "office_words", "told_words", "greetings", "forwards")),
    filled(" ".join(row["phrase"] for row in tables.rows("words"))),
    filled("a"),
    "a-" * (LETTERS // 2),
    "@" * LETTERS,
    "a@" * (LETTERS // 2),
    " ".join(f"w{n}" for n in range(LETTERS // 7)),
]
RULES: list[Callable[[str], object]] = [
    lambda text: paired_words(text, table=tables.topics("tip_topics")),
    lambda text: paired_words(text, table=tables.topics("rumour_topics")),
    lambda text: emergency_in(text, language="en", table=tables.emergency_words()),
    lambda text: is_calm(text, language="en", table=tables.emergency_words()),
    lambda text: guess_category(text, table=tables.category_words(), urgency=tables.urgencies()),
    lambda text: accusing_words(text, table=tables.accusations()),
    lambda text: tables.alarming().find_longest(scripts.words(text)),
    assess.likely_accusing,
    assess.retold,
    assess.assess,
    talk_words.is_for_desk,
    talk_words.is_rumour,
    lambda text: told_in(text, case_words=PhraseTable.of([])),
]


@pytest.fixture(autouse=True, scope="module")
def warm() -> None:
    """Tables are read once, and that is not what is measured."""
    for rule in RULES:
        rule("good morning, my gun was sold")


@pytest.mark.parametrize("rule", range(len(RULES)))
def test_a_long_text_of_their_own_words_is_judged_at_once(rule: int) -> None:
    slow = {}
    for text in LONG:
        began = time.process_time()
        RULES[rule](f"{rule} {text}")  # nothing that another rule has in memory
        took = time.process_time() - began
        if took > BOUND:
            slow[text[:40]] = took
    assert not slow


def test_phrases_are_found_as_before_in_a_long_text() -> None:
    table = PhraseTable.of([("one two", "a"), ("two", "b"), ("three*", "c")])
    said = ["one", "two", "threefold"] * 1000
    assert [(found.value, found.start) for found in table.find(said)][-3:] == [
        ("a", 2997),
        ("b", 2998),
        ("c", 2999),
    ]
    assert [found.value for found in table.find_longest(said)] == ["a", "c"] * 1000


def test_no_act_of_a_topic_has_more_words_than_are_looked_back() -> None:
    for name in ("tip_topics", "rumour_topics"):
        assert max(len(row["word"].split()) for row in tables.rows(name)) <= LONGEST
