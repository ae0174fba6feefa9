"""Phrases in a text: the small matcher that the tables of words, greetings and place names share."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Generic, NamedTuple, Protocol, TypeVar

from ahocorasick_rs import AhoCorasick

from rabta.kit import scripts

T = TypeVar("T", bound=Hashable)


class Found(NamedTuple, Generic[T]):
    """One phrase found: what it stands for, and the words it covers (`start` to `end`, end not included)."""

    value: T
    words: tuple[str, ...]
    start: int
    end: int


class PhraseTable(Generic[T]):
    """Thousands of phrases, looked for in one pass. A phrase that ends in `*` also matches where its last word goes on.

    Words are compared as ` word word `: the blanks keep a phrase from matching in the middle of a word, and a phrase
    that may go on has none at its end.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[T]] = {}
        self._patterns: list[str] = []
        self._automaton: AhoCorasick | None = None  # made when first needed: phrases are added one by one

    @classmethod
    def of(cls, rows: Iterable[tuple[str, T]]) -> "PhraseTable[T]":
        """A table of (phrase as people write it, what it stands for)."""
        table = cls()
        for phrase, value in rows:
            table.add(phrase=phrase, value=value)
        return table

    def add(self, *, phrase: str, value: T) -> None:
        """Add one phrase; it is normalised here."""
        words = " ".join(scripts.words(phrase))
        if words:
            ending = "" if phrase.rstrip().endswith("*") else " "
            self._values.setdefault(f" {words}{ending}", []).append(value)
            self._automaton = None

    def find(self, words: Sequence[str]) -> Iterator[Found[T]]:
        """Every phrase in the (normalised) words, also where phrases overlap; from the first word to the last."""
        said = f" {' '.join(words)} "
        start, counted = 0, 0
        for number, begin, _end in sorted(self._hits(said), key=lambda hit: (hit[1], hit[0])):
            pattern = self._patterns[number]
            start += said.count(" ", counted, begin)
            counted = begin
            end = start + len(pattern.split())
            for value in self._values[pattern]:
                yield Found(value, tuple(words[start:end]), start, end)

    def _hits(self, said: str) -> list[tuple[int, int, int]]:
        """(number of the pattern, first letter, last letter) of each pattern found."""
        if self._automaton is None:
            self._patterns = list(self._values)
            self._automaton = AhoCorasick(self._patterns)
        return self._automaton.find_matches_as_indexes(said, overlapping=True)

    def find_longest(self, words: Sequence[str]) -> list[Found[T]]:
        """The phrases found, without those that lie inside a longer one."""
        found = sorted(self.find(words), key=lambda f: (f.start - f.end, f.start))
        kept: list[Found[T]] = []
        covered: dict[int, tuple[int, int]] = {}  # words, and from where to where what covers them goes
        for one in found:
            own, words_of_it = (one.start, one.end), range(one.start, one.end)
            if all(covered.get(at, own) == own for at in words_of_it):
                kept.append(one)
                covered.update(dict.fromkeys(words_of_it, own))
        return sorted(kept, key=lambda f: f.start)


class Spanning(Protocol):
    """What begins at a word of a text."""

    @property
    def start(self) -> int: ...


S = TypeVar("S", bound=Spanning)


def beginning(spans: Sequence[S], *, first: int, last: int) -> Sequence[S]:
    """Those of the spans, sorted by their starts, that begin from the word `first` to the word `last`."""
    start = attrgetter("start")
    return spans[bisect_left(spans, first, key=start) : bisect_left(spans, last + 1, key=start)]
