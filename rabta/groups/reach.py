"""How far a broadcast came in each unit: counted while letters move, and read from `Reach`."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet, Value

from rabta.groups.models import Broadcast

MOVES_FOR = timedelta(days=3)  # after that nobody reads any more
AGAIN_AFTER = timedelta(seconds=20)  # at first; an hour later every six minutes
_COUNT = """
INSERT INTO groups_reach (broadcast_id, unit_id, recipients, unreachable, sent, delivered, read, failed, answered)
SELECT r.broadcast_id, r.unit_id, count(*),
  count(*) FILTER (WHERE r.account_id IS NULL),
  count(*) FILTER (WHERE d.state IN ('sent', 'delivered', 'read')),
  count(*) FILTER (WHERE d.state IN ('delivered', 'read')),
  count(*) FILTER (WHERE d.state = 'read'),
  count(*) FILTER (WHERE d.state IN ('failed', 'in_doubt')),
  count(r.answered_at)
FROM groups_recipient r LEFT JOIN outbox_delivery d ON d.id = r.delivery_id
WHERE r.broadcast_id = %s GROUP BY r.broadcast_id, r.unit_id
ON CONFLICT (broadcast_id, unit_id) DO UPDATE SET recipients = excluded.recipients,
  unreachable = excluded.unreachable, sent = excluded.sent, delivered = excluded.delivered, read = excluded.read,
  failed = excluded.failed, answered = excluded.answered
"""


def count(broadcast: Broadcast, *, now: datetime) -> None:
    """Bring the figures of a broadcast up to date."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [broadcast.pk])
    Broadcast.objects.filter(pk=broadcast.pk).update(counted_at=now)


def to_count(*, now: datetime) -> QuerySet[Broadcast]:
    """Broadcasts whose figures are to be counted again: the older one is, the less often. At most five."""
    rows = Broadcast.objects.filter(asked_at__gt=now - MOVES_FOR).exclude(state=Broadcast.State.GATHERING)
    stale = Q(counted_at=None) | Q(
        counted_at__lt=Value(now - AGAIN_AFTER) - (Value(now) - F("asked_at")) / 10
    )
    return rows.filter(stale).order_by(F("counted_at").asc(nulls_first=True))[:5]
