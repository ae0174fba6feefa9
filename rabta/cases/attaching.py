"""What hangs on messages that come in: files that the channel must fetch, and those that it stored itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from rabta import bulk, keys
from rabta.cases.models import Attachment, Message
from rabta.channels.contract import Media
from rabta.channels.registry import BY_KIND
from rabta.files.models import StoredFile


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A message with what hangs on it, and the body in which it came."""

    message: Message
    journal_id: int
    media: Sequence[Media]

    @property
    def fetches(self) -> bool:
        """Whether the channel must fetch it, and has not stored it itself."""
        channel = BY_KIND[self.message.conversation.account.channel]
        return channel.fetch is not None or channel.within is not None


def attached(carried: Sequence[Carried]) -> list[Attachment]:
    """The attachments of these messages, not saved yet. One query, or none."""
    refs = [media.ref for one in carried if not one.fetches for media in one.media]
    rows = StoredFile.objects.filter(public_id__in=refs) if refs else ()
    files = {file.public_id: file for file in rows}
    return [_attachment(one, media, files) for one in carried for media in one.media]


def _attachment(one: Carried, media: Media, files: dict[str, StoredFile]) -> Attachment:
    """What the channel must fetch waits, and so does a stored picture for its copy; a missing file is said to be."""
    attachment = bulk.new(
        Attachment,
        message=one.message,
        kind=media.kind,
        mime=media.mime[:100],
        name=media.name[:200],
        expected_sha256=media.sha256[:64],
    )
    if one.fetches:
        # within: then it lies in the body that stands there
        within = BY_KIND[one.message.conversation.account.channel].within is not None
        ref = f"{one.journal_id} {media.ref}" if within else media.ref
        attachment.sealed_ref = keys.fernet("accounts").encrypt(ref.encode())
    else:
        attachment.file = files.get(media.ref)
        attachment.state = _state_of(attachment.file)
    return attachment


def _state_of(file: StoredFile | None) -> str:
    if file is None:
        return Attachment.State.REFUSED
    waits = file.kind == "image" and file.cleaned_id is None
    return Attachment.State.WAITING if waits else Attachment.State.STORED
