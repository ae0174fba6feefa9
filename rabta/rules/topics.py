"""Two words of one topic: a thing, and what is done with it. Of such pairs tips are made, and rumours.

Drugs … sold, rifles … buried, a fugitive … staying; children … taken, a dam … broken. The two stand near each other;
words are compared as they sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable

NEAR = 12  # words that may stand between the two


@dataclass(frozen=True)
class TopicWords:
    """Words that stand for a thing and words for an act, each with its topic."""

    things: PhraseTable[str]
    acts: PhraseTable[str]


def paired_words(text: str, *, table: TopicWords) -> str:
    """The two words that tell of one topic, as they were written; `` when none do."""
    said = scripts.spoken(text)
    things = list(table.things.find(said))
    acts = list(table.acts.find(said)) if things else []
    pair = next(((thing, act) for thing in things for act in acts if _belong(thing, act)), None)
    if pair is None:
        return ""
    written = scripts.words(text)
    return " … ".join(_as_written(one, written) for one in sorted(pair, key=lambda one: one.start))


def _belong(thing: Found[str], act: Found[str]) -> bool:
    gap = max(thing.start - act.end, act.start - thing.end)
    return thing.value == act.value and 0 <= gap <= NEAR


def _as_written(found: Found[str], words: Sequence[str]) -> str:
    return " ".join(words[found.start : found.end])
