"""How the outbox of each account does: when it last sent, what waits, what is stuck. A few rows for each account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rabta.outbox.models import Pulse

MOST = 1000  # more are told as "1000+"
_COUNTED = "SELECT account_id, oldest, waiting, stuck FROM rabta_outboxes(%s, %s)"


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """One account's letters, but for those that are kept from whoever asks; counts stop at MOST + 1."""

    pulse: Pulse
    oldest_due: datetime | None
    waiting: int
    stuck: int


def outboxes(account_ids: Iterable[int]) -> dict[int, Outbox]:
    """The outbox of each of these accounts, for those who answer for them: it counts letters that they do not read."""
    ids = list(account_ids)
    pulses = {pulse.pk: pulse for pulse in Pulse.objects.filter(pk__in=ids)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [ids, MOST + 1])
        rows = cursor.fetchall()
    return {
        id: Outbox(pulse=pulses.get(id) or Pulse(pk=id), oldest_due=oldest, waiting=waiting, stuck=stuck)
        for id, oldest, waiting, stuck in rows
    }
