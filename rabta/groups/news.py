"""News of my district (K13, K19): the message by which a citizen asks for it, and the list that he means."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from rabta.force.models import Unit
from rabta.groups.models import Group
from rabta.kit import scripts

WORD_SHOWN = "NEWS"
SHIPPED = Path(__file__).parent / "data"
MOST_WORDS = 6


@cache
def words() -> tuple[tuple[str, ...], ...]:
    """What somebody begins such a message with, each as a row of words; RABTA_HOME/tables/news_words.csv goes first."""
    own = Path(settings.HOME) / "tables" / "news_words.csv"
    with (own if own.exists() else SHIPPED / "news_words.csv").open(encoding="utf-8", newline="") as file:
        found = {tuple(scripts.words(row["word"])) for row in csv.DictReader(file)}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def wish(text: str) -> str | None:
    """What stands after the word for news ("" for nothing); None for any other message: that is for the desk."""
    said = scripts.words(text)
    if not said or len(said) > MOST_WORDS:
        return None
    for begins in words():
        if tuple(said[: len(begins)]) == begins:
            return " ".join(said[len(begins) :])
    return None


def list_for(named: str, *, lists: Iterable[Group], path: Iterable[int]) -> Group | None:
    """The list of the district that was named; without a name the one whose unit lies on `path` (the account's unit).

    None when nothing fits: the citizen is asked which district then.
    """
    living = list(lists)
    if not named:
        above = set(path)
        fitting = [group for group in living if group.unit_id in above]
        return fitting[-1] if len(fitting) == 1 else living[0] if len(living) == 1 else None
    wanted = set(named.split())
    found = [group for group in living if any(wanted <= name for name in _names(group))]
    return found[0] if len(found) == 1 else None


def _names(group: Group) -> list[set[str]]:
    """The words of each name: "Mardan" is enough for the district of Mardan."""
    unit = group.unit
    return [set(scripts.words(name)) for name in (unit.name, unit.name_hi, unit.name_ur, unit.code) if name]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list as everybody may know of it: the unit whose news it brings, in the reader's language and in English."""

    name: str
    english: str
    path: list[int]


def public_lists() -> list[Listed]:
    """The open lists, for a visitor who sees no groups: the database names their units and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id FROM rabta_news_lists()")
        units = [row[0] for row in cursor.fetchall()]
    rows = Unit.objects.filter(pk__in=units).defer("area").order_by("path")
    return [Listed(name=str(unit), english=unit.name, path=unit.path) for unit in rows]
