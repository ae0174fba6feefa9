"""Ending tokens of the API where an officer's sign-in is made new. `web.api.tokens` makes and reads them."""

from django.db import connection

from rabta.force.models import Officer


def end_tokens(officer: Officer) -> int:
    """End all tokens of the officer; how many there were. The pages may do no more than this with tokens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_end_tokens(%s)", [officer.pk])
        (ended,) = cursor.fetchone()
    return int(ended)
