"""The words by which talk of a group is known as greeting, thanks, chain letter or advertisement.

The desk's tables of greetings and chain letters count as well, and so does what words are like (`rules.classifier`).
RABTA_HOME/tables/talk_words.csv and noise_pieces.csv, where they exist, take the place of the shipped tables.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.groups import cards, kinds
from rabta.kit import scripts
from rabta.rules import joining, moderation
from rabta.rules.classifier import Classifier
from rabta.rules.moderation import Noise, Words
from rabta.rules.phrases import PhraseTable
from rabta.triage import tables
from rabta.triage.assess import (
    asks_for_help,
    assess,
    likely_accusing,
    names_child,
    police_named,
    retold,
    rumoured,
)

SHIPPED = Path(kinds.__file__).parent / "data"
HARMLESS = 0.1  # so probable may an accusation be, by what a wish to an officer is like
NO_MATTER = ("", "praise", "feedback", "query")


@cache
def words() -> Words:
    """All tables, as their words sound."""
    rows = list(_rows("talk_words"))
    small = {" ".join(scripts.spoken(row["phrase"])) for row in rows if row["table"] == "small"}
    for lang in tables.language_words().values():
        small.update(" ".join(scripts.spoken(word)) for word in lang)
    return Words(
        greetings=_spoken(row["phrase"] for row in [*tables.rows("greetings"), *_of(rows, "greetings")]),
        address=_table(rows, "address"),
        forwards=_spoken(row["phrase"] for row in tables.rows("forwards")),
        courtesy=_table(rows, "courtesy"),
        thanks=_table(rows, "thanks"),
        adverts=_table(rows, "adverts"),
        matters=_table(rows, "matters"),
        places=_table(rows, "places"),
        send=_table(rows, "send"),
        many=_table(rows, "many"),
        small=frozenset(small),
    )


@cache
def classifier() -> Classifier:
    """How probable it is that words carry nothing, by what they are like."""
    return Classifier.of(_rows("noise_pieces"))


def noise_of(text: str, *, forwarded: bool = False) -> Noise | None:
    """Why a member's words are held back, or None."""
    idle = classifier().probability(scripts.spoken(text))
    found = moderation.noise_of(text, words=words(), idle=idle, forwarded=forwarded)
    sent_on = found == Noise.FORWARD or (found == Noise.CHATTER and _is_passed_on(text))
    return None if sent_on and names_child(text) else found


def _is_passed_on(text: str) -> bool:
    return next(words().forwards.find(scripts.spoken(text)), None) is not None


def is_for_desk(text: str) -> bool:
    """Whether words may be a matter of the police: an accusation, a tip, whatever has a category, whatever names the
    police, retells, or is told as accusations are. In doubt the desk reads them, never a moderator: he may be the one
    who is meant. They are judged without the greeting that they open with, too: it makes a tip look like talk."""
    if cards.missed(text) or _may_be_matter(text):
        return True
    return not _is_usual(noise_of(text)) and _may_be_matter(_after_greeting(text))


def _may_be_matter(text: str) -> bool:
    found, noise = assess(text), noise_of(text)
    told = retold(text) if noise in (None, Noise.FORWARD) else ""
    withheld = found.withheld and not _is_harmless(text, noise, found.withheld_why["code"])
    if withheld or found.category not in NO_MATTER or found.urgency <= 1 or told or rumoured(text):
        return True
    return noise is None and bool(police_named(text) or likely_accusing(text))


def _is_harmless(text: str, noise: Noise | None, why: str) -> bool:
    """Whether words that are withheld for this reason carry nothing all the same: usual ones of which it is only their
    manner, and a wish to an officer (“many happy returns, Inspector”), which is surely talk and like no accusation."""
    if why == "accusation_like":
        return _is_usual(noise)
    if why != "accusation" or noise is None:
        return False
    said = scripts.spoken(text)
    idle, accusing = classifier().probability(said), tables.accusing().probability(said)
    return idle >= moderation.IDLE and accusing < HARMLESS


def _is_usual(noise: Noise | None) -> bool:
    """Whether it is a greeting, an advertisement and the like: words as everybody sends them, and no talk."""
    return noise not in (None, Noise.CHATTER)


def _after_greeting(text: str) -> str:
    """What is said after the greeting and the form of address that a text opens with; all of it where it has none."""
    said, start = scripts.spoken(text), 0
    opening = [found for table in _openings() for found in table.find(said)]
    for found in sorted(opening, key=lambda found: found.start):
        if found.start <= start:
            start = max(start, found.end)
    return " ".join(scripts.words(text)[start:])


def _openings() -> tuple[PhraseTable[str], ...]:
    known = words()
    return known.greetings, known.address, known.courtesy


def is_name(text: str) -> bool:
    """Whether words may be somebody's name, and surely ask for nothing, accuse nobody and tell no danger."""
    means = tables.lone_words() - _names()
    return joining.is_name(text, known=means) and not (asks_for_help(text) or is_for_desk(text))


@cache
def _names() -> frozenset[str]:
    """Names that are words, too: “Said”, “Wali”."""
    return frozenset(scripts.normalise(row["phrase"]) for row in _of([*_rows("talk_words")], "names"))


def is_rumour(text: str) -> bool:
    """Whether words are an alarming rumour that may be shown to who runs the group: they neither accuse nor name the
    police, and are no tip."""
    return bool(rumoured(text)) and not (assess(text).withheld or police_named(text))


def is_withheld(text: str) -> bool:
    """Whether words accuse police or are a tip: a journalist's question about an incident is neither."""
    return bool(assess(text).withheld)


def has_category(text: str) -> bool:
    """Whether the words decide a category that is a matter of the police."""
    return assess(text).category not in NO_MATTER


def is_danger(text: str) -> bool:
    """Whether words tell that a life is in danger now; a question about what happened does not."""
    return assess(text).urgency == 0


def _rows(name: str) -> Iterator[dict[str, str]]:
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _table(rows: list[dict[str, str]], name: str) -> PhraseTable[str]:
    return _spoken(row["phrase"] for row in _of(rows, name))


def _of(rows: list[dict[str, str]], table: str) -> list[dict[str, str]]:
    return [row for row in rows if row["table"] == table]


def _spoken(phrases: Iterator[str]) -> PhraseTable[str]:
    """Phrases as they sound; one that is nothing but signs is left out."""
    pairs = ((" ".join(scripts.spoken(phrase)), phrase) for phrase in phrases)
    return PhraseTable.of(pair for pair in pairs if pair[0])
