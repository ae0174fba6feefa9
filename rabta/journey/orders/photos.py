"""Photos that officers send from their own telephone: proof on the order that they quote, or that they work on.

The file is fetched by a job that is given ids only and finds the photo in the journal, where it stands sealed. Until an
officer who has several orders says which one is meant, it is kept nowhere else.

What cries for help or accuses goes to the desk with its photo: who reads the orders may be the one who is accused.
After such words the officer is asked about every photo that quotes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta.cases.models import Message, Order, State
from rabta.channels.contract import Arrived, Button
from rabta.channels.registry import BY_KIND
from rabta.force.access import Scope, scope_of
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.intake import asking
from rabta.intake.contents import Incoming
from rabta.journey.orders import answering
from rabta.journey.orders.answering import Reply
from rabta.journey.orders.for_desk import FOR_DESK, is_for_desk
from rabta.people.handles import digest_of
from rabta.rules import answers
from rabta.rules import photos as rule
from rabta.rules.photos import Chosen
from rabta.tasking.mine import mine
from rabta.tasking.notify import link

MOST_OFFERED = 9
TOGETHER = timedelta(minutes=10)  # words and photos within this time may be one matter


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime
) -> list[Incoming[Arrived]]:
    """Put officers' photos to their orders; returns the messages that are something else, in order."""
    left: list[Incoming[Arrived]] = []
    for one in incoming:
        if not may_be_photo(one, directory):
            left.append(one)
            continue
        again = _taken(one, directory=directory, now=now, sure=not just_accused(one, incoming))
        left += [again] if again else []
    return left


def may_be_photo(one: Incoming[Arrived], directory: Directory, *, prefix: str = rule.PREFIX) -> bool:
    """Whether an officer sent it from his own telephone as proof, or chose (with `prefix`) what a photo proves."""
    item, channel = one.item, BY_KIND[one.account.channel]
    known = item.sender.scheme == "phone" and item.sender.handle in directory.officer_phones
    can = channel.fetch is not None and channel.send is not None and not channel.forgeable
    if not (known and can) or item.public or item.group:
        return False
    kinds = [media.kind for media in item.media]
    proof = rule.is_proof(kinds=kinds, quoted=bool(item.in_reply_to), forwarded=item.forwarded)
    return proof or rule.of_key(item.choices.get("id", ""), prefix=prefix) is not None


def just_accused(one: Incoming[Arrived], beside: Sequence[Incoming[Arrived]]) -> bool:
    """Whether its sender wrote what is the desk's alone just before, or with it (`beside`): it may belong to that."""
    sender = one.item.sender
    if any(each.item.sender == sender and is_for_desk(each.item.text) for each in beside):
        return True
    digest = digest_of(scheme=sender.scheme, handle=sender.handle)
    said = Message.objects.filter(conversation__handle__digest=digest, direction=Message.Direction.IN)
    lately = said.filter(received_at__gt=one.received_at - TOGETHER, case__withheld__in=FOR_DESK)
    return lately.exists()


def _taken(
    one: Incoming[Arrived], *, directory: Directory, now: datetime, sure: bool
) -> Incoming[Arrived] | None:
    """None when it was about an order; else the message that is to be read like any other. `sure`: the photo may be for
    an order that he does not name."""
    found = list(Officer.objects.filter(phone=one.item.sender.handle, is_active=True)[:2])
    if len(found) != 1:  # two officers with one number: nobody can say who it was
        return one
    scope = scope_of(found[0], on=timezone.localdate(now))
    with translation.override(found[0].language):
        pressed = rule.of_key(one.item.choices.get("id", ""))
        if pressed:
            return _chosen(one, pressed, scope, now=now)
        reply = None if answering.are_for_desk(one) else _put(one, scope, now=now, sure=sure)
        if reply is None:
            return one
        answering.tell(one, reply, now=now)
    if one.item.text.strip() and reply.order:  # the words under the photo may say that it is done
        words = replace(one, item=replace(one.item, media=()))
        answering.take([words], directory=directory, now=now)
    return None


