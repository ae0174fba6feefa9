"""Private letters that could not reach somebody known by a public post only: they go as soon as he writes privately."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from rabta.cases.models import Conversation, Message, State
from rabta.channels.contract import TroubleCode
from rabta.channels.registry import BY_KIND
from rabta.outbox.models import Delivery
from rabta.outbox.watching import TAKEN_BACK
from rabta.people.models import Safe
from rabta.replying import texts
from rabta.replying.letters import Said, language_for, queue_again, safe_of, sensitive, to_citizen

KEPT = timedelta(days=30)  # an older answer would puzzle more than help; the desk still reads it
NO_WAY = (TroubleCode.RECIPIENT.value, TroubleCode.WINDOW_CLOSED.value)


def send(conversations: Iterable[Conversation], *, now: datetime) -> int:
    """Send what waits in these conversations, whose people have just written privately; how many letters went.

    One query, or none: whom a telephone number reaches never waited.
    """
    may = {c.pk: c for c in conversations if BY_KIND[c.account.channel].send and c.handle.address}
    may = {pk: c for pk, c in may.items() if not BY_KIND[c.account.channel].by_phone}
    if not may:
        return 0
    letters = [(message, _again(message, may[message.conversation_id])) for message in _waiting(may, now=now)]
    going = [(message, letter) for message, letter in letters if letter]
    failed = [message.delivery_id for message, _letter in going if message.delivery_id]
    Delivery.objects.filter(pk__in=failed).update(trouble=TAKEN_BACK, trouble_text="sent again")
    queue_again(going, now=now)
    return len(going)


def _waiting(may: dict[int, Conversation], *, now: datetime) -> Iterable[Message]:
    """Private letters of open cases that nobody got, in conversations with somebody who had written in public."""
    posts = Message.objects.filter(conversation=OuterRef("conversation"), public=True, direction="in")
    never = Q(delivery=None) | Q(delivery__state=Delivery.State.FAILED, delivery__trouble__in=NO_WAY)
    rows = Message.objects.filter(
        never,
        Exists(posts),
        conversation__in=may,
        direction=Message.Direction.OUT,
        public=False,
        waits=False,
        revoked_at=None,
        received_at__gt=now - KEPT,
    )
    return rows.exclude(case=None).exclude(case__state=State.CLOSED).select_related("case").order_by("id")


def _again(message: Message, conversation: Conversation) -> Said | None:
    """The letter as it goes now; None where it is not safe to write, or where only a receipt may go by itself."""
    case = message.case
    if case is None:
        return None
    case.conversation = conversation
    neutral = texts.reply("ack_neutral", language=message.language, reference=case.reference)
    secret = sensitive(case) and safe_of(case) != Safe.YES
    if safe_of(case) == Safe.NO or (message.automatic and secret and not message.text.startswith(neutral)):
        return None
    letter = to_citizen(
        case,
        text=message.text,
        language=message.language or language_for(case),
        automatic=message.automatic,
        receipt=message.automatic,
    )
    return replace(letter, author=message.author, author_post_id=message.author_post_id)
