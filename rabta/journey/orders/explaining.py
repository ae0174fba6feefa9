"""Officers whose words were taken for a message of their own, while orders wait for them, are told how one is answered.

An officer may be a citizen too: what he says about nothing of ours stays with the desk. But it may as well be the
report on an order, and whoever is told nothing thinks that it was taken for it.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rabta.cases.models import Order
from rabta.channels.contract import Arrived
from rabta.channels.registry import BY_KIND
from rabta.force.access import scope_of
from rabta.force.directory import Directory
from rabta.intake.contents import Incoming
from rabta.journey.orders import answering, photos
from rabta.journey.orders.answering import Reply
from rabta.outbox.models import Delivery
from rabta.people.handles import digest_of
from rabta.replying import commands
from rabta.rules import answers as rule
from rabta.rules.answers import Act
from rabta.tasking import answers
from rabta.triage.assess import assess

MOST_NAMED = 9


def tell(incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime) -> None:
    """Answer those of these messages that may have been meant for an order, once in a while; all are read as before."""
    theirs = [one for one in incoming if answering.may_answer(one, directory) and _may_be_meant(one)]
    for one in theirs:
        quoted = _quoted(one) if one.item.in_reply_to else None
        if _is_of_order(quoted) if quoted else not _was_told(one):
            _tell(one, now=now)


def _quoted(one: Incoming[Arrived]) -> Delivery | None:
    return Delivery.objects.filter(provider_digest=answering.digest_quoted(one)).first()


def _is_of_order(letter: Delivery) -> bool:
    """Whether it is what we told the officer, of orders or in answer to him; no letter to him as a citizen."""
    return bool(letter.number) and (not letter.about or rule.of_key(letter.about) is not None)


def _may_be_meant(one: Incoming[Arrived]) -> bool:
    item = one.item
    said = item.text.strip() and not (item.forwarded or item.group or item.choices)
    if not said or commands.asked_in(item, channel=BY_KIND[one.account.channel]):
        return False
    return not assess(item.text).noise


def _was_told(one: Incoming[Arrived]) -> bool:
    digest = digest_of(scheme="phone", handle=one.item.sender.handle)
    since = one.received_at - rule.COUNTS_FOR
    return Delivery.objects.filter(about=rule.HOW, address_digest=digest, queued_at__gt=since).exists()


def _tell(one: Incoming[Arrived], *, now: datetime) -> None:
    who = answering.officer_of(one)
    orders = photos.open_orders(scope_of(who, on=timezone.localdate(now))) if who else []
    if who is None or not orders:
        return
    with translation.override(who.language):
        text = _(
            "Your message is with the desk as one of your own. If it tells what was done about an order, answer the"
            " letter of that order with it, or write it again behind this:"
        )
        lines = [_beginning(order, one) for order in orders[:MOST_NAMED]]
        buttons = answers.buttons(orders[0], Act.DONE) if len(orders) == 1 else ()
    answering.tell(one, Reply(text="\n".join([text, *lines]), buttons=buttons, about=rule.HOW), now=now)


def _beginning(order: Order, one: Incoming[Arrived]) -> str:
    """With what a report begins: the code stands for the order where the sender can be forged."""
    named = answers.code_of(order) if answering.forgeable(one) else order.case.reference
    return f"{rule.NUMBERS[Act.DONE]} {named}"
