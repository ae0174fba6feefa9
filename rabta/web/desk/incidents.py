"""How many people told of what a line of the list stands for: those of the parts that the officer of the request sees.

Who wrote over several channels counts once.
"""

from collections.abc import Iterable

from django.db import connection

from rabta.cases.models import Case

MOST = 1000  # parts that are looked at for a line of the list: in a surge one case has tens of thousands


def people_at_most(*, found: Iterable[Case]) -> dict[int, int]:
    """`people` for lines of a list, and MOST for whatever has so many parts that nobody counts them. One query."""
    rows = _tellers(found, most=MOST)
    return {
        head: MOST if parts >= MOST else 1 + others for head, parts, others in rows if others or parts >= MOST
    }


def people(*, found: Iterable[Case]) -> dict[int, int]:
    """By the id of each case that others told of, too: how many they are, with its own teller. One query."""
    return {head: 1 + others for head, _parts, others in _tellers(found, most=None) if others}


def _tellers(found: Iterable[Case], *, most: int | None) -> list[tuple[int, int, int]]:
    """Head, its parts, and how many others told of them, where the officer sees parts; `most` parts are looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rabta_tellers(%s, %s)", [[case.pk for case in found], most])
        return cursor.fetchall()
