"""What members answer to what was sent to their groups: by a button, by quoting it, or with a number."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rabta.channels.contract import Arrived
from rabta.groups import talk
from rabta.groups.models import Member, Recipient
from rabta.intake.contents import Incoming
from rabta.journey.groups.bulletins import receipts
from rabta.journey.groups.bulletins.issuing import RECEIPTS
from rabta.journey.groups.bulletins.verifying import ANSWERS
from rabta.journey.groups.members import leaving
from rabta.journey.groups.spoken import World

PREFIX = "group:"
STILL = timedelta(days=3)
LOOKED_AT = 3
LONGEST = 20


def take(one: Incoming[Arrived], member: Member, world: World, *, now: datetime) -> bool:
    """Keep the answer with the recipient, and thank for it; False where it answers no broadcast."""
    key, said = one.item.choices.get("id", ""), one.item.text.strip()
    quote = world.quote(one)
    about = quote.about if quote else ""
    named = next((word for word in (key, about) if word.startswith(PREFIX)), "")
    asks: tuple[str, ...] = receipts.ASKS if key in (*RECEIPTS, *ANSWERS) else ()
    if not asks and not (world.quotes_citizen(one) or one.item.media):
        asks = receipts.asks_of(said, has_case=bytes(member.digest) in world.with_cases)
    if not (named or asks):
        return False
    recipient = _recipient(member, named=named, asks=asks, now=now)
    if recipient is None or not _heard(
        recipient, key=key.split(":")[-1], text=said, quoted=about.startswith(PREFIX), now=now
    ):
        return False
    leaving.answer(one, member, talk.reply("answered", language=member.language), now=now)
    return True


def _recipient(member: Member, *, named: str, asks: Sequence[str], now: datetime) -> Recipient | None:
    """His place in the broadcast that the button or the quoted letter names, else in the last that asks so."""
    rows = Recipient.objects.filter(member=member).select_related("broadcast", "member").order_by("-id")
    if named:
        return rows.filter(broadcast__public_id=named.split(":")[1]).first()
    lately = rows.filter(broadcast__queued_at__gt=now - STILL)
    return next((row for row in lately[:LOOKED_AT] if row.broadcast.what in asks), None)


def _heard(recipient: Recipient, *, key: str, text: str, quoted: bool, now: datetime) -> bool:
    """Keep what was pressed or said. Words about what asks for nothing are talk of the group."""
    if recipient.broadcast.what in receipts.ASKS:
        return receipts.heard(
            broadcast=recipient.broadcast, recipient=recipient, key=key, text=text, now=now, quoted=quoted
        )
    if not key:
        return False
    Recipient.objects.filter(pk=recipient.pk).update(
        answered_at=recipient.answered_at or now, answer=key[:LONGEST]
    )
    return True
