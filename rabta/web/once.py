"""A repeated POST has one effect: the key that the page gave it is kept in the transaction of the effect."""

from datetime import datetime

from django.db import connection

from rabta.force.models import Officer

LONGEST_KEY = 40


def first_time(*, officer: Officer, key: str, now: datetime) -> bool:
    """Whether this officer's key is new; it is remembered when the transaction commits.

    A second copy that runs at the same moment waits here for the first. A request without a key is always new.
    """
    if not key:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO web_done (officer_id, key, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [officer.pk, key[:LONGEST_KEY], now],
        )
        return cursor.rowcount == 1
