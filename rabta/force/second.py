"""Whether an administrator acts alone: until a second one of the whole force can sign in."""

from django.db import connection


def is_only_administrator() -> bool:
    """Whether there is no other administrator of the whole force who could confirm. The database says it, for its own
    guards too; who asks is the officer of the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_only_administrator()")
        (alone,) = cursor.fetchone()
    return bool(alone)
