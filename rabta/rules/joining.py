"""What somebody writes who wants to join a group, to stay in it, or to have a decision looked at again."""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

from rabta.kit import scripts

# An address is typed from a notice: what looks alike counts alike (`kit.ids` leaves these letters out).
_MISREAD = str.maketrans("ilou", "110v")
MOST_WORDS = 12
MOST_IN_NAME = 5  # whoever writes more after his yes says something else
LONGEST_NAME = 100
LETTERS = (5, 10)
_SIGNS = ("Mn", "Mc", "Cf")
_IN_NAMES = " .,،۔।!'’-"  # besides letters and their signs


@dataclass(frozen=True)
class Said:
    """`what` is `join`, `yes` (to what we asked who wants to join), `review` or `renew`.

    Of a wish to join: its word, whether he agreed, and what stands where his name would (`is_name`). Of a review: why,
    in his own words.
    """

    what: str
    word: str = ""
    agreed: bool = False
    name: str = ""
    why: str = ""


def word_of(text: str) -> str:
    """The word of an address as it is kept, whatever letters were mistaken for digits."""
    return re.sub(r"[^0-9a-z]", "", scripts.normalise(text).translate(_MISREAD))


def read(text: str, *, keywords: dict[str, frozenset[str]]) -> Said | None:
    """What the message asks for; None for everything else. `keywords` are normalised."""
    parts = text.split()
    first = _plain(parts[0]) if parts else ""
    if first in keywords["review"]:
        return Said("review", why=" ".join(parts[1:]))
    if not parts or len(parts) > MOST_WORDS:
        return None
    if len(parts) == 1 and first in keywords["renew"]:
        return Said("renew")
    if first in keywords["yes"]:
        return _yes(text, parts, keywords["yes"])
    if first not in keywords["join"] or len(parts) < 2:
        return None
    word = word_of(parts[1])
    agreed = len(parts) > 2 and _plain(parts[2]) in keywords["yes"]
    return Said("join", word, agreed, " ".join(parts[3 if agreed else 2 :]))


def _yes(text: str, parts: list[str], yes: frozenset[str]) -> Said | None:
    """“Yes Karam Khan”, “جی ہاں کرم خان”; a question is no name."""
    name = parts[next((at for at, part in enumerate(parts) if _plain(part) not in yes), len(parts)) :]
    if len(name) > MOST_IN_NAME or any(sign in text for sign in "?؟"):
        return None
    return Said("yes", agreed=True, name=" ".join(name).strip(_IN_NAMES))


def is_name(text: str, *, known: Set[str]) -> bool:
    """Whether words may be somebody's name: a few, of letters only, and none of them `known` to mean something else.

    In doubt they are none: whoever writes “he beats me” behind his yes asks for help.
    """
    said = scripts.words(text)
    letters = all(one in _IN_NAMES or one.isalpha() or unicodedata.category(one) in _SIGNS for one in text)
    return letters and 0 < len(said) <= MOST_IN_NAME and len(text) <= LONGEST_NAME and known.isdisjoint(said)


def looks_typed(word: str) -> bool:
    """Whether this may be meant as a code or the word of an address: ordinary words have no digits."""
    return LETTERS[0] <= len(word) <= LETTERS[1] and any(one.isdigit() for one in word)


def _plain(word: str) -> str:
    return " ".join(scripts.words(word))
