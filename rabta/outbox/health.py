"""How the outbox of each account does: when it last sent, what waits, what is stuck. A few rows for each account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rabta.outbox.models import EVERY_PRIORITY, Pulse

MOST = 1000  # more are told as "1000+"
_WAITING = f"""
    SELECT a.id,
      (SELECT min(due_at) FROM unnest({EVERY_PRIORITY}) AS wanted CROSS JOIN LATERAL (
        SELECT due_at FROM outbox_delivery WHERE account_id = a.id AND state = 'queued' AND priority = wanted
        ORDER BY due_at LIMIT 1) AS first),
      (SELECT count(*) FROM (SELECT 1 FROM outbox_delivery
        WHERE account_id = a.id AND state = 'queued' LIMIT %(most)s) AS few),
      (SELECT count(*) FROM (SELECT 1 FROM outbox_delivery
        WHERE account_id = a.id AND state IN ('failed', 'in_doubt') AND trouble <> 'taken_back' AND body_id IS NULL
        LIMIT %(most)s) AS few)
    FROM unnest(%(ids)s::bigint[]) AS a(id)
"""  # noqa: S608 - our own numbers


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """One account's letters as far as the context sees them; counts stop at MOST + 1."""

    pulse: Pulse
    oldest_due: datetime | None
    waiting: int
    stuck: int


def outboxes(account_ids: Iterable[int]) -> dict[int, Outbox]:
    """The outbox of each of these accounts."""
    ids = list(account_ids)
    pulses = {pulse.pk: pulse for pulse in Pulse.objects.filter(pk__in=ids)}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"ids": ids, "most": MOST + 1})
        rows = cursor.fetchall()
    return {
        id: Outbox(pulse=pulses.get(id) or Pulse(pk=id), oldest_due=oldest, waiting=waiting, stuck=stuck)
        for id, oldest, waiting, stuck in rows
    }
