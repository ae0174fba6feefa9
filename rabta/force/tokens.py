"""Tokens of the API as their officer's pages know them: which ones open something, and ending them.

`web.api.tokens` makes and reads them.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from rabta.force.models import ApiToken, Officer

GOOD_FOR = timedelta(days=365)  # a forgotten one opens nothing for ever


def alive(*, now: datetime) -> QuerySet[ApiToken]:
    """Tokens that still open something: not ended, not too old, of an officer who may sign in."""
    return ApiToken.objects.filter(
        revoked_at=None, created_at__gt=now - GOOD_FOR, officer__is_active=True
    ).order_by("-created_at")


def end_tokens(officer: Officer) -> int:
    """End all tokens of the officer; how many there were. The pages may do no more than this with tokens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_end_tokens(%s)", [officer.pk])
        (ended,) = cursor.fetchone()
    return int(ended)
