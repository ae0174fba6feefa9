"""What somebody writes who wants to join a group, to stay in it, or to have a decision looked at again."""

import re
from dataclasses import dataclass

from rabta.kit import scripts

# An address is typed from a notice: what looks alike counts alike (`kit.ids` leaves these letters out).
_MISREAD = str.maketrans("ilou", "110v")
MOST_WORDS = 12
MOST_IN_NAME = 5  # whoever writes more after his yes says something else
LONGEST_NAME = 100
LETTERS = (5, 10)


@dataclass(frozen=True)
class Said:
    """`what` is `join`, `yes` (to what we asked who wants to join), `review` or `renew`.

    Of a wish to join: its word, whether he agreed, and the name he gave. Of a review: why, in his own words.
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
    return Said("join", word, agreed, " ".join(parts[3:])[:LONGEST_NAME] if agreed else "")


def _yes(text: str, parts: list[str], yes: frozenset[str]) -> Said | None:
    """“Yes Karam Khan”, “جی ہاں کرم خان”; a question is no name."""
    name = parts[next((at for at, part in enumerate(parts) if _plain(part) not in yes), len(parts)) :]
    if len(name) > MOST_IN_NAME or any(sign in text for sign in "?؟"):
        return None
    return Said("yes", agreed=True, name=" ".join(name).strip(" .,،۔।!")[:LONGEST_NAME])


def looks_typed(word: str) -> bool:
    """Whether this may be meant as a code or the word of an address: ordinary words have no digits."""
    return LETTERS[0] <= len(word) <= LETTERS[1] and any(one.isdigit() for one in word)


def _plain(word: str) -> str:
    return " ".join(scripts.words(word))
