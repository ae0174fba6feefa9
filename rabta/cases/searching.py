"""Finding cases by words that were said in them, by the name of who wrote, by part of a reference number.

Every word must begin a word of the case: of its subject, its place, its messages (words of one or two letters: be one).
PostgreSQL does it in functions of its own, which alone may ask the index of words; they apply the conditions of
row-level security (migration `0007_search`).
"""

import re
from datetime import datetime

from django.db import connection

from rabta.cases.seen import LATEST
from rabta.force.models import Unit
from rabta.kit import ids
from rabta.kit.scripts import normalise
from rabta.people import naming

_FIND = "SELECT * FROM rabta_search_cases(%s, %s, %s, %s, %s)"
_NAMED = "SELECT * FROM rabta_find_named(%s, %s, %s, %s, %s)"
_REFERENCE = "SELECT * FROM rabta_find_reference(%s, %s)"
_PART = re.compile(r"[0-9A-Z]{1,6}(-[0-9A-Z]{0,5}){0,2}")


def by_name(text: str, *, since: datetime, before: tuple[datetime, int] | None, most: int) -> list[int]:
    """Ids of the newest cases of people who bear all these names, in any script and spelling; nobody who is hidden."""
    until, id = before or (LATEST, 0)
    found: list[int] = []
    with connection.cursor() as cursor:
        for wanted in naming.wanted(text):
            cursor.execute(_NAMED, [wanted, since, until, id, most])
            found += [row[0] for row in cursor.fetchall()]
    return list(dict.fromkeys(found))


def by_part_of_reference(text: str, *, most: int) -> list[int]:
    """Ids of the newest cases whose reference number begins so, or whose last groups do: three signs, one a digit.

    Both groups may be run together. Without a digit it is one whole group, or begins with one and its dash: else any
    word would be a part.
    """
    part = ids.parse_groups(text=normalise(text)) or normalise(text).strip().upper()
    if len(part) < 3 or not _PART.fullmatch(part):
        return []
    if not any(map(str.isdigit, part)) and not _begins_with_group(part):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_REFERENCE, [part, most])
        return [row[0] for row in cursor.fetchall()]


def _begins_with_group(part: str) -> bool:
    """Whether it begins with a group of a number; with the letters of a unit, all of its cases would."""
    group = part.partition("-")[0]
    return ids.is_group(group) and not Unit.objects.filter(reference_prefix=group).exists()


def by_words(text: str, *, since: datetime, before: tuple[datetime, int] | None, most: int) -> list[int]:
    """Ids of the newest cases with all words, written to since then, which the officer of the transaction may see.

    `before`: older than this message, or this case among those of the same moment. One query.
    """
    until, id = before or (LATEST, 0)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [text, since, until, id, most])
        return [row[0] for row in cursor.fetchall()]
