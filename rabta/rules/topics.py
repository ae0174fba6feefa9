"""Whether words are a tip: something that is sold, hidden or planned, told by who lives near it and must not be known.

Two words make one: a thing (drugs, arms, a fugitive, a car without a number) and what is done with it (sold, buried,
staying, standing there), both of one topic and near each other. Words are compared as they sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable

NEAR = 12  # words that may stand between the two


@dataclass(frozen=True)
class TipWords:
    """Words that stand for a thing and words for an act, each with its topic."""

    things: PhraseTable[str]
    acts: PhraseTable[str]


def tipping_words(text: str, *, table: TipWords) -> str:
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
