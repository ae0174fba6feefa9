"""Why something is in quarantine is said in words."""

import pytest

from rabta.web.desk import unread


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no account of ours", "It is not for any account of ours."),
        ("no usable id", "Something that it needs is missing."),
        ("unknown type of message", "It is of a kind that we do not know."),
        ("an item that is no object", "It is not built as it should be."),
        ("not JSON", "This channel sends no such thing."),
        ("counted and read differ", "Not all of it could be read."),
        ("something else", "It could not be read."),
    ],
)
def test_a_reason_has_words(reason: str, words: str) -> None:
    assert str(unread.in_words(reason)) == words
