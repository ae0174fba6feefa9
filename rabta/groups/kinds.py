"""What members are to the police, and the sections of society: tables, which a force replaces by its own.

RABTA_HOME/tables/group_kinds.csv and group_sections.csv, where they exist, take the place of the shipped ones.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Label:
    """A code with its name in each language of the interface."""

    code: str
    names: Mapping[str, str]

    def __str__(self) -> str:
        """The name in the reader's language, in English where that is missing."""
        return self.names.get((get_language() or "en")[:2]) or self.names["en"]


@dataclass(frozen=True)
class Kind(Label):
    """A kind of member. `vetted`: the station checks first; `valid_days`: a place ends then unless it is renewed."""

    vetted: bool
    valid_days: int


@dataclass(frozen=True)
class Section(Label):
    """A section of society; `wanted` is how many of it a station's group ought to have at least."""

    wanted: int


def _rows(name: str) -> list[dict[str, str]]:
    own = Path(settings.HOME) / "tables" / f"group_{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _names(row: Mapping[str, str]) -> dict[str, str]:
    return {language: row[language] for language in ("en", "hi", "ur")}


@cache
def kinds() -> dict[str, Kind]:
    """All kinds, by code."""
    return {
        row["code"]: Kind(row["code"], _names(row), row["vetted"] == "yes", int(row["valid_days"]))
        for row in _rows("kinds")
    }


@cache
def sections() -> dict[str, Section]:
    """All sections of society, by code."""
    return {row["code"]: Section(row["code"], _names(row), int(row["wanted"])) for row in _rows("sections")}
