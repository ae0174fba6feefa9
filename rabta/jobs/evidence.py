"""Photos of officers: the copy to look at, and what the camera noted of time and place."""

from datetime import datetime

from rabta.cases.events import Actor, record
from rabta.cases.models import Evidence
from rabta.files import images
from rabta.files.checks import UploadRefused
from rabta.force.access import system
from rabta.jobs.media import NO_PICTURE

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
