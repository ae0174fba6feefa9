"""Phrases in a text: the small matcher that the tables of words, greetings and place names share."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

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
        for number, begin, _end in sorted(self._hits(said), key=lambda hit: (hit[1], hit[0])):
            pattern = self._patterns[number]
            start = said.count(" ", 0, begin)
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
        for one in found:
            covering = [k for k in kept if k.start < one.end and one.start < k.end]
            if all((k.start, k.end) == (one.start, one.end) for k in covering):
                kept.append(one)
        return sorted(kept, key=lambda f: f.start)
