"""What stands around the words of a version, in five languages, and how long an answer may take: tables of the force.

RABTA_HOME/tables/press_phrases.csv and press_limits.csv, where they exist, take the place of the shipped ones.
"""

import csv
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def limit(code: str) -> timedelta:
    """How long it may take: `question` until a journalist is answered."""
    return next(
        timedelta(minutes=int(row["minutes"])) for row in _rows("press_limits") if row["code"] == code
    )


def phrase(code: str, *, language: str, **values: str) -> str:
    """A sentence in a language; in English where the table has none of that language."""
    by_language = {row["lang"]: row["text"] for row in _rows("press_phrases") if row["code"] == code}
    return (by_language.get(language) or by_language["en"]).format(**values)
