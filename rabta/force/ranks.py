"""Ranks in the reader's language, by a table; RABTA_HOME/tables/ranks.csv takes its place where it exists."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

SHIPPED = Path(__file__).parent / "data" / "ranks.csv"


def localised(rank: str) -> str:
    """The rank in the reader's language; as it was entered where the table has no word for it."""
    language = (get_language() or "en")[:2]
    return _words().get(_key(rank), {}).get(f"rank_{language}") or rank


@cache
def _words() -> dict[str, dict[str, str]]:
    own = Path(settings.HOME) / "tables" / "ranks.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {_key(row["rank"]): row for row in csv.DictReader(file)}


def _key(rank: str) -> str:
    """`Sub Inspector` is `Sub-Inspector`, whatever its letters."""
    return " ".join(rank.replace("-", " ").replace(".", "").lower().split())
