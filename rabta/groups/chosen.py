"""Those who hear a broadcast beside the members of its groups: who got an earlier one, and single members."""

from datetime import datetime

from django.db import connection

from rabta.force.directory import Directory
from rabta.groups import routes
from rabta.groups.models import Again, Broadcast
from rabta.outbox.models import NEXT_ID

# Whoever got the earlier one, or will: a letter that was taken back or could not be sent reached nobody. Members that
# are heard already (they belong to one of the groups) are not written down twice: all are sorted together, because how
# many there are the planner cannot know, and 400,000 times 400,000 never ends.
_WRITE = f"""
WITH wanted AS (
  SELECT r.member_id, r.officer_id, r.person_id, r.unit_id, r.account_id, r.position, false AS there
  FROM groups_again a
  JOIN groups_recipient r ON r.broadcast_id = a.earlier_id
  JOIN outbox_delivery d ON d.id = r.delivery_id AND d.state <> 'failed'
  LEFT JOIN groups_member m ON m.id = r.member_id
  WHERE a.broadcast_id = %(broadcast)s
    AND (m.id IS NULL OR (m.stopped_at IS NULL AND m.address_id IS NOT NULL))
  UNION ALL
  SELECT m.id, NULL, NULL, m.unit_id, coalesce(m.account_id, way.account), 0, false
  FROM groups_chosen c
  JOIN groups_member m ON m.id = c.member_id
  LEFT JOIN unnest(%(units)s::bigint[], %(channels)s::text[], %(accounts)s::bigint[])
    AS way (unit, channel, account) ON way.unit = m.unit_id AND way.channel = m.channel
  WHERE c.broadcast_id = %(broadcast)s AND m.state = 'active' AND m.stopped_at IS NULL AND m.address_id IS NOT NULL
  UNION ALL
  SELECT member_id, officer_id, person_id, unit_id, account_id, 0, true FROM groups_recipient
  WHERE broadcast_id = %(broadcast)s
), once AS (
  SELECT DISTINCT ON (member_id, officer_id, person_id) * FROM wanted
  ORDER BY member_id, officer_id, person_id, there DESC, position
)
INSERT INTO groups_recipient
  (broadcast_id, position, unit_id, member_id, officer_id, person_id, account_id, delivery_id, answer)
SELECT %(broadcast)s, %(before)s + place, unit_id, member_id, officer_id, person_id, account_id,
  CASE WHEN account_id IS NOT NULL THEN {NEXT_ID} END, ''
FROM (SELECT *, row_number() OVER (ORDER BY position, member_id) AS place FROM once WHERE NOT there) AS heard
ORDER BY place
"""  # noqa: S608 - our own words


def must_wait(broadcast: Broadcast, *, now: datetime) -> bool:
    """Whether it goes to those who got an earlier one that is still on its way to them."""
    moving = Again.objects.filter(
        broadcast=broadcast, earlier__state__in=("gathering", "queueing"), earlier__due_at__lte=now
    )
    return moving.exclude(earlier=broadcast).exists()


def write(broadcast: Broadcast, *, before: int, directory: Directory) -> int:
    """Write them down after the `before` that stand there already; returns how many they are."""
    ways = routes.routes(directory.units, accounts=routes.sending_accounts(), directory=directory)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "broadcast": broadcast.pk, "before": before, "units": ways.units, "channels": ways.channels,
                "accounts": ways.accounts,
            },
        )  # fmt: skip
        return cursor.rowcount
