"""Photos that officers send from their own telephone in answer to an instruction: their unit's proof (H5).

As with orders (`journey.orders.photos`): a job fetches the photo, and until it is known what it proves it stands in the
journal only. One that quotes the letter of an instruction is for that; another only where the instruction asks for it
and no order may be meant, otherwise the officer is asked.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.force.access import Scope, scope_of
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.groups.models import Direction, Hop
from rabta.intake.contents import Incoming
from rabta.journey.groups.directions import proving, telling
from rabta.journey.groups.directions.answers import not_yours
from rabta.journey.orders import answering, photos
from rabta.journey.orders.answering import Reply
from rabta.rules import answers
from rabta.rules import photos as rule

PREFIX = "proof"
MOST_OFFERED = 4  # of instructions, beside orders: a list has ten lines at most
TITLE = 20  # letters that show of a button


def take(
    incoming: Sequence[Incoming[Arrived]], *, directory: Directory, now: datetime
) -> list[Incoming[Arrived]]:
    """Have photos fetched as proof of what they answer; returns the messages that are something else, in order."""
    left: list[Incoming[Arrived]] = []
    for one in incoming:
        photo = photos.may_be_photo(one, directory, prefix=PREFIX)
        taken = photo and _taken(one, now=now, sure=not photos.just_accused(one, incoming))
        left += [] if taken else [one]
    return left


def _taken(one: Incoming[Arrived], *, now: datetime, sure: bool) -> bool:
    quoted = answers.of_key(photos.quoted_about(one), prefix=telling.PREFIX)
    found = list(Officer.objects.filter(phone=one.item.sender.handle, is_active=True)[:2])
    if len(found) != 1:  # two officers with one number: nobody can say who it was
        return False
    by = scope_of(found[0], on=timezone.localdate(now))
    with translation.override(found[0].language):
        pressed = rule.of_key(one.item.choices.get("id", ""), prefix=PREFIX)
        if pressed:
            photo = photos.photo_of(one, pressed, now=now)
            reply = _fetch(photo, pressed.order, by, now=now) if photo else None
        elif answering.are_for_desk(one):  # on the wall whoever is accused would read it
            reply = None
        else:
            reply = _fetch(one, quoted.order, by, now=now) if quoted else _meant(one, by, now=now, sure=sure)
        if reply:
            answering.tell(one, reply, now=now)
    return bool(reply or pressed)


def _meant(one: Incoming[Arrived], by: Scope, *, now: datetime, sure: bool) -> Reply | None:
    """A photo that names no instruction: for the only one that asks for it, or the officer is asked; always where it is
    not `sure` that it is for any."""
    if one.item.in_reply_to or not all(media.kind == "image" for media in one.item.media):
        return None
    rows = _hops(by).filter(direction__ended_at=None, direction__proof=Direction.Proof.PHOTO)
    asking = rows.filter(proof_state__in=proving.OPEN)
    hops = list(asking.order_by("direction__proof_due_at", "pk")[:MOST_OFFERED])
    if not hops:  # the next photo of several may come when the first is there
        waiting = rows.filter(proof_state=Hop.ProofState.WAITING)
        hops = [hop for hop in waiting if proving.just_sent(hop, by, now=now)]
    orders = photos.open_orders(by) if hops else []
    if sure and len(hops) == 1 and not orders:
        return _fetch(one, hops[0].public_id, by, now=now)
    if not hops:
        return None
    buttons = [photos.button(one, hop.public_id, str(hop.direction)[:TITLE], prefix=PREFIX) for hop in hops]
    for order in orders[: photos.MOST_OFFERED - len(hops)]:
        buttons.append(photos.button(one, order.public_id, order.case.reference))
    return Reply(text=_("What is this photo for?"), buttons=(*buttons, photos.no_button(one)))


def _hops(by: Scope) -> QuerySet[Hop]:
    rows = Hop.objects.filter(post__in=by.posts, told_at__isnull=False)
    return rows.select_related("direction", "unit")


def _fetch(one: Incoming[Arrived], public_id: str, by: Scope, *, now: datetime) -> Reply:
    """Have the photo fetched as proof of this hop; in words why not, where it is not his or asks for nothing."""
    hop = _hops(by).filter(public_id=public_id).first()
    if hop is None:
        return not_yours()
    title = str(hop.direction)
    if not all(media.kind == "image" for media in one.item.media):
        return Reply(text=_("%(title)s: only photos are taken as proof.") % {"title": title})
    if not proving.just_sent(hop, by, now=now):
        try:
            proving.is_asked(hop)
        except Refused as refused:
            return Reply(text=f"{title}: {refused}")
    task = deferred.configure_task("rabta.jobs.tasks.fetch_proof", allow_unknown=True, queue="media")
    task.defer(journal_id=one.journal_id, position=one.position, hop_id=hop.pk, officer_id=by.officer.pk)
    text = _("%(title)s: your photo goes to your superior as proof. %(link)s")
    return Reply(text=text % {"title": title, "link": telling.link(hop)}, about=telling.key(hop))
