"""Phrases in a text: the small matcher that the tables of words, greetings and place names share."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rabta.kit import scripts

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Found(Generic[T]):
    """One phrase found: what it stands for, and the words it covers (`start` to `end`, end not included)."""

    value: T
    words: tuple[str, ...]
    start: int
    end: int


@dataclass
class PhraseTable(Generic[T]):
    """Phrases by their first word. A phrase's last word may end in `*` and then matches every word that begins so."""

    _by_word: dict[str, list[tuple[tuple[str, ...], T]]] = field(default_factory=dict)
    _by_prefix: dict[str, list[T]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, T]]) -> "PhraseTable[T]":
        """A table of (phrase as people write it, what it stands for)."""
        table = cls()
        for phrase, value in rows:
            table.add(phrase=phrase, value=value)
        return table

    def add(self, *, phrase: str, value: T) -> None:
        """Add one phrase; it is normalised here."""
        open_end = phrase.rstrip().endswith("*")
        words = tuple(scripts.words(phrase))
        if not words:
            return
        if open_end:
            words = (*words[:-1], words[-1] + "*")
        if open_end and len(words) == 1:
            self._by_prefix.setdefault(words[0][:-1], []).append(value)
        else:
            self._by_word.setdefault(words[0], []).append((words, value))

    def find(self, words: list[str]) -> Iterator[Found[T]]:
        """Every phrase in the (normalised) words, also where phrases overlap."""
        for start, word in enumerate(words):
            for phrase, value in self._by_word.get(word, ()):
                if _fits(phrase, words, start):
                    end = start + len(phrase)
                    yield Found(value, tuple(words[start:end]), start, end)
            for length in range(1, len(word) + 1):
                for value in self._by_prefix.get(word[:length], ()):
                    yield Found(value, (word,), start, start + 1)

    def find_longest(self, words: list[str]) -> list[Found[T]]:
        """The phrases found, without those that lie inside a longer one."""
        found = sorted(self.find(words), key=lambda f: (f.start - f.end, f.start))
        kept: list[Found[T]] = []
        for one in found:
            covering = [k for k in kept if k.start < one.end and one.start < k.end]
            if all((k.start, k.end) == (one.start, one.end) for k in covering):
                kept.append(one)
        return sorted(kept, key=lambda f: f.start)


def _fits(phrase: tuple[str, ...], words: list[str], start: int) -> bool:
    if start + len(phrase) > len(words):
        return False
    return all(_same(p, w) for p, w in zip(phrase, words[start:], strict=False))


def _same(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
