"""Two words of one topic: a thing, and what is done with it. Of such pairs tips are made, and rumours.

Drugs … sold, rifles … buried, a fugitive … staying; children … taken, a dam … broken. The two stand near each other;
words are compared as they sound.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable, beginning

NEAR = 12  # words that may stand between the two
LONGEST = 12  # words that one act may have


@dataclass(frozen=True)
class TopicWords:
    """Words that stand for a thing and words for an act, each with its topic."""

    things: PhraseTable[str]
    acts: PhraseTable[str]


def paired_words(text: str, *, table: TopicWords) -> str:
    """The two words that tell of one topic, as they were written; `` when none do."""
    said = scripts.spoken(text)
    things = list(table.things.find(said))
    acts = _by_topic(table.acts.find(said)) if things else {}
    pair = next(((thing, act) for thing in things for act in _beside(thing, acts.get(thing.value, ()))), None)
    if pair is None:
        return ""
    written = scripts.words(text)
    return " … ".join(_as_written(one, written) for one in sorted(pair, key=lambda one: one.start))


def _by_topic(found: Iterable[Found[str]]) -> Mapping[str, Sequence[Found[str]]]:
    topics: dict[str, list[Found[str]]] = defaultdict(list)
    for one in found:
        topics[one.value].append(one)
    return topics


def _beside(thing: Found[str], acts: Sequence[Found[str]]) -> Iterator[Found[str]]:
    """The acts near a thing. Only those around it are looked at: a long text of such words stays cheap."""
    for act in beginning(acts, first=thing.start - NEAR - LONGEST, last=thing.end + NEAR):
        if 0 <= max(thing.start - act.end, act.start - thing.end) <= NEAR:
            yield act


def _as_written(found: Found[str], words: Sequence[str]) -> str:
    return " ".join(words[found.start : found.end])
