"""Danger to life by words that stand near each other, as frightened people write: “chor … darwaza tor rahe”.

Words are kept in groups (fire, place, person, now); a pattern names groups of which one word each must stand close
together. So one row tells of many sentences, in all languages. A life in danger is danger whatever the category.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable, beginning

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

    def overlaps(self, other: "_Span") -> bool:
        return self.start < other.end and other.start < self.end


_Hits = Mapping[str, Sequence[_Span]]  # by group, from the first word to the last


def emergency_in(text: str, *, language: str, table: EmergencyWords) -> Emergency | None:
    """The first danger that the words tell of as happening, or None."""
    hits = _hits(text, language, table)
    standing: dict[str, _Hits] = {}
    for pattern in table.patterns:
        if not all(map(hits.__contains__, pattern.groups)):
            continue
        if pattern.unless not in standing:
            standing[pattern.unless] = _standing(hits, unless=pattern.unless)
        span = _first(pattern, standing[pattern.unless])
        if span:
            return Emergency(pattern.category, tuple(scripts.words(text)[span.start : span.end]))
    return None


def is_calm(text: str, *, language: str, table: EmergencyWords) -> bool:
    """Whether the words tell of something that is over, a story or a question, and nothing presses."""
    hits = _hits(text, language, table)
    return bool(hits.get(CALM)) and not _presses(hits)


def _hits(text: str, language: str, table: EmergencyWords) -> _Hits:
    said = scripts.spoken(text)
    found = [*table.written.find(scripts.words(text)), *table.spoken.find(said)]
    if language != "ur":
        found += table.pashto.find(said)
    idle = {at for one in found if one.value == IDLE for at in range(one.start, one.end)}
    hits: dict[str, set[_Span]] = defaultdict(set)
    for one in found:
        if idle.isdisjoint(range(one.start, one.end)):
            hits[one.value].add(_Span(one.start, one.end))
    return {group: sorted(spans) for group, spans in hits.items()}


def _presses(hits: Mapping[str, Collection[_Span]]) -> bool:
    return any(hits.get(group) for group in PRESSING)


def _standing(hits: _Hits, *, unless: str) -> _Hits:
    """The hits but for those beside something told on, calm, or of the group that speaks against the pattern."""
    against = [*hits.get(HEARSAY, ()), *hits.get(unless, ())]
    if not _presses(hits):
        against += hits.get(CALM, ())
    if not against:
        return hits
    beside = {at for one in against for at in range(one.start - CALMING - 1, one.end + CALMING + 1)}
    return {
        group: [span for span in spans if beside.isdisjoint(range(span.start, span.end))]
        for group, spans in hits.items()
    }


def _first(pattern: Pattern, hits: _Hits) -> _Span | None:
    """Where the pattern stands first, if anywhere: looked for around each hit of the rarest group."""
    rarest = min(pattern.groups, key=lambda group: len(hits[group]))
    others = [hits[group] for group in pattern.groups if group != rarest]
    around = (_together((anchor,), others, pattern.within) for anchor in hits[rarest])
    return next(filter(None, around), None)


def _together(chosen: tuple[_Span, ...], others: Sequence[Sequence[_Span]], within: int) -> _Span | None:
    """From where to where the hits chosen go with one of each other group: within so many words, and none in another.

    Only hits that are near enough are looked at, so that a long text of such words stays cheap.
    """
    start, end = min(one.start for one in chosen), max(one.end for one in chosen)
    if end - start > within:
        return None
    if not others:
        return _Span(start, end)
    for one in beginning(others[0], first=end - within, last=start + within):
        if not any(map(one.overlaps, chosen)):
            whole = _together((*chosen, one), others[1:], within)
            if whole:
                return whole
    return None
