"""Pictures of officers, sent as proof or with good work: the copy to look at, and what the camera noted."""

from datetime import datetime

from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.force.access import system
from rabta.groups.models import Photo
from rabta.jobs.media import NO_PICTURE

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
