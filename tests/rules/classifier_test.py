"""How much a text is like others: a sum over pieces of its words; and the shipped tables are those of today's texts."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.kit import scripts
from rabta.rules.classifier import Classifier, damping, pieces, pieces_of
from training.sources import KINDS, TAUGHT, Kind, digest_of, texts_of

ROWS = [{"piece": piece, "thousandths": str(weight)} for piece, weight in (
    ("", -1000), (" bribe ", 2000), ("bri", 500), ("bribe took", 1500), ("goat", -3000),
)]  # fmt: skip
TAUGHT_HERE = Classifier.of(ROWS)
WORDS = st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=40), max_size=30)


def test_pieces_words_and_pairs_speak_and_a_text_is_as_likely_as_they_say() -> None:
    assert TAUGHT_HERE.bias == -1
    assert TAUGHT_HERE.probability(["bribe", "took"]) > 0.85
    assert TAUGHT_HERE.probability(["bribe"]) > TAUGHT_HERE.probability(["took"])
    assert TAUGHT_HERE.probability(["my", "goat"]) < 0.1
    assert TAUGHT_HERE.probability([]) == 0


def test_a_very_long_text_that_speaks_against_it_is_judged() -> None:
    assert TAUGHT_HERE.probability(["goat"] * 50_000) == pytest.approx(0)
    assert TAUGHT_HERE.probability(["bribe"] * 50_000) == 1


def test_the_words_that_speak_the_most_are_told_in_the_order_of_the_text() -> None:
    assert TAUGHT_HERE.telling(["they", "took", "a", "bribe", "for", "a", "brick"]) == [3, 6]
    assert TAUGHT_HERE.telling(["goat"]) == []


@given(WORDS)
def test_what_is_kept_of_words_changes_nothing(words: list[str]) -> None:
    anew = Classifier(TAUGHT_HERE.weights, TAUGHT_HERE.bias)
    assert anew.probability(words) == TAUGHT_HERE.probability(words) == anew.probability(words)
    assert 0 <= anew.probability(words) <= 1


@given(WORDS)
def test_learning_and_judging_look_at_the_same_pieces(words: list[str]) -> None:
    every = Classifier(dict.fromkeys(pieces(words), 1.0), 0.0)
    said = sum(1 for _ in pieces(words)) / damping(words)
    assert every.probability(words) == pytest.approx(1 / (1 + 2.718281828459045**-said) if words else 0)


def test_a_word_of_any_length_has_few_pieces() -> None:
    assert len(pieces_of("x" * 10_000)) < 150


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_shipped_table_was_taught_the_texts_of_today(kind: Kind) -> None:
    with TAUGHT.open(encoding="utf-8", newline="") as file:
        taught = {row["classifier"]: row["sha256"] for row in csv.DictReader(file)}
    assert taught[kind.name] == digest_of(kind), "run `make train` and commit what comes out"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_shipped_table_knows_most_of_what_it_was_taught(kind: Kind) -> None:
    with kind.table.open(encoding="utf-8", newline="") as file:
        classifier = Classifier.of(csv.DictReader(file))
    texts = texts_of(kind)[::7]
    right = [(classifier.probability(scripts.spoken(one.text)) > 0.5) == one.wanted for one in texts]
    assert sum(right) > 0.9 * len(right)
