"""Danger to life by words that stand near each other, as frightened people write: “chor … darwaza tor rahe”.

Words are kept in groups (fire, place, person, now); a pattern names groups of which one word each must stand close
together. So one row tells of many sentences, in all languages. A life in danger is danger whatever the category.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable

IDLE = "idle"  # “fire brigade number”, “hawai firing”: takes away whatever shares a word with it
CALM = "calm"  # what is over, told in a film, or only asked
HEARSAY = "hearsay"  # what is told on, and may be a rumour
PRESSING = ("now", "help")  # who writes this writes of today, whatever was last week
CALMING = 8  # how many words away something calm still speaks of the same


class Pattern(NamedTuple):
    """One word of each group within so many words, unless a word of another group stands beside them."""

    category: str
    groups: tuple[str, ...]
    within: int
    unless: str


@dataclass(frozen=True)
class EmergencyWords:
    """Words by group, and the patterns that are made of the groups.

    `written` is English, which has a spelling (a drunk man who is shouting is not shooting); `spoken` are the others
    as they sound; `pashto` too, but not in Urdu, of which short words look the same.
    """

    written: PhraseTable[str]
    spoken: PhraseTable[str]
    pashto: PhraseTable[str]
    patterns: Sequence[Pattern]


class Emergency(NamedTuple):
    """What danger the words tell of, and the words."""

    category: str
    words: tuple[str, ...]


class _Span(NamedTuple):
    start: int
    end: int

    def near(self, other: "_Span", distance: int) -> bool:
        return other.start - self.end <= distance and self.start - other.end <= distance


def emergency_in(text: str, *, language: str, table: EmergencyWords) -> Emergency | None:
    """The first danger that the words tell of as happening, or None."""
    hits = _hits(text, language, table)
    for pattern in table.patterns:
        span = _first(pattern, hits)
        if span:
            return Emergency(pattern.category, tuple(scripts.words(text)[span.start : span.end]))
    return None


def is_calm(text: str, *, language: str, table: EmergencyWords) -> bool:
    """Whether the words tell of something that is over, a story or a question, and nothing presses."""
    hits = _hits(text, language, table)
    return bool(hits.get(CALM)) and not _presses(hits)


def _hits(text: str, language: str, table: EmergencyWords) -> Mapping[str, list[_Span]]:
    said = scripts.spoken(text)
    found = [*table.written.find(scripts.words(text)), *table.spoken.find(said)]
    if language != "ur":
        found += table.pashto.find(said)
    idle = [_span(one) for one in found if one.value == IDLE]
    hits: dict[str, set[_Span]] = defaultdict(set)
    for one in found:
        span = _span(one)
        if not any(span.start < i.end and i.start < span.end for i in idle):
            hits[one.value].add(span)
    return {group: sorted(spans) for group, spans in hits.items()}


def _span(found: Found[str]) -> _Span:
    return _Span(found.start, found.end)


def _presses(hits: Mapping[str, Collection[_Span]]) -> bool:
    return any(hits.get(group) for group in PRESSING)


def _first(pattern: Pattern, hits: Mapping[str, list[_Span]]) -> _Span | None:
    """Where the pattern stands first, if anywhere."""
    if not all(hits.get(group) for group in pattern.groups):
        return None
    against = [hits.get(HEARSAY, []), hits.get(pattern.unless, [])]
    if not _presses(hits):
        against.append(hits.get(CALM, []))
    for spans in _close(pattern, hits):
        whole = _Span(min(s.start for s in spans), max(s.end for s in spans))
        if whole.end - whole.start > pattern.within or _overlap(spans):
            continue
        if not any(whole.near(one, CALMING) for group in against for one in group):
            return whole
    return None


def _close(pattern: Pattern, hits: Mapping[str, list[_Span]]) -> Iterator[tuple[_Span, ...]]:
    """One hit of each group, as far as they are near the rarest: a long text stays cheap."""
    rarest = min(pattern.groups, key=lambda group: len(hits[group]))
    for anchor in hits[rarest]:
        yield from product(
            *(
                [anchor] if group == rarest else [s for s in hits[group] if s.near(anchor, pattern.within)]
                for group in pattern.groups
            )
        )


def _overlap(spans: Sequence[_Span]) -> bool:
    ordered = sorted(spans)
    return any(one.end > other.start for one, other in pairwise(ordered))
