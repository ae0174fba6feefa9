"""Answering somebody who need not be known to us: over the account to which he wrote just now, as free text."""

from datetime import datetime, timedelta

from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.intake.contents import Incoming
from rabta.journey.groups.members import joining
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.people import handles

A_DAY, ANSWERS_A_DAY = timedelta(days=1), 5  # where anybody can ask in another's name


def answer(one: Incoming[Arrived], text: str, *, about: str, now: datetime) -> None:
    """Queue it. Few a day of one kind (`about`, up to its colon) where it may have been another who wrote."""
    kind = about.partition(":")[0]
    lately = Delivery.objects.filter(
        about__startswith=f"{kind}:", address_digest=digest_of(one), queued_at__gt=now - A_DAY
    )
    if BY_KIND[one.account.channel].forgeable and lately.count() >= ANSWERS_A_DAY:
        return
    sender = one.item.sender
    address = joining.address_for(scheme=sender.scheme, handle=sender.handle, address=sender.address)
    letter = Outgoing(
        account=one.account,
        address=address.pk,
        address_digest=digest_of(one),
        text=text,
        about=about,
        visible_to=[],
    )
    post([letter], now)


def digest_of(one: Incoming[Arrived]) -> bytes:
    """What windows, rates and deliveries know the sender's number by."""
    return handles.digest_of(scheme=one.item.sender.scheme, handle=one.item.sender.handle)
