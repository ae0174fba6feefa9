"""Answers that are written often, from a small table.

RABTA_HOME/tables/canned.csv, where it exists, takes the place of the shipped one.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "canned.csv"


@dataclass(frozen=True, kw_only=True)
class Canned:
    """An answer under its short code, in one language."""

    code: str
    language: str
    text: str


@cache
def answers() -> tuple[Canned, ...]:
    """The table, in its order."""
    own = Path(settings.HOME) / "tables" / "canned.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return tuple(
            Canned(code=row["code"], language=row["language"], text=row["text"])
            for row in csv.DictReader(file)
        )


def answers_for(*, language: str, reference: str) -> list[Canned]:
    """The answers with those in the citizen's language first, the reference number filled in."""
    ordered = sorted(answers(), key=lambda one: one.language != language)
    return [
        Canned(code=one.code, language=one.language, text=one.text.replace("{reference}", reference))
        for one in ordered
    ]
