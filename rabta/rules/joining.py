"""What somebody writes who wants to join a group, to stay in it, or to have a decision looked at again."""

import re
from dataclasses import dataclass

from rabta.kit import scripts

# An address is typed from a notice: what looks alike counts alike (`kit.ids` leaves these letters out).
_MISREAD = str.maketrans("ilou", "110v")
MOST_WORDS = 12
LONGEST_NAME = 100
LETTERS = (5, 10)


@dataclass(frozen=True)
class Said:
    """`what` is `join`, `review` or `renew`. Of a wish to join: its word, whether he agreed, and the name he gave."""

    what: str
    word: str = ""
    agreed: bool = False
    name: str = ""


def word_of(text: str) -> str:
    """The word of an address as it is kept, whatever letters were mistaken for digits."""
    return re.sub(r"[^0-9a-z]", "", scripts.normalise(text).translate(_MISREAD))


def read(text: str, *, keywords: dict[str, frozenset[str]]) -> Said | None:
    """What the message asks for; None for everything else. `keywords` are normalised."""
    parts = text.split()
    if not parts or len(parts) > MOST_WORDS:
        return None
    first = _plain(parts[0])
    for what in ("review", "renew"):
        if len(parts) == 1 and first in keywords[what]:
            return Said(what)
    if first not in keywords["join"] or len(parts) < 2:
        return None
    word = word_of(parts[1])
    agreed = len(parts) > 2 and _plain(parts[2]) in keywords["yes"]
    return Said("join", word, agreed, " ".join(parts[3:])[:LONGEST_NAME] if agreed else "")


def looks_typed(word: str) -> bool:
    """Whether this may be meant as a code or the word of an address: ordinary words have no digits."""
    return LETTERS[0] <= len(word) <= LETTERS[1] and any(one.isdigit() for one in word)


def _plain(word: str) -> str:
    return " ".join(scripts.words(word))
