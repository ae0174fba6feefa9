"""What an erasure leaves in the record, so that the chain stays whole and says why a content is gone."""

from datetime import datetime

from django.db import connection

from rabta.audit.models import Link
from rabta.audit.writing import record

ERASED = "erased"  # the act of the entry; its subject is a table, its ids are rows
_EVENTS = "SELECT id FROM cases_event WHERE case_id = %s ORDER BY id"
_FORGET_SALT = "UPDATE audit_link SET salt = NULL WHERE source = %s AND row = ANY(%s) AND salt IS NOT NULL"


def events_erased(case_id: int, *, now: datetime, reason: str) -> int:
    """Write that the events of a case lost their content, and destroy their salts; returns how many events.

    In the transaction that empties them, by a job that sees them. Without this entry the chain would be called broken;
    without the salts nobody can try texts against the hashes that stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [case_id])
        ids = [row for (row,) in cursor.fetchall()]
        cursor.execute(_FORGET_SALT, [Link.Source.EVENT, ids])
    record(ERASED, now=now, reason=reason, subject=Link.Source.EVENT.label, ids=ids, case_id=case_id)
    return len(ids)
