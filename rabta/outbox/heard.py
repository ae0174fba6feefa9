"""The providers' ids of what people wrote, sealed to the relay: to quote a message, and to mark it as read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from rabta import bulk, keys
from rabta.channels.models import Account
from rabta.outbox.models import Delivery, Heard
from rabta.outbox.posting import Outgoing, post
from rabta.people.models import Handle

_NEWEST = """
    SELECT wanted.account, wanted.digest, last.id FROM unnest(%s::bigint[], %s::bytea[]) AS wanted(account, digest)
    CROSS JOIN LATERAL (SELECT id FROM outbox_heard h
      WHERE h.account_id = wanted.account AND h.address_digest = wanted.digest
      ORDER BY h.at DESC, h.id DESC LIMIT 1) AS last
"""
KEPT = timedelta(days=30)  # as long as a provider lets a message be answered or marked


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message of a person: what stands for its id, from where it came, and the id itself."""

    account_id: int
    provider_digest: bytes
    address_digest: bytes
    provider_id: str
    at: datetime


def remember(said: Iterable[Said]) -> None:
    """Keep these ids. One statement, or none."""
    said = list(said)
    if not said:
        return
    sealed = keys.seal_each_for("relay", [one.provider_id.encode() for one in said])
    bulk.insert(
        [
            bulk.new(
                Heard,
                account_id=one.account_id,
                provider_digest=one.provider_digest,
                address_digest=one.address_digest,
                sealed_id=sealed_id,
                at=one.at,
            )
            for one, sealed_id in zip(said, sealed, strict=True)
        ]
    )


def ids_of(digests: Iterable[bytes]) -> dict[bytes, int]:
    """What `Outgoing.answers` wants, by what stands for the message's id. One query, or none."""
    wanted = list(digests)
    rows = Heard.objects.filter(provider_digest__in=wanted) if wanted else ()
    return {bytes(row.provider_digest): row.pk for row in rows}


def newest(wanted: Iterable[tuple[int, bytes]]) -> dict[tuple[int, bytes], int]:
    """What `Outgoing.answers` wants for a letter to each (account, address) that stands under its newest message."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [[account for account, _ in pairs], [digest for _, digest in pairs]])
        return {(account, bytes(digest)): pk for account, digest, pk in cursor.fetchall()}


def mark_read(
    *,
    account: Account,
    handle: Handle,
    digest: bytes,
    visible_to: list[int],
    hidden_from: list[int],
    now: datetime,
) -> bool:
    """Let the provider show that this message was read; once. False when there is nothing to mark."""
    unread = Heard.objects.filter(account=account, provider_digest=digest, read_at=None)
    heard = unread.first()
    if heard is None or not unread.filter(pk=heard.pk).update(read_at=now):
        return False
    mark = Outgoing(
        account=account,
        handle=handle,
        address_digest=bytes(handle.digest),
        mark=Delivery.Mark.READ,
        answers=heard.pk,
        priority=Delivery.Priority.BULK,
        visible_to=visible_to,
        hidden_from=hidden_from,
    )
    post([mark], now)
    return True


def move(account_ids: Sequence[int], old: bytes, new: bytes) -> None:
    """Whoever wrote from one address has another now."""
    Heard.objects.filter(account__in=account_ids, address_digest=old).update(address_digest=new)


def forget(*, now: datetime) -> int:
    """Remove what is too old to be answered; returns how many."""
    gone, _by_model = Heard.objects.filter(at__lt=now - KEPT).delete()
    return gone