def _put(one: Incoming[Arrived], by: Scope, *, now: datetime, sure: bool) -> Reply | None:
    """Put a photo to its order, or ask which one; None where it is for none."""
    quoted = _quoted(one)
    if quoted:
        return _fetch(one, quoted, by) or answering.not_yours()
    if one.item.in_reply_to and not all(media.kind in rule.ALWAYS for media in one.item.media):
        return None
    spoken = answering.meant_lately(one, acts=answering.WORDS)
    reply = _fetch(one, spoken.order, by) if spoken and sure and not one.item.in_reply_to else None
    if reply and reply.order and reply.order.state in answering.WORKING:
        return reply
    working = open_orders(by)
    states = {state: [o.public_id for o in working if o.state == state] for state in Order.State}
    meant, several = rule.order_of(accepted=states[Order.State.ACCEPTED], issued=states[Order.State.ISSUED])
    if meant and sure:
        return _fetch(one, meant, by)
    by_id = {order.public_id: order for order in working}
    several = [meant] if meant else several
    return _which(one, [by_id[public_id] for public_id in several]) if several else None


def open_orders(by: Scope) -> list[Order]:
    """What an officer works on, the newest first: a photo of his may be for any of these."""
    return list(_orders(by).filter(state__in=(Order.State.ISSUED, Order.State.ACCEPTED)).order_by("-id"))


def _orders(by: Scope) -> QuerySet[Order]:
    rows = Order.objects.filter(by.visible(), goal=None).filter(mine(by)).exclude(part=Order.Part.INFORM)
    return rows.exclude(case__state=State.CLOSED).select_related("case", "post")


def _quoted(one: Incoming[Arrived]) -> str:
    """The order whose letter is quoted."""
    found = answers.of_key(quoted_about(one))
    return found.order if found else ""


def quoted_about(one: Incoming[Arrived]) -> str:
    """What the quoted letter of ours is about. One query, or none."""
    return next(iter(answering.about_quoted([one]).values()), "")


def _fetch(one: Incoming[Arrived], public_id: str, by: Scope) -> Reply | None:
    """Have the photo fetched for this order; None when it is not his."""
    order = _orders(by).filter(public_id=public_id).first()
    if order is None:
        return None
    order = answering.in_its_place(order, _orders(by))
    if order.state not in answering.WORKING:
        state = order.get_state_display()
        return Reply(
            text=_("%(reference)s: this order is no longer open: %(state)s.")
            % {"reference": order.case.reference, "state": state},
            order=order,
        )
    task = deferred.configure_task("rabta.jobs.tasks.fetch_evidence", allow_unknown=True, queue="media")
    task.defer(journal_id=one.journal_id, position=one.position, order_id=order.pk, officer_id=by.officer.pk)
    text = _("%(reference)s: the photo goes to this order. %(link)s")
    return Reply(text=text % {"reference": order.case.reference, "link": link(order)}, order=order)


def _which(one: Incoming[Arrived], orders: Sequence[Order]) -> Reply:
    """Several are open, or none is accepted: the officer chooses."""
    buttons = [button(one, order.public_id, order.case.reference) for order in orders[:MOST_OFFERED]]
    return Reply(text=_("Which order is this photo for?"), buttons=(*buttons, no_button(one)))


def no_button(one: Incoming[Arrived]) -> Button:
    """With which the officer says that a photo of his is for none of what is offered."""
    return button(one, rule.NONE, _("None of these"))


def button(one: Incoming[Arrived], public_id: str, title: str, *, prefix: str = rule.PREFIX) -> Button:
    """With which the officer says what his photo is for."""
    chosen = Chosen(order=public_id, journal_id=one.journal_id, position=one.position)
    return Button(key=rule.key_of(chosen, prefix=prefix), title=title, opens=_("Choose"))


def _chosen(one: Incoming[Arrived], pressed: Chosen, by: Scope, *, now: datetime) -> Incoming[Arrived] | None:
    """Carry out what the officer chose for a photo of his; one for none of his orders is a message to the desk."""
    photo = photo_of(one, pressed, now=now)
    if photo is None:
        return None
    if pressed.order == rule.NONE:
        return photo
    reply = _fetch(photo, pressed.order, by) or answering.not_yours()
    answering.tell(one, reply, now=now)
    return None


def photo_of(one: Incoming[Arrived], pressed: Chosen, *, now: datetime) -> Incoming[Arrived] | None:
    """The photo of his own for which an officer chose; he is told where it is gone."""
    photo = asking.item_of(pressed.journal_id, pressed.position)
    mine = photo and isinstance(photo.item, Arrived) and photo.item.sender.handle == one.item.sender.handle
    if not photo or not mine or photo.account.pk != one.account.pk or not photo.item.media:
        answering.tell(one, Reply(text=_("The photo is no longer here. Please send it again.")), now=now)
        return None
    return cast(Incoming[Arrived], photo)
