"""Addresses at which people ask to join: a group's own, which its QR code shows, and invitations for one person."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force import access
from rabta.force.access import Scope
from rabta.groups.models import Door, Group
from rabta.journey.groups.registry import post_over
from rabta.kit import ids
from rabta.rules.joining import word_of

LETTERS = 8
INVITATION_GOOD_FOR = timedelta(days=14)


def opened(word: str, *, now: datetime) -> Door | None:
    """The door of a word that a visitor typed or scanned; from then on the transaction sees its group. None if shut."""
    plain = word_of(word)
    access.enter_door(plain)
    rows = Door.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), word=plain, closed_at=None)
    return rows.filter(group__closed_at=None).select_related("group__unit").first()


def open_door(*, group: Group, by: Scope, now: datetime) -> Door:
    """The group's own address: the one it has, or a new one."""
    _runs(group, by)
    there = Door.objects.filter(group=group, invitation=False, closed_at=None).first()
    if there:
        return there
    try:
        with transaction.atomic():
            return _made(group, by=by, now=now, invitation=False, ends_at=None)
    except IntegrityError:  # a colleague was quicker
        return Door.objects.get(group=group, invitation=False, closed_at=None)


def invite(*, group: Group, by: Scope, now: datetime) -> Door:
    """An invitation for one person, good for two weeks."""
    _runs(group, by)
    return _made(group, by=by, now=now, invitation=True, ends_at=now + INVITATION_GOOD_FOR)


def shut(*, door: Door, by: Scope, now: datetime) -> None:
    """Nobody can apply there any more; the next address is another one (the notice must be printed anew)."""
    _runs(door.group, by)
    door.closed_at = now
    door.save(update_fields=["closed_at"])
    _record("group_door_shut", door, by=by, now=now)


def _made(group: Group, *, by: Scope, now: datetime, invitation: bool, ends_at: datetime | None) -> Door:
    made = Door.objects.create(
        word=word_of(ids.letters(LETTERS)), group=group, visible_to=group.visible_to, invitation=invitation,
        made_by=by.officer, made_at=now, ends_at=ends_at,
    )  # fmt: skip
    _record("group_invited" if invitation else "group_door_opened", made, by=by, now=now)
    return made


def _runs(group: Group, by: Scope) -> None:
    if post_over(by, group) is None:
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    if group.closed_at:
        raise Refused(_("The group is closed. Nobody can join it any more."))


def _record(act: str, door: Door, *, by: Scope, now: datetime) -> None:
    audit.record(act, now=now, officer_id=by.officer.pk, subject="group", ids=[door.group_id])
