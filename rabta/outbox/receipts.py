"""What providers say of the letters that we sent. Every receipt is kept; the delivery shows the best that is known.

A receipt finds its delivery by our token, or by the digest of the provider's id. One that finds none, because the
relay has not stored the result yet, is parked and joined later (docs/decisions/0006-receipts-find-deliveries.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from rabta import keys
from rabta.channels.contract import Receipt, TroubleCode
from rabta.outbox import charging
from rabta.outbox.models import Attempt, Delivery, ReceiptEvent
from rabta.people.handles import digest_of
from rabta.rules.receipts import MEANS, state_after

PARKED_FOR = timedelta(hours=6)  # after that a receipt is of a letter that was not ours

_JOIN_PARKED = """
UPDATE outbox_receiptevent e SET delivery_id = d.id FROM outbox_delivery d
WHERE e.delivery_id IS NULL AND e.received_at > %s AND d.provider_digest = e.provider_digest
RETURNING e.id
"""


_ALL_UNTIL = """
SELECT given.position, d.id, d.provider_digest
FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::timestamptz[])
  WITH ORDINALITY AS given (account_id, scheme, digest, at, position)
JOIN people_handle h ON h.scheme = given.scheme AND h.digest = given.digest
JOIN outbox_delivery d ON d.handle_id = h.id AND d.account_id = given.account_id AND d.claimed_at <= given.at
WHERE d.state IN ('sent', 'delivered') AND NOT d.public AND d.provider_digest IS NOT NULL
"""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Ids of the deliveries whose state changed, and of those among them that failed."""

    changed: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def provider_digest(*, account_id: int, provider_id: str) -> bytes:
    """What stands for a provider's id of a letter of ours. Relay and worker hold the key; the database does not."""
    return keys.digest("provider", f"{account_id}:{provider_id}", key_name="receipts")


def record(items: Iterable[tuple[int, Receipt]], now: datetime) -> Recorded:
    """Keep these receipts, each with the id of its account, and move the deliveries that they are about.

    Set-based: the number of queries does not grow with the receipts. The caller sees to it that a replay of a
    receipt does not come here twice (it would do no harm but be kept twice). Call it in the worker's context.
    """
    with transaction.atomic():
        items = list(items)
        events = [_event(account_id, receipt, now) for account_id, receipt in items if receipt.up_to is None]
        _find_deliveries(events)
        _settle(
            zip(events, [receipt for _account, receipt in items if receipt.up_to is None], strict=True), now
        )
        events += _all_until([item for item in items if item[1].up_to is not None], now)
        ReceiptEvent.objects.bulk_create(events)
        joined = [event for event in events if event.delivery_id] + _join_parked(now)
        return _apply(joined, now)


def _settle(told: Iterable[tuple[ReceiptEvent, Receipt]], now: datetime) -> None:
    charged = [(event, receipt) for event, receipt in told if receipt.charged_as and event.delivery_id]
    if not charged:
        return
    found = Delivery.objects.in_bulk({event.delivery_id for event, _receipt in charged})
    charging.settle([(found[event.delivery_id or 0], receipt) for event, receipt in charged], now=now)


def settle_parked(now: datetime) -> Recorded:
    """Join receipts that came before their result was stored. Call it every second or so."""
    with transaction.atomic():
        return _apply(_join_parked(now), now)


