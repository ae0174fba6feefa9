"""How much a text is like those that a classifier was taught: a sum over the pieces of its words.

Words have no spelling here (`kit.scripts.spoken`) and end in many ways, so pieces of three to six letters speak besides
whole words and pairs of them. What each of them says is a number in a table, learned from texts that people sorted
(`training/`); the rule below is all there is to it, so that a word that decided can be shown.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SHORTEST, LONGEST = 3, 6
LONGEST_WORD = 30
MOST_AGAINST = 700.0  # of a very long text; e to a higher power is no number of a computer
DAMPED = 0.35  # a long text has many pieces: their sum counts over the number of words to this power


def pieces(words: Sequence[str]) -> Iterator[str]:
    """All that may speak in a text: pieces of its words, whole words, and pairs of them."""
    for word in words:
        yield from pieces_of(word)
    for first, second in pairwise(words):
        yield f"{first} {second}"


def pieces_of(word: str) -> set[str]:
    """The word with its ends marked, and its pieces, each once."""
    marked = f" {word[:LONGEST_WORD]} "
    lengths = range(SHORTEST, min(LONGEST, len(marked)) + 1)
    return {marked} | {marked[at : at + n] for n in lengths for at in range(len(marked) - n + 1)}


def damping(words: Sequence[str]) -> float:
    """What the sum over a text's pieces is divided by."""
    return float(max(1, len(words)) ** DAMPED)


@dataclass(frozen=True)
class Classifier:
    """`weights` of pieces: above zero they speak for it, below against it."""

    weights: Mapping[str, float]
    bias: float
    _known: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]]) -> "Classifier":
        """From the rows of a table (`piece`, `thousandths`), of which the one without a piece is the bias."""
        weights = {row["piece"]: int(row["thousandths"]) / 1000 for row in rows}
        return cls(weights, weights.pop("", 0.0))

    def probability(self, words: Sequence[str]) -> float:
        """How probable it is, 0 to 1, that a text of these spoken words is one of the kind; 0 of no words."""
        if not words:
            return 0.0
        pairs = pairwise(words)
        said = sum(map(self._weight, words)) + sum(self.weights.get(f"{a} {b}", 0.0) for a, b in pairs)
        return 1 / (1 + math.exp(min(-self.bias - said / damping(words), MOST_AGAINST)))

    def telling(self, words: Sequence[str], *, most: int = 4) -> list[int]:
        """Where in the text the words stand that speak for it the most, in order."""
        weights = [self._weight(word) for word in words]
        best = sorted(range(len(words)), key=lambda at: -weights[at])[:most]
        return sorted(at for at in best if weights[at] > 0)

    def _weight(self, word: str) -> float:
        """What a word and its pieces say. The same few thousand words make up what people write: they are kept."""
        if (known := self._known.get(word)) is not None:
            return known
        if len(self._known) >= _KEPT:
            self._known.clear()
        weight = self._known[word] = sum(self.weights.get(piece, 0.0) for piece in pieces_of(word))
        return weight


_KEPT = 20_000
