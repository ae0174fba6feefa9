"""From a broadcast to letters in the outbox: recipients are written down, then letters queued, many in a statement.

Each piece is a transaction of its own, so that the desk is not held up, and what was done stays done when a process
dies: the next one goes on where it ended. Two never work on one broadcast (its row is locked meanwhile).
"""

from datetime import datetime

from django.db import connection, transaction

from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.groups import chosen, outside
from rabta.groups.audience import Audience
from rabta.groups.models import Broadcast, Recipient, Wording
from rabta.people.handles import digest_of
from rabta.rules import reading

PIECE = 20_000
MOVING = ("gathering", "queueing")
# The letters of one piece. Each has the number that was taken for it when its recipient was written down, so that
# nothing is written back, and a piece that came twice would break the primary key. Members are looked up one by one
# (OFFSET 0): the planner would read all of them for every piece. Who said STOP since then is written as taken back.
_QUEUE = """
INSERT INTO outbox_delivery (id, token, account_id, address_id, number, address_digest, priority, text, body_id,
  personal, about, state, failed_at, queued_at, due_at, attempts, trouble, trouble_text, visible_to)
SELECT r.delivery_id, gen_random_uuid(), r.account_id, m.address_id, coalesce(o.phone, p.phone, ''),
  coalesce(m.digest, known.digest), %(priority)s, '', coalesce(own.body, other.body),
  false, %(about)s, CASE WHEN m.stopped_at IS NULL THEN 'queued' ELSE 'failed' END,
  CASE WHEN m.stopped_at IS NOT NULL THEN %(now)s END, %(now)s, %(now)s, 0,
  CASE WHEN m.stopped_at IS NULL THEN '' ELSE 'taken_back' END, CASE WHEN m.stopped_at IS NULL THEN '' ELSE 'STOP' END,
  %(visible_to)s::bigint[]
FROM groups_recipient r
LEFT JOIN LATERAL (
  SELECT m.address_id, m.language, m.stopped_at, a.digest
  FROM groups_member m JOIN outbox_address a ON a.id = m.address_id WHERE m.id = r.member_id OFFSET 0
) AS m ON true
LEFT JOIN force_officer o ON o.id = r.officer_id
LEFT JOIN force_personnel p ON p.id = r.person_id
LEFT JOIN unnest(%(positions)s::int[], %(digests)s::bytea[]) AS known (position, digest)
  ON known.position = r.position
LEFT JOIN unnest(%(languages)s::text[], %(bodies)s::bigint[]) AS own (language, body)
  ON own.language = coalesce(m.language, o.language, p.language, '')
LEFT JOIN unnest(%(languages)s::text[], %(bodies)s::bigint[]) AS other (language, body) ON other.language = ''
WHERE r.broadcast_id = %(broadcast)s AND r.position > %(after)s AND r.position <= %(after)s + %(piece)s
  AND r.delivery_id IS NOT NULL AND coalesce(m.digest, known.digest) IS NOT NULL
ORDER BY r.position
"""


def go_on(broadcast_id: int, *, now: datetime) -> bool:
    """Do the next piece of a broadcast; False when there is nothing more to do, or another process is at it."""
    with system("sending to groups"):
        rows = Broadcast.objects.select_for_update(skip_locked=True, no_key=True)
        broadcast = rows.filter(pk=broadcast_id, state__in=MOVING, due_at__lte=now).first()
        if broadcast is None or chosen.must_wait(broadcast, now=now):
            return False
        if broadcast.state == Broadcast.State.GATHERING:
            _gather(broadcast, now=now)
        else:
            _queue(broadcast, now=now)
        return broadcast.state == Broadcast.State.QUEUEING


def _gather(broadcast: Broadcast, *, now: datetime) -> None:
    directory = force_directory.current(now=now)
    groups = list(broadcast.groups.filter(closed_at=None).select_related("chat_account"))
    audience = Audience(groups, officers_only=broadcast.officers_only, directory=directory)
    there = audience.write(broadcast)
    broadcast.recipients = there + chosen.write(broadcast, before=there, directory=directory)
    broadcast.state = Broadcast.State.QUEUEING
    broadcast.save(update_fields=["recipients", "state"])
    outside.post_to(groups, broadcast, now=now)
    with connection.cursor() as cursor:  # fresh rows have no statistics, and the pieces are found by them
        cursor.execute("SELECT rabta_know_recipients()")


def _queue(broadcast: Broadcast, *, now: datetime) -> None:
    after = broadcast.queued
    rows = Wording.objects.filter(broadcast=broadcast).order_by("pk").values_list("language", "body")
    wordings = reading.for_all(dict(rows))
    positions, digests = _numbers(broadcast, after)
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE,
            {
                "broadcast": broadcast.pk, "after": after, "piece": PIECE, "now": now,
                "positions": positions, "digests": digests, "priority": broadcast.priority,
                "languages": list(wordings), "bodies": list(wordings.values()),
                "about": f"group:{broadcast.public_id}", "visible_to": broadcast.visible_to,
            },
        )  # fmt: skip
    broadcast.queued = min(after + PIECE, broadcast.recipients)
    if broadcast.queued >= broadcast.recipients:
        broadcast.state, broadcast.queued_at = Broadcast.State.QUEUED, now
    broadcast.save(update_fields=["queued", "state", "queued_at"])


def _numbers(broadcast: Broadcast, after: int) -> tuple[list[int], list[bytes]]:
    """The positions of officers and personnel in this piece, with the digests of their numbers."""
    rows = Recipient.objects.filter(
        broadcast=broadcast, position__gt=after, position__lte=after + PIECE, member=None
    ).values_list("position", "officer__phone", "person__phone")
    known = [(position, officer or person) for position, officer, person in rows if officer or person]
    digests = [digest_of(scheme="phone", handle=phone) for _position, phone in known]
    return [position for position, _phone in known], digests


def take_back(broadcast: Broadcast, *, now: datetime) -> int:
    """Take back the letters of a broadcast that have not left yet; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_take_back(%s, %s)", [broadcast.pk, now])
        taken: int = cursor.fetchone()[0]
    return taken


def due(*, now: datetime) -> list[int]:
    """Broadcasts that somebody must go on with."""
    rows = Broadcast.objects.filter(state__in=MOVING, due_at__lte=now)
    with transaction.atomic():
        return list(rows.order_by("priority", "due_at").values_list("pk", flat=True)[:20])
