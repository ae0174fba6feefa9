"""Photos of officers: fetched from their telephones, the copy to look at, what the camera noted of time and place."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rabta.cases.events import Actor, record
from rabta.cases.models import Evidence, Order
from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived, Trouble
from rabta.channels.models import Account
from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.files.models import StoredFile
from rabta.force.access import Scope, scope_of, system
from rabta.force.models import Officer
from rabta.intake import asking
from rabta.intake.contents import Incoming
from rabta.jobs.media import NO_PICTURE, UNFETCHABLE, Refusal, fetch_original
from rabta.journey.checks import locked_order
from rabta.journey.orders import answering, officer
from rabta.journey.orders.answering import Reply

log = logging.getLogger(__name__)

ACTOR = Actor(system_reason="preparing evidence")


def prepare(evidence_id: int, *, now: datetime) -> None:
    """Make the copy of one photo; open pages then show it, or why it can't be shown. Safe to repeat.

    The original stays as it came, with its hash, whatever becomes of the copy.
    """
    evidence = _unprepared(evidence_id)
    if evidence is None:
        return
    try:
        made = images.clean_with_facts(evidence.file, now)
    except UploadRefused:
        evidence.trouble = NO_PICTURE
    else:
        evidence.camera_at = made.taken_at.isoformat() if made.taken_at else ""
        evidence.camera_lat, evidence.camera_lng = made.lat, made.lng
    with system(ACTOR.system_reason):
        evidence.save(update_fields=["camera_at", "camera_lat", "camera_lng", "trouble"])
        record(evidence.order.case, "evidence_prepared", now=now, actor=ACTOR, evidence=evidence.public_id)


def _unprepared(evidence_id: int) -> Evidence | None:
    with system(ACTOR.system_reason):
        rows = Evidence.objects.filter(file__kind="image", file__cleaned=None, trouble="")
        return rows.select_related("file", "order__case").filter(pk=evidence_id).first()


Add = Callable[[Incoming[Arrived], StoredFile, Scope], None]


def fetch(
    journal_id: int, position: int, order_id: int, officer_id: int, *, now: datetime, last: bool
) -> None:
    """Fetch the photo at this place of the journal and put it to the order; its officer is told what goes wrong.

    Safe to repeat. Raises Trouble when trying again can help, unless it is the `last` try.
    """
    again = gettext_noop(
        "The photo was not taken: %(why)s Send it again, or add it on the page of the order."
    )
    from_telephone(
        journal_id,
        position,
        officer_id,
        add=partial(_add, order_id, now=now),
        again=again,
        now=now,
        last=last,
    )


def from_telephone(
    journal_id: int, position: int, officer_id: int, *, add: Add, again: str, now: datetime, last: bool
) -> None:
    """Fetch the files at this place of the journal and `add` each; `again` is what the officer reads of one that
    was not taken. Raises Trouble when trying again can help, unless it is the `last` try."""
    with system(ACTOR.system_reason):
        found = asking.item_of(journal_id, position)
        by = Officer.objects.get(pk=officer_id)
        account = (
            Account.objects.select_related("credential").filter(pk=found.account.pk if found else 0).first()
        )
    if found is None or account is None or not isinstance(found.item, Arrived):
        log.error("Item %s of journal %s, a photo of an officer, is gone", position, journal_id)
        return
    one = cast(Incoming[Arrived], found)
    for media in one.item.media:
        try:
            stored = fetch_original(account, media, now)
            with system(ACTOR.system_reason), transaction.atomic(), translation.override(by.language):
                add(one, stored, scope_of(by, on=timezone.localdate(now)))
        except Refusal as refusal:
            _tell(one, by, again, refusal.reason, now=now)
        except Trouble:
            if not last:
                raise
            _tell(one, by, again, UNFETCHABLE, now=now)
        except Refused as refused:
            _tell(one, by, again, str(refused), now=now)


def _add(order_id: int, one: Incoming[Arrived], stored: StoredFile, by: Scope, *, now: datetime) -> None:
    """Put one file to the order, unless this officer has put the same one to it before."""
    order = locked_order(Order.objects.select_related("case").get(pk=order_id))
    if order.evidence.filter(officer=by.officer, file__sha256=stored.sha256).exists():
        return
    officer.add_evidence(
        order=order,
        file=stored,
        caption=one.item.text.strip(),
        lat=None,
        lng=None,
        taken_at=None,
        by=by,
        now=now,
    )


def _tell(one: Incoming[Arrived], by: Officer, again: str, why: str, *, now: datetime) -> None:
    with system(ACTOR.system_reason), transaction.atomic(), translation.override(by.language):
        answering.tell(one, Reply(text=_(again) % {"why": _(why)}), now=now)
