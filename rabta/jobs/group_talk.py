"""Pictures that members send, what a moderator sends to the desk, and telling members what became of a message."""

import logging
from datetime import datetime, timedelta
from typing import cast

from django.utils import translation

from rabta.channels.contract import Arrived, Trouble
from rabta.channels.models import Account
from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.force.access import system
from rabta.groups import claims, looks, talk
from rabta.groups.models import Item
from rabta.groups.words import page_language
from rabta.intake import asking
from rabta.intake.contents import Incoming
from rabta.jobs.media import Refusal, fetch_original
from rabta.journey import arrival
from rabta.journey.groups.members import letters
from rabta.journey.groups.spoken import known_to_desk
from rabta.journey.groups.talk import keeping
from rabta.rules import moderation
from rabta.rules.moderation import Noise

log = logging.getLogger(__name__)
WHY = "reading what members write"
ALIKE_FOR = timedelta(days=60)


def fetch_picture(item_id: int, *, now: datetime, last: bool) -> None:
    """Fetch the picture of a message and make its copy; one that greets is held back, any other is shown.

    Safe to repeat. Raises Trouble when trying again can help, unless it is the `last` try.
    """
    with system(WHY):
        item = _coming(item_id)
        found = asking.item_of(item.journal_id, item.position) if item else None
        account = (
            Account.objects.select_related("credential").filter(pk=found.account.pk if found else 0).first()
        )
    if item is None:
        return
    if found is None or account is None or not isinstance(found.item, Arrived) or not found.item.media:
        _missing(item, now=now)
        return
    try:
        item.file = fetch_original(account, found.item.media[0], now)
        images.ensure_clean(item.file, now)
    except (Refusal, UploadRefused):
        _missing(item, now=now)
    except Trouble:
        if not last:
            raise
        _missing(item, now=now)
    else:
        _judge(item, now=now)


def _coming(item_id: int) -> Item | None:
    rows = Item.objects.filter(pk=item_id, picture=Item.Picture.COMING)
    return rows.select_related("group", "member__address").first()


def _missing(item: Item, *, now: datetime) -> None:
    """A moderator sees the words, and that there was a picture."""
    with system(WHY):
        Item.objects.filter(pk=item.pk).update(picture=Item.Picture.MISSING, shown_at=now)


def _judge(item: Item, *, now: datetime) -> None:
    """Known by its look as one that greets, or sent by several people without a word: held back."""
    look = looks.look_of(item.file)
    with system(WHY):
        item.picture, item.shown_at = Item.Picture.HERE, now
        if look:
            item.look, item.bands = look, moderation.bands_of(look)
            known, others = _alike(item, look, now=now)
            captioned = bool(item.text)
            if item.state == Item.State.WAITING and moderation.greets(
                captioned=captioned, known=known, others=others
            ):
                _hold(item, now=now)
        item.save()
        if item.state == Item.State.WAITING and not item.text:
            _tell(item, "waits", now=now)


def _alike(item: Item, look: bytes, *, now: datetime) -> tuple[bool, int]:
    """Whether a picture like it was held back or refused as a greeting, and how many others sent one without a word."""
    rows = Item.objects.filter(bands__overlap=item.bands, received_at__gt=now - ALIKE_FOR).exclude(pk=item.pk)
    same = [row for row in rows.order_by("-id")[:500] if row.look and moderation.alike(bytes(row.look), look)]
    known = any(Noise.PICTURE in (row.noise, row.reason) or row.reason == Noise.GREETING for row in same)
    bare = {row.member_id for row in same if not row.text and not row.sealed} - {item.member_id, None}
    return known, len(bare)


def _hold(item: Item, *, now: datetime) -> None:
    item.state, item.noise = Item.State.HELD, Noise.PICTURE
    talk.add({(item.group_id, Noise.PICTURE): 1}, at=item.received_at)
    step = None
    if item.member:
        step = keeping.strike([(item.member, item.group, Noise.PICTURE)], now=now).get(item.member.pk)
    _tell(item, keeping.CODES[step] if step else "held", now=now, always=step is not None)


def _tell(item: Item, code: str, *, now: datetime, always: bool = False, **values: str) -> None:
    """Write to the member, once a day unless it must be told."""
    member = item.member
    if member is None or member.address is None or member.address.sealed is None:
        return
    told = Item.objects.filter(member=member, answered_at__gt=now - timedelta(days=1)).exclude(pk=item.pk)
    account = member.account or letters.account_for(item.group.unit_id, channel=member.channel, now=now)
    if account is None or (told.exists() and not always):
        return
    item.answered_at = now
    text = keeping.answer_words(code, member, item.group, **values)
    keeping.post_to(member, item.group, account, text, now=now)


def tell_refused(item_id: int, *, now: datetime) -> None:
    """Tell a member that his message was not passed on, and why, where that was not taken back meanwhile."""
    with system(WHY):
        item = (
            Item.objects.select_related("group", "member__address", "member__account")
            .filter(pk=item_id)
            .first()
        )
        if item and item.state == Item.State.REFUSED and item.member:
            with translation.override(page_language(item.member.language)):
                reason = str(talk.refusals()[item.reason])
            _tell(item, "refused", now=now, always=True, reason=reason)
            item.save(update_fields=["answered_at"])


def to_desk(item_id: int, *, now: datetime) -> None:
    """Read the message again as a citizen's, and forget that it was talk of a group. Safe to repeat."""
    with system(WHY):
        item = (
            Item.objects.select_for_update(of=("self",)).filter(pk=item_id, state=Item.State.TO_DESK).first()
        )
        if item is None:
            return
        found = asking.item_of(item.journal_id, item.position)
        if found is None or not isinstance(found.item, Arrived):
            log.error("Item %s, a message for the desk, is not in the journal any more", item.pk)
            Item.objects.filter(pk=item.pk).update(state=Item.State.WAITING)
            return
        talk.take_back({(item.group_id, talk.HEARD): 1}, at=item.received_at)
        talk.take_back({(item.group_id, Item.State.TO_DESK): 1}, at=item.decided_at or now)
        claims.forget([item])
        item.delete()
        one = cast(Incoming[Arrived], found)
        if not known_to_desk(one):
            arrival.as_citizen([one], now=now)
