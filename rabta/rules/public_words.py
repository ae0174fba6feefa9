"""What may stand under a public post. Everybody reads it, so it says nothing that belongs to a matter or to a person.

A list of what was found is given back for the writer, who words it anew; nothing is removed silently.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable

# Four signs, a line, four signs: a reference number in any case; and one read out with blanks instead of lines.
_REFERENCE = re.compile(r"\b[0-9A-Z]{2,5}[-–\s]?[0-9A-Z]{4}[-–\s]?[0-9A-Z]{4}\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\d[\s().+-]*){6,}")  # a telephone, an identity card, a vehicle's chassis
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![^\s@])[^\s@]+@[^\s@]+\.\S+", re.IGNORECASE)


class Told(StrEnum):
    """What a text would tell everybody."""

    REFERENCE = "reference"
    NUMBER = "number"
    ADDRESS = "address"
    CASE = "case"
    KNOWN = "known"


def told_in(text: str, *, case_words: PhraseTable[str], known: Iterable[str] = ()) -> list[tuple[Told, str]]:
    """What the text tells, each with the words that do. Empty: it may be said in public.

    `case_words` speak of a matter (FIR, complaint, arrested …); `known` are this matter's own facts (place, unit,
    category, names).
    """
    plain = scripts.normalise(text)
    found = [(Told.ADDRESS, m.group()) for m in _ADDRESS.finditer(plain)]
    rest = _ADDRESS.sub(" ", plain)
    found += [(Told.REFERENCE, m.group()) for m in _REFERENCE.finditer(rest) if _has_digit(m.group())]
    found += [(Told.NUMBER, m.group().strip()) for m in _NUMBER.finditer(rest)]
    words = scripts.words(text)
    found += [(Told.CASE, " ".join(one.words)) for one in case_words.find_longest(words)]
    own = PhraseTable.of((fact, fact) for fact in known if len(fact.strip()) > 2)
    found += [(Told.KNOWN, " ".join(one.words)) for one in own.find_longest(words)]
    return list(dict.fromkeys(found))


def _has_digit(text: str) -> bool:
    return any(map(str.isdecimal, text))
