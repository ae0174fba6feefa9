"""Pictures of officers, sent as proof or with good work: fetched from their telephones, the copy to look at, and what
the camera noted."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext_noop

from rabta.channels.contract import Arrived
from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.files.models import StoredFile
from rabta.force.access import Scope, system
from rabta.groups.models import Hop, Photo
from rabta.intake.contents import Incoming
from rabta.jobs import evidence
from rabta.jobs.media import NO_PICTURE
from rabta.journey.groups.directions import proving

REASON = "preparing photos of units"


def prepare(photo_id: int, *, now: datetime) -> None:
    """Make the copy without the camera's notes, which are kept beside it. Safe to repeat.

    The original stays as it came, with its hash, whatever becomes of the copy.
    """
    with system(REASON):
        rows = Photo.objects.select_related("file").filter(pk=photo_id)
        photo = rows.filter(file__kind="image", file__cleaned=None, trouble="").first()
    if photo is None:
        return
    try:
        made = images.clean_with_facts(photo.file, now)
    except UploadRefused:
        photo.trouble = NO_PICTURE
    else:
        photo.camera_at = made.taken_at.isoformat() if made.taken_at else ""
        photo.camera_lat, photo.camera_lng = made.lat, made.lng
    with system(REASON):
        photo.save(update_fields=["camera_at", "camera_lat", "camera_lng", "trouble"])


def fetch(journal_id: int, position: int, hop_id: int, officer_id: int, *, now: datetime, last: bool) -> None:
    """Fetch the photo at this place of the journal as proof of a unit; its officer is told what goes wrong.

    Safe to repeat. Raises Trouble when trying again can help, unless it is the `last` try.
    """
    again = gettext_noop(
        "The photo was not taken: %(why)s Send it again, or add it on the page of the instruction."
    )
    add = partial(_add, hop_id, now=now)
    evidence.from_telephone(journal_id, position, officer_id, add=add, again=again, now=now, last=last)


def _add(hop_id: int, one: Incoming[Arrived], stored: StoredFile, by: Scope, *, now: datetime) -> None:
    proving.send_photo(hop=Hop(pk=hop_id), text=one.item.text, file=stored, by=by, now=now)
