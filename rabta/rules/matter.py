"""What a message is about: its category by the citizen's choice or by words, and whether it must be withheld."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from rabta.kit import scripts
from rabta.rules.phrases import Found, PhraseTable

DECISIVE = 5  # weight of a phrase that decides alone
ENOUGH = 3  # least score of a category that words may decide
MARGIN = 2  # by which it must lead
# Up to this urgency what is only like a tip keeps nothing waiting, and a category stays where words tell of danger.
URGENT = 1
# How probable an accusation of police must be by what a text is like (`rules.classifier`), where no word says it:
ACCUSES = 0.7  # from here on it is taken for one
MAY_ACCUSE = 0.4  # from here on a person reads it before a station does
SURELY_ACCUSES = 0.8  # from here on also where life seems in danger, unless it asks that somebody come


@dataclass(frozen=True, kw_only=True)
class Category:
    """A line of the category table: urgency 0–4, limits in minutes (None: no such duty)."""

    code: str
    urgency: int
    restricted: bool
    kind: str
    reply_minutes: int | None
    contact_minutes: int | None
    report_minutes: int | None
    labels: Mapping[str, str]
    evidence: bool = False  # a closing must show what was found


@dataclass(frozen=True, kw_only=True)
class Guess:
    """The category that the words point to, and the words that did."""

    category: str
    score: int
    words: tuple[str, ...]


Weighted = tuple[str, int]  # category, weight


def guess_category(text: str, *, table: PhraseTable[Weighted], urgency: Mapping[str, int]) -> Guess | None:
    """The category that the words decide, or None when they do not.

    Each phrase counts once. When two categories are close, the more urgent wins only if it has a decisive phrase:
    a missed emergency costs more than one read by the desk in vain.
    """
    scores: dict[str, int] = defaultdict(int)
    said: dict[str, list[str]] = defaultdict(list)
    for category, phrase, weight in _distinct(table.find(scripts.words(text))):
        scores[category] += weight
        said[category].append(phrase)
    if not scores:
        return None
    ranked = sorted(scores, key=lambda c: (-scores[c], urgency[c]))
    best = ranked[0]
    close = [c for c in ranked if scores[best] - scores[c] < MARGIN]
    if len(close) > 1:
        best = _most_urgent(close, urgency)
        if not best or scores[best] < DECISIVE:
            return None
    if scores[best] < ENOUGH:
        return None
    return Guess(category=best, score=scores[best], words=tuple(said[best]))


def _most_urgent(close: Sequence[str], urgency: Mapping[str, int]) -> str:
    """The one category that is more urgent than the others; of several that tell of danger to life the first."""
    top = min(urgency[category] for category in close)
    most = [category for category in close if urgency[category] == top]
    return most[0] if len(most) == 1 or top == 0 else ""


def _distinct(found: Iterable[Found[Weighted]]) -> Iterable[tuple[str, str, int]]:
    """Per category, phrases that do not lie inside a longer one of the same category."""
    by_category = sorted(found, key=lambda f: (f.value[0], f.start - f.end, f.start))
    for category, group in groupby(by_category, key=lambda f: f.value[0]):
        taken: list[Found[Weighted]] = []
        phrases: set[tuple[str, ...]] = set()
        for one in group:
            if one.words in phrases:
                continue
            if not any(t.start <= one.start and one.end <= t.end for t in taken):
                taken.append(one)
                phrases.add(one.words)
                yield category, " ".join(one.words), one.value[1]


class Pattern(NamedTuple):
    """Words that accuse together, as they sound; one that ends in `*` may go on. And how the table writes them."""

    terms: tuple[str, ...]
    shown: str


@dataclass(frozen=True)
class AccusationWords:
    """Words for police persons and offices, words for misdeeds, and patterns of words that accuse together.

    `naming` are the words of `office` that are not as often a mere place (“near Kotwali”).
    `patterns` are kept by one whole word of theirs, so that few are looked at; under "" those that have none. All of
    them are kept as they sound (`kit.scripts.spoken`).
    """

    office: PhraseTable[str]
    naming: PhraseTable[str]
    misdeed: PhraseTable[str]
    patterns: Mapping[str, Sequence[Pattern]]


def accusing_words(text: str, *, table: AccusationWords) -> str:
    """The words that may accuse police, or `` when none do.

    Wide on purpose: one word for the police and one for a misdeed anywhere in the message are enough. What it catches
    in vain the desk releases with one key; what it misses would reach the accused.
    """
    spoken = scripts.spoken(text)
    office = next(table.office.find(spoken), None)
    misdeed = next(table.misdeed.find(spoken), None) if office else None
    if office and misdeed:
        return " ".join((_as_written(office, text), "…", _as_written(misdeed, text)))
    said = f" {' '.join(spoken)} "
    for word in (*dict.fromkeys(spoken), ""):
        for pattern in table.patterns.get(word, ()):
            if all(
                f" {term[:-1]}" in said if term[-1] == "*" else f" {term} " in said for term in pattern.terms
            ):
                return pattern.shown
    return ""


def police_named(text: str, *, table: AccusationWords) -> str:
    """The words that name the police or one of them, or `` when none do."""
    named = next(table.naming.find(scripts.spoken(text)), None)
    return _as_written(named, text) if named else ""


def _as_written(found: Found[str], text: str) -> str:
    return " ".join(scripts.words(text)[found.start : found.end])


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is known of a matter when it is judged."""

    category: str
    chosen_kind: str  # what the citizen chose on a form, or ""
    accusing: str  # words that may accuse police, or ""
    accusing_like: str = ""  # the words by which it is like an accusation of police
    tipping: str  # words that point to secret information, or ""
    in_danger: bool = False  # the words tell of danger to life, whatever the category
    surely_accusing: bool = False  # so much that words near each other do not free it
    tipping_like: str = ""  # two words of which a tip is made (`rules.topics`), or ""


def withhold(said: Said, *, categories: Mapping[str, Category]) -> tuple[str, dict[str, str]]:
    """Why the case must wait for a person: (`accusation` | `tip` | `restricted` | ``, the reason).

    A possible accusation against police, a tip and a restricted category are never ordered automatically; the first
    that fits is named, in this order. What is only like an accusation keeps no help from a life in danger, nor what
    is only like a tip from anything urgent: somebody who is missing may have been seen where girls are sold.
    """
    if said.chosen_kind == "complaint_against_police":
        return "accusation", {"code": "accusation_chosen"}
    if said.accusing:
        return "accusation", {"code": "accusation", "words": said.accusing}
    category = categories.get(said.category)
    if category and category.kind == "complaint_against_police":
        return "accusation", {"code": "accusation", "words": category.labels["en"]}
    in_danger = said.in_danger or bool(category and category.urgency == 0)
    if said.accusing_like and (said.surely_accusing or not in_danger):
        return "accusation", {"code": "accusation_like", "words": said.accusing_like}
    if said.chosen_kind == "tip":
        return "tip", {"code": "tip_chosen"}
    if said.tipping:
        return "tip", {"code": "tip", "words": said.tipping}
    if category and category.kind == "tip":
        return "tip", {"code": "tip", "words": category.labels["en"]}
    if said.tipping_like and not (category and category.urgency <= URGENT):
        return "tip", {"code": "tip", "words": said.tipping_like}
    if category and category.restricted:
        return "restricted", {"code": "restricted", "category": category.labels["en"]}
    return "", {}
