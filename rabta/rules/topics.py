"""Two words of one topic: a thing, and what is done with it. Of such pairs tips are made, and rumours.

Drugs … sold, rifles … buried, a fugitive … staying; children … taken, a dam … broken. The two stand near each other;
words are compared as they sound. Sweets that are sold “to children”, a film about opium: what is idle takes away what
it stands beside.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable, beginning

NEAR = 12  # words that may stand between the two
LONGEST = 12  # words that one act may have
BESIDE = 3  # as many words away from what is idle nothing counts


@dataclass(frozen=True)
class TopicWords:
    """Words that stand for a thing, for an act, and for what makes both idle, each with its topic."""

    things: PhraseTable[str]
    acts: PhraseTable[str]
    idle: PhraseTable[str] = field(default_factory=PhraseTable)


def paired_words(text: str, *, table: TopicWords) -> str:
    """The two words that tell of one topic, as they were written; `` when none do."""
    said = scripts.spoken(text)
    things = list(table.things.find(said))
    acts = list(table.acts.find(said)) if things else []
    pair = _first(things, acts)
    if pair:  # seldom, and only then it is asked what is idle
        idle = _idle(table.idle.find(said))
        pair = _first(_meant(things, idle), _meant(acts, idle)) if idle else pair
    if pair is None:
        return ""
    written = scripts.words(text)
    return " … ".join(_as_written(one, written) for one in sorted(pair, key=lambda one: one.start))


def _first(things: Iterable[Found[str]], acts: Iterable[Found[str]]) -> tuple[Found[str], Found[str]] | None:
    by_topic = _by_topic(acts)
    pairs = ((thing, act) for thing in things for act in _beside(thing, by_topic.get(thing.value, ())))
    return next(pairs, None)


_Idle = Mapping[str, set[int]]  # by topic, the words that mean nothing


def _idle(found: Iterable[Found[str]]) -> _Idle:
    beside: dict[str, set[int]] = defaultdict(set)
    for one in found:
        beside[one.value].update(range(one.start - BESIDE, one.end + BESIDE))
    return beside


def _meant(found: Iterable[Found[str]], idle: _Idle) -> Iterator[Found[str]]:
    return (one for one in found if idle.get(one.value, set()).isdisjoint(range(one.start, one.end)))


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
