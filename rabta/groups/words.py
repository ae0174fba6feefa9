"""What joining needs in words: letters to members in five languages, what they write, checks, closed lists of reasons.

RABTA_HOME/tables/group_letters.csv (group_keywords, group_checks, group_reasons, group_card_words), where it exists,
takes the place of the shipped table.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.groups.kinds import SHIPPED, Label
from rabta.kit import scripts

CARD_PARTS = ("card", "want", "other", "lost")
LANGUAGES = ("en", "hi", "ur", "ps", "roman")


@dataclass(frozen=True)
class Reason(Label):
    """Why somebody was refused or removed; `fits` says which of the two it can be given for."""

    fits: frozenset[str]


def _rows(name: str) -> list[dict[str, str]]:
    own = Path(settings.HOME) / "tables" / f"group_{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _letters() -> Mapping[tuple[str, str], str]:
    return {(row["code"], row["lang"]): row["text"] for row in _rows("letters")}


def letter(code: str, /, *, language: str, **values: str) -> str:
    """A letter in the member's language, in the force's own where that is unknown. Raises KeyError for no such code."""
    for choice in (language, settings.CITIZEN_LANGUAGE, "en"):
        if (code, choice) in _letters():
            return _letters()[code, choice].format(**values)
    raise KeyError(code)


def _names(row: Mapping[str, str]) -> dict[str, str]:
    return {language: row[language] for language in ("en", "hi", "ur")}


@cache
def checks() -> dict[str, Label]:
    """What the station looks at before it decides on an application, by code."""
    return {row["code"]: Label(row["code"], _names(row)) for row in _rows("checks")}


@cache
def reasons() -> dict[str, Reason]:
    """The closed list of reasons, by code."""
    return {
        row["code"]: Reason(row["code"], _names(row), frozenset(row["for"].split()))
        for row in _rows("reasons")
    }


@cache
def keywords(what: str) -> frozenset[str]:
    """The words by which members say `join`, `yes`, `review` or `renew`, each as `scripts.normalise` leaves it."""
    found = next((row["words"] for row in _rows("keywords") if row["what"] == what), "")
    return frozenset(scripts.normalise(word) for word in found.split("|"))


def page_language(language: str) -> str:
    """The language of pages in which somebody is told names, times and reasons: his own where pages speak it, for
    readers of Pashto Urdu, else English."""
    return {"hi": "hi", "ur": "ur", "ps": "ur"}.get(language, "en")


@cache
def card_words() -> dict[str, tuple[str, ...]]:
    """Words for the rule about identity cards: `card` names one, `want` asks, `lost` says that it is gone, `other`
    speaks of something else."""
    rows = _rows("card_words")
    return {what: tuple(row["words"] for row in rows if row["what"] == what) for what in CARD_PARTS}