def _event(account_id: int, receipt: Receipt, now: datetime) -> ReceiptEvent:
    return ReceiptEvent(
        account_id=account_id,
        token=_uuid(receipt.token),
        provider_digest=provider_digest(account_id=account_id, provider_id=receipt.provider_id),
        status=receipt.status[:10],
        at=receipt.at,
        received_at=now,
        trouble=receipt.trouble[:20],
        detail=receipt.detail[:300],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _find_deliveries(events: list[ReceiptEvent]) -> None:
    """By token within the account; what that does not find, by the provider's id (whose digest holds the account)."""
    tokens = {event.token for event in events if event.token}
    found = (
        Delivery.objects.filter(token__in=tokens).values_list("account_id", "token", "pk") if tokens else []
    )
    by_token = {(account_id, token): pk for account_id, token, pk in found}
    for event in events:
        event.delivery_id = by_token.get((event.account_id, event.token)) if event.token else None
    digests = [event.provider_digest for event in events if event.delivery_id is None]
    if not digests:
        return
    known = Delivery.objects.filter(provider_digest__in=digests).values_list("provider_digest", "pk")
    by_digest = {bytes(digest or b""): pk for digest, pk in known}
    for event in events:
        event.delivery_id = event.delivery_id or by_digest.get(bytes(event.provider_digest))


def _all_until(items: list[tuple[int, Receipt]], now: datetime) -> list[ReceiptEvent]:
    """A receipt of all that was sent to a person until a time: one of each of those letters. One query, or none.

    The provider's time is compared with ours of before the sending: its clock and ours agree within that.
    """
    if not items:
        return []
    digests = [digest_of(scheme=r.up_to.scheme, handle=r.up_to.handle) for _account, r in items if r.up_to]
    with connection.cursor() as cursor:
        accounts, times = (
            [account for account, _receipt in items],
            [receipt.at for _account, receipt in items],
        )
        schemes = [receipt.up_to.scheme for _account, receipt in items if receipt.up_to]
        cursor.execute(_ALL_UNTIL, [accounts, schemes, digests, times])
        found = cursor.fetchall()
    events = []
    for position, delivery_id, digest in found:
        account_id, receipt = items[position - 1]
        event = _event(account_id, receipt, now)
        event.delivery_id, event.provider_digest = delivery_id, digest
        events.append(event)
    return events


def _join_parked(now: datetime) -> list[ReceiptEvent]:
    with connection.cursor() as cursor:
        cursor.execute(_JOIN_PARKED, [now - PARKED_FOR])
        joined = [row[0] for row in cursor.fetchall()]
    return list(ReceiptEvent.objects.filter(pk__in=joined)) if joined else []


def _apply(events: list[ReceiptEvent], now: datetime) -> Recorded:
    """Move each delivery to the best state that its new receipts prove."""
    by_delivery: dict[int, list[ReceiptEvent]] = {}
    for event in sorted(events, key=lambda event: event.at or event.received_at):
        if event.delivery_id is not None:
            by_delivery.setdefault(event.delivery_id, []).append(event)
    if not by_delivery:
        return Recorded()
    used = Attempt.objects.filter(delivery=OuterRef("pk"), used_template=True)
    locked = Delivery.objects.filter(pk__in=by_delivery).order_by("pk").select_for_update()
    deliveries = locked.annotate(template_used=Exists(used))
    changed = [
        d for d in deliveries if _move(d, by_delivery[d.pk], now, can_use_template=not d.template_used)
    ]
    fields = ["state", "due_at", "sent_at", "delivered_at", "read_at", "failed_at", "trouble", "trouble_text"]
    Delivery.objects.bulk_update(changed, [*fields, "provider_digest"], batch_size=500)
    failed = [delivery.pk for delivery in changed if delivery.state == Delivery.State.FAILED]
    return Recorded(changed=[delivery.pk for delivery in changed], failed=failed)


def _move(delivery: Delivery, events: list[ReceiptEvent], now: datetime, *, can_use_template: bool) -> bool:
    """Give the delivery its new state and times; False when these receipts change nothing."""
    before = (delivery.state, delivery.sent_at, delivery.delivered_at, delivery.read_at)
    known = bytes(delivery.provider_digest) if delivery.provider_digest else None
    ours = [e for e in events if e.status != "failed" or known in (None, bytes(e.provider_digest))]
    delivery.state = state_after(state=delivery.state, statuses=[event.status for event in ours])
    for event in ours:
        _note_time(delivery, event)
    failure = next((event for event in reversed(ours) if event.status == "failed"), None)
    if delivery.state == Delivery.State.FAILED and before[0] != Delivery.State.FAILED and failure:
        _fail(delivery, failure, now, can_use_template=can_use_template)
    elif delivery.state != before[0]:
        delivery.trouble = delivery.trouble_text = ""
    return before != (delivery.state, delivery.sent_at, delivery.delivered_at, delivery.read_at)


def _note_time(delivery: Delivery, event: ReceiptEvent) -> None:
    """The first time of each kind; whatever was read was also delivered and sent."""
    at = event.at or event.received_at
    meant = MEANS.get(event.status)
    if meant in ("sent", "delivered", "read"):
        delivery.sent_at = delivery.sent_at or at
        delivery.provider_digest = delivery.provider_digest or event.provider_digest
    if meant in ("delivered", "read"):
        delivery.delivered_at = delivery.delivered_at or at
        delivery.failed_at = None
    if meant == "read":
        delivery.read_at = delivery.read_at or at


def _fail(delivery: Delivery, failure: ReceiptEvent, now: datetime, *, can_use_template: bool) -> None:
    """Failed for good, unless it was text that came too late: then the template goes at once."""
    delivery.trouble, delivery.trouble_text = failure.trouble, failure.detail
    late = failure.trouble == TroubleCode.WINDOW_CLOSED and delivery.template is not None
    if late and can_use_template:
        delivery.state, delivery.due_at, delivery.provider_digest = Delivery.State.QUEUED, now, None
    else:
        delivery.failed_at = failure.at or failure.received_at
