"""What officers answer to a bulletin by telephone: "I told 50", "Seen". It counts as the volunteers' does."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation

from rabta.channels.contract import Arrived
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.groups import talk
from rabta.groups.models import Broadcast, Recipient
from rabta.intake.contents import Incoming
from rabta.journey.groups.bulletins import receipts
from rabta.journey.groups.bulletins.answers import STILL
from rabta.journey.groups.bulletins.issuing import RECEIPTS
from rabta.journey.orders import answering
from rabta.journey.orders.answering import Reply

LOOKED_AT = 3


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime
) -> list[Incoming[Arrived]]:
    """Keep what officers answered to bulletins; returns the messages that are something else, in order."""
    may = [one for one in incoming if answering.may_answer(one, directory)]
    quoted = answering.about_quoted(may) if may else {}
    taken = {id(one) for one in may if _taken(one, quoted, now=now)}
    return [one for one in incoming if id(one) not in taken]


def _taken(one: Incoming[Arrived], quoted: dict[bytes, str], *, now: datetime) -> bool:
    key, said = one.item.choices.get("id", ""), one.item.text.strip()
    about = quoted.get(answering.digest_quoted(one), "") if one.item.in_reply_to else ""
    named = receipts.broadcast_of(about)
    # A number alone is about an order or an instruction, unless it quotes the bulletin.
    if named is None and not (key in RECEIPTS or (not about and receipts.typed(said))):
        return False
    found = list(Officer.objects.filter(phone=one.item.sender.handle, is_active=True)[:2])
    if len(found) != 1:  # two officers with one number: nobody can say who it was
        return False
    recipient = _recipient(found[0], named, now=now)
    if recipient is None:
        return False
    heard = receipts.heard(broadcast=recipient.broadcast, recipient=recipient, key=key, text=said, now=now)
    if heard:
        with translation.override(found[0].language):
            text = talk.reply("answered", language=found[0].language)
            answering.tell(one, Reply(text=text), now=now)
    return heard


def _recipient(officer: Officer, named: Broadcast | None, *, now: datetime) -> Recipient | None:
    """His place in the bulletin that he quotes, else in the last one that came to him."""
    lately = Broadcast.objects.filter(what="bulletin", queued_at__gt=now - STILL).order_by("-pk")
    for broadcast in [named] if named else lately[:LOOKED_AT]:
        rows = Recipient.objects.filter(broadcast=broadcast, officer=officer).select_related("broadcast")
        # Officers stand first in every broadcast: in this order they are found without reading all who hear it.
        if found := rows.order_by("position").first():
            return found
    return None
