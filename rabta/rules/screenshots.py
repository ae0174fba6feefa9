"""Whether words that somebody has on a picture are those that the police released (P9).

Signs, harakat, capitals and the many forms of the same letter do not count; every word does.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from rabta.kit import scripts

FEWEST = 4  # fewer words stand in many texts by chance
ALIKE = 0.5
MOST = 600


class Answer(StrEnum):
    """What can be said of the words."""

    EXACT = "exact"  # all of the official words, and nothing else
    PART = "part"  # stand in it, one after the other
    ALTERED = "altered"  # much the same, and some words are different
    OTHER = "other"


@dataclass(frozen=True)
class Compared:
    """The answer; `share` of the typed words that stand there in this order; `strange` are those that do not."""

    answer: Answer
    share: float = 0.0
    strange: tuple[str, ...] = ()


def compare(typed: str, official: Iterable[str]) -> Compared:
    """What the typed words are to a version in its languages: the best answer of all of them."""
    said = scripts.words(typed)[:MOST]
    found = [_compare(said, scripts.words(text)) for text in official if text]
    order = list(Answer)
    return min(found, key=lambda one: (order.index(one.answer), -one.share), default=Compared(Answer.OTHER))


def _compare(said: Sequence[str], official: Sequence[str]) -> Compared:
    if not said:
        return Compared(Answer.OTHER)
    if list(said) == list(official):
        return Compared(Answer.EXACT, 1.0)
    if len(said) >= FEWEST and stands_in(said, official):
        return Compared(Answer.PART, 1.0)
    blocks = SequenceMatcher(None, said, official, autojunk=False).get_matching_blocks()
    same = {at for block in blocks for at in range(block.a, block.a + block.size)}
    share = len(same) / len(said)
    strange = tuple(word for at, word in enumerate(said) if at not in same)
    if len(same) >= FEWEST and share >= ALIKE:
        return Compared(Answer.ALTERED, share, strange)
    return Compared(Answer.OTHER, share, strange)


def may_be_alike(said: Sequence[str], official: Sequence[str]) -> int:
    """How many of the words stand there in any order; 0 where these are too few for `Answer.ALTERED`.

    Quick, and never fewer than a comparison finds: it says which are worth one.
    """
    there = Counter(official)
    same = sum(min(count, there[word]) for word, count in Counter(said).items())
    return same if same >= FEWEST and same >= ALIKE * len(said) else 0


def stands_in(said: Sequence[str], official: Sequence[str]) -> bool:
    """Whether the words stand there one after the other."""
    return f" {' '.join(said)} " in f" {' '.join(official)} "
