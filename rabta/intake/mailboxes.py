"""How far each mailbox was read. A message and its place are written together, so that each is taken once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rabta.channels.models import Credential
from rabta.intake import journal
from rabta.intake.models import Mailbox

_FOLDER = 200


@dataclass(frozen=True, kw_only=True)
class Place:
    """A folder as the server knows it, and how far it was read: `taken` is in the journal, `settled` is marked."""

    folder: str
    validity: int
    taken: int
    settled: int


def known(credential_id: int) -> tuple[Place, datetime] | None:
    """How far the mailbox under this login was read, and when somebody last looked; None for a new one."""
    row = Mailbox.objects.filter(pk=credential_id).first()
    if row is None:
        return None
    place = Place(folder=row.folder, validity=row.validity, taken=row.taken, settled=row.settled)
    return place, row.looked_at


def looks(credential_ids: Iterable[int]) -> dict[int, tuple[str, datetime]]:
    """Of each mailbox why it can't be read at present (a word of `TroubleCode`, or "") and when it last could.

    By credential.
    """
    rows = Mailbox.objects.filter(credential__in=list(credential_ids))
    return {row.credential_id: (row.trouble, row.looked_at) for row in rows}


def begin(credential_id: int, place: Place, *, now: datetime) -> Place:
    """Go on from this place: of a new mailbox, or of one whose messages have other numbers now."""
    facts = {
        "folder": place.folder[:_FOLDER], "validity": place.validity, "taken": place.taken,
        "settled": place.settled, "looked_at": now, "trouble": "",
    }  # fmt: skip
    Mailbox.objects.update_or_create(credential_id=credential_id, defaults=facts)
    return place


def take(credential: Credential, body: bytes, *, place: Place, uid: int, now: datetime) -> bool:
    """Put a message into the journal and remember its place, in one transaction; False when somebody else has."""
    with transaction.atomic():
        row = Mailbox.objects.select_for_update().get(pk=credential.pk)
        if row.validity != place.validity or row.folder != place.folder[:_FOLDER] or row.taken >= uid:
            return False
        journal.append(credential, body, now)
        row.taken = uid
        row.save(update_fields=["taken"])
    return True


def settled(credential_id: int, *, place: Place, uid: int) -> None:
    """What stands up to here is marked on the server."""
    same = Mailbox.objects.filter(pk=credential_id, validity=place.validity, folder=place.folder[:_FOLDER])
    same.filter(settled__lt=uid).update(settled=uid)


def looked(credential_id: int, *, now: datetime, trouble: str = "") -> None:
    """Somebody looked into the mailbox, or could not: then the time of the last good look stays."""
    mine = Mailbox.objects.filter(pk=credential_id)
    if not trouble:
        mine.update(trouble="", looked_at=now)
    elif not mine.update(trouble=trouble[:20]):  # a new one, of which no server has told anything yet
        nowhere = {"folder": "", "validity": 0, "taken": 0, "settled": 0, "looked_at": now}
        Mailbox.objects.get_or_create(
            credential_id=credential_id, defaults=nowhere | {"trouble": trouble[:20]}
        )
