"""Who heard what is forgotten after a while (retention class `broadcast`); how far it came in each unit is kept."""

from datetime import datetime, timedelta

from django.db import connection

from rabta.people import keeping

PIECE = 20_000


def forget(*, now: datetime) -> int:
    """Remove recipients of old broadcasts and the letters to them, a piece of them; returns how many."""
    with connection.cursor() as cursor:
        older = now - timedelta(days=keeping.days("broadcast"))
        cursor.execute("SELECT rabta_forget_recipients(%s, %s)", [older, PIECE])
        gone: int = cursor.fetchone()[0]
    return gone
