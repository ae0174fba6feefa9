"""What WhatsApp itself writes into an export, in several languages, and how it is compared.

The tables are `data/words.csv` and `data/times.csv`. What is not in them is taken as a person's words: a line too much
is read, none is lost.
"""

import csv
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
# Marks of direction: WhatsApp puts them before lines, names and file names, and they say nothing.
MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_NO_MARKS = dict.fromkeys(map(ord, MARKS))
_ALIKE = _NO_MARKS | {ord("’"): "'"}


def plain(text: str) -> str:
    """A text as it is compared: without marks of direction, case, odd spaces and a final full stop."""
    whole = unicodedata.normalize("NFC", text).translate(_ALIKE)
    return " ".join(whole.split()).casefold().rstrip(".۔।").rstrip()


def unmarked(text: str) -> str:
    """The text without marks of direction and odd spaces around it."""
    return " ".join(text.translate(_NO_MARKS).split())


@cache
def words(what: str) -> frozenset[str]:
    """All that stands for `what`, as `plain` gives it."""
    with (DATA / "words.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(plain(row["words"]) for row in csv.DictReader(file) if row["what"] == what)


@cache
def periods() -> dict[str, str]:
    """Words for the halves of the day: morning, afternoon or night (which is both)."""
    return {word: sense for what, word, sense in _times() if what == "period"}


@cache
def between() -> tuple[str, ...]:
    """Words between date and time."""
    return tuple(word for what, word, _sense in _times() if what == "between")


@cache
def _times() -> tuple[tuple[str, str, str], ...]:
    with (DATA / "times.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["what"], row["words"], row["sense"]) for row in csv.DictReader(file))
