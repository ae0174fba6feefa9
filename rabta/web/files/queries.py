"""Finding a file through a row that its reader may see. A stored file by itself belongs to nobody."""

from dataclasses import dataclass

from rabta.cases.models import Attachment, Case, Evidence, Message, Order
from rabta.cases.source_files import stays_at_desk
from rabta.files.models import StoredFile
from rabta.force.access import Scope


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file and the case that it belongs to; `from_citizen` when it came with a message."""

    file: StoredFile
    case: Case
    from_citizen: bool
    at_desk: bool = False  # officers of units do not get it as it came


def for_officer(*, scope: Scope, public_id: str) -> Found | None:
    """A file of a message or an order that the officer sees; none of what a citizen took back."""
    seen = Message.objects.filter(scope.visible(), revoked_at=None)
    attachment = (
        Attachment.objects.filter(public_id=public_id, message__in=seen, file__isnull=False)
        .select_related(
            "file__cleaned",
            "message__case__conversation__handle__person",
            "message__conversation__handle__person",
        )
        .first()
    )
    if attachment is not None and attachment.message.case is not None and attachment.file is not None:
        return Found(
            file=attachment.file,
            case=attachment.message.case,
            from_citizen=True,
            at_desk=stays_at_desk(attachment),
        )
    evidence = (
        Evidence.objects.filter(order__in=Order.objects.filter(scope.visible()), public_id=public_id)
        .select_related("file__cleaned", "order__case__conversation__handle__person")
        .first()
    )
    return Found(file=evidence.file, case=evidence.order.case, from_citizen=False) if evidence else None


def for_citizen(*, case: Case, public_id: str) -> Found | None:
    """A file of the citizen's own conversation; never one of a note or of an order."""
    said = Message.objects.filter(case=case, revoked_at=None).exclude(direction=Message.Direction.NOTE)
    attachment = (
        Attachment.objects.filter(public_id=public_id, message__in=said, file__isnull=False)
        .select_related("file__cleaned")
        .first()
    )
    if attachment is None or attachment.file is None:
        return None
    return Found(file=attachment.file, case=case, from_citizen=True)
