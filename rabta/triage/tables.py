"""The tables that triage reads: categories, words, greetings. A force changes the CSV files, not the code.

RABTA_HOME/tables/<name>.csv, where it exists, takes the place of the file of that name in `rabta/triage/data/`.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.kit import scripts
from rabta.rules import emergencies
from rabta.rules.classifier import Classifier
from rabta.rules.matter import AccusationWords, Category, Pattern, Weighted
from rabta.rules.phrases import PhraseTable
from rabta.rules.topics import TopicWords

SHIPPED = Path(__file__).parent / "data"
_WORDS = (
    ("words", "phrase"), ("emergency_words", "word"), ("misdeed_words", "word"), ("office_words", "word"),
    ("tip_phrases", "phrase"), ("tip_topics", "word"), ("rumour_topics", "word"), ("told_words", "word"),
    ("asking_words", "word"), ("child_words", "word"), ("language_words", "word"),
)  # fmt: skip


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table as dictionaries."""
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _minutes(text: str) -> int | None:
    return int(text) if text else None


@cache
def categories() -> dict[str, Category]:
    """The category table, by code."""
    return {
        row["code"]: Category(
            code=row["code"],
            urgency=int(row["urgency"][1]),
            restricted=row["restricted"] == "yes",
            kind=row["kind"],
            reply_minutes=_minutes(row["reply_minutes"]),
            contact_minutes=_minutes(row["contact_minutes"]),
            report_minutes=_minutes(row["report_minutes"]),
            evidence=row.get("evidence") == "yes",
            labels={lang: row[f"label_{lang}"] for lang in ("en", "hi", "ur")},
        )
        for row in rows("categories")
    }


def category_label(code: str, *, language: str) -> str:
    """The category's name in a language of the interface; the code itself for one that no longer exists."""
    category = categories().get(code)
    return category.labels.get(language) or category.labels["en"] if category else code


@cache
def category_words() -> PhraseTable[Weighted]:
    """Words and phrases with the category they point to and their weight."""
    return PhraseTable.of((row["phrase"], (row["category"], int(row["weight"]))) for row in rows("words"))


@cache
def urgencies() -> dict[str, int]:
    """Urgency 0–4 by category."""
    return {code: category.urgency for code, category in categories().items()}


@cache
def danger() -> PhraseTable[str]:
    """Words and phrases of the categories in which a life is in danger."""
    urgent = {code for code, urgency in urgencies().items() if urgency == 0}
    rows_ = ((row["phrase"], row["category"], int(row["weight"])) for row in rows("words"))
    return PhraseTable.of(
        (phrase, category) for phrase, category, w in rows_ if category in urgent and w >= 2
    )


@cache
def phrases(name: str) -> PhraseTable[str]:
    """`greetings`, `forwards` or `tip_phrases` as a table of phrases."""
    return PhraseTable.of((row["phrase"], row["phrase"]) for row in rows(name))


@cache
def alarming() -> PhraseTable[str]:
    """Words that stand for a matter of the police: a message with one of them is never noise."""
    weighty = ((row["phrase"], row["category"]) for row in rows("words") if int(row["weight"]) >= 2)
    return PhraseTable.of(pair for pair in weighty if pair[1] not in ("praise", "feedback", "query"))


@cache
def accusations() -> AccusationWords:
    """Words for the police, words for misdeeds, and patterns that accuse."""
    return AccusationWords(
        office=_spoken("office_words"),
        naming=_spoken("office_words", place="no"),
        misdeed=_spoken("misdeed_words"),
        patterns=_patterns(),
    )


@cache
def topics(name: str) -> TopicWords:
    """`tip_topics` or `rumour_topics`: words for things, for what is done with them, and idle ones, by topic."""
    parts = {
        part: PhraseTable.of((_sound(row["word"]), row["topic"]) for row in rows(name) if row["part"] == part)
        for part in ("thing", "act", "idle")
    }
    return TopicWords(things=parts["thing"], acts=parts["act"], idle=parts["idle"])


@cache
def children() -> PhraseTable[str]:
    """Words for a child."""
    return _spoken("child_words")


@cache
def accusing() -> Classifier:
    """How probable it is that a text accuses police, by what it is like."""
    return Classifier.of(rows("accusing_pieces"))


@cache
def emergency_words() -> emergencies.EmergencyWords:
    """Words of danger by group, and which of them tell of an emergency together."""
    table = emergencies.EmergencyWords(
        written=PhraseTable(),
        spoken=PhraseTable(),
        pashto=PhraseTable(),
        patterns=[
            emergencies.Pattern(
                row["category"], tuple(row["groups"].split()), int(row["within"]), row["unless"]
            )
            for row in rows("emergency_patterns")
        ],
    )
    of_language = {"en": table.written, "ps": table.pashto}
    for row in rows("emergency_words"):
        phrase = row["word"] if row["lang"] == "en" else _sound(row["word"])
        of_language.get(row["lang"], table.spoken).add(phrase=phrase, value=row["group"])
    return table


@cache
def telling() -> PhraseTable[str]:
    """Words that tell what somebody said, or that the writer has been somewhere about it."""
    return _spoken("told_words")


@cache
def lone_words() -> frozenset[str]:
    """Every word that stands alone in a table of words: it means something, and is hardly a name (idle ones may be)."""
    kept = ((row, column) for name, column in _WORDS for row in rows(name) if row.get("part") != "idle")
    said = (scripts.words(row[column]) for row, column in kept)
    return frozenset(words[0] for words in said if len(words) == 1)


@cache
def asking() -> PhraseTable[str]:
    """Words that ask for help to come."""
    return PhraseTable.of((row["word"], row["lang"]) for row in rows("asking_words"))


def _spoken(name: str, **only: str) -> PhraseTable[str]:
    """A table of words as they sound."""
    wanted = (row for row in rows(name) if only.items() <= row.items())
    return PhraseTable.of((_sound(row["word"]), row["lang"]) for row in wanted)


def _patterns() -> dict[str, list[Pattern]]:
    """The patterns by the first word of a term that does not go on; "" for those of which every term may."""
    found: dict[str, list[Pattern]] = {}
    for row in rows("accusations"):
        terms = tuple(_sound(term.replace("_", " ")) for term in row["phrase"].split())
        whole = next((term.split()[0] for term in terms if " " in term or not term.endswith("*")), "")
        shown = row["phrase"].replace("_", " ").replace("*", "…")
        found.setdefault(whole, []).append(Pattern(terms, shown))
    return found


def _sound(phrase: str) -> str:
    """A phrase as it sounds; one that may go on still may, and is not taken for ended."""
    if not phrase.endswith("*"):
        return " ".join(scripts.spoken(phrase))
    going_on = "b" if phrase.isascii() else ""
    return " ".join(scripts.spoken(phrase[:-1] + going_on)).removesuffix(going_on) + "*"


@cache
def language_words() -> dict[str, frozenset[str]]:
    """Frequent words by language, normalised."""
    found: dict[str, set[str]] = {}
    for row in rows("language_words"):
        found.setdefault(row["lang"], set()).update(scripts.words(row["word"]))
    return {lang: frozenset(words) for lang, words in found.items()}
