"""Finding cases by words of their subject and place.

Every word must begin a word of the case (words of one or two letters: be one). PostgreSQL does it in a function of its
own, which alone may ask the index of words; it applies the conditions of row-level security (migration `0005_search`).
"""

from datetime import datetime

from django.db import connection

from rabta.cases.seen import LATEST

_FIND = "SELECT * FROM rabta_search_cases(%s, %s, %s, %s, %s)"


def by_words(text: str, *, since: datetime, before: tuple[datetime, int] | None, most: int) -> list[int]:
    """Ids of the newest cases with all words, written to since then, which the officer of the transaction may see.

    `before`: older than this message, or this case among those of the same moment. One query.
    """
    until, id = before or (LATEST, 0)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [text, since, until, id, most])
        return [row[0] for row in cursor.fetchall()]
