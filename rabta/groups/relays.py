"""What stands around an instruction or good work when groups read it: a table, which a force replaces by its own.

RABTA_HOME/tables/group_relays.csv, where it exists, takes the place of the shipped one.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.rules import reading

SHIPPED = Path(__file__).parent / "data" / "relays.csv"
LANGUAGES = ("en", "hi", "ur", "ps", "roman")


@cache
def _frames() -> dict[str, dict[str, str]]:
    own = Path(settings.HOME) / "tables" / "group_relays.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(file)
        }


def framed(code: str, *, language: str, **values: str) -> str:
    """The words of the table in a language (English where it has none of it), with these values in them."""
    frames = _frames()[code]
    return (frames.get(language) or frames["en"]).format(**values)


def quoted(code: str, words: str) -> dict[str, str]:
    """Somebody's words within the words of the table, in each language, and for whose own is unknown."""
    said = {language: framed(code, language=language, words=words) for language in LANGUAGES}
    return {"": said.get(settings.CITIZEN_LANGUAGE, said["en"]), **said}


def in_all(words: Mapping[str, str]) -> dict[str, str]:
    """The words in each language: its own where they were written in it, else those that its readers can read."""
    return reading.for_all(words)
