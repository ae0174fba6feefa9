"""The files that came with messages: the sealed original, fetched where it is not here yet, and the copy to look at."""

import asyncio
import base64
import contextlib
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_noop

from rabta import keys
from rabta.cases.events import Actor, record
from rabta.cases.models import Attachment, Case
from rabta.channels import reach
from rabta.channels.accounts import facts
from rabta.channels.contract import AccountFacts, Media, Session, Trouble, TroubleCode
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.files import checks, films, images, scanner, store
from rabta.files.models import StoredFile
from rabta.force.access import system
from rabta.intake import journal

log = logging.getLogger(__name__)

ACTOR = Actor(system_reason="fetching media")
# Stored in English; pages translate them when they show them.
UNFETCHABLE = gettext_noop("The file could not be fetched from the provider.")
CHANGED = gettext_noop("The file is not the one that was announced; it may have been changed on the way.")
NO_PICTURE = gettext_noop("The picture can't be read.")
TOO_LARGE = gettext_noop("The file is too large.")
HARMFUL = gettext_noop("The file holds a harmful program and was not taken.")


class FetchLater(Exception):
    """Some files could not be fetched now; trying again can help. Carries the attachments' ids."""

    def __init__(self, attachment_ids: list[int]) -> None:
        super().__init__(f"attachments {attachment_ids} can't be fetched yet")
        self.attachment_ids = attachment_ids


class Refusal(Exception):
    """A file that will never be fetched or shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fetch_attachments(attachment_ids: list[int], now: datetime) -> None:
    """Fetch, store and clean what still waits among these attachments; each ends as stored or refused.

    Safe to repeat. Raises FetchLater, after all others are done, for those that are worth another try.
    """
    later: list[int] = []
    with asyncio.Runner() as runner:
        session = runner.run(_session())
        try:
            for attachment in _waiting(attachment_ids):
                try:
                    _fetch(attachment, runner, session, now)
                except Trouble as trouble:
                    log.info("Attachment %s: %s, to be tried again", attachment.pk, trouble.code)
                    later.append(attachment.pk)
        finally:
            runner.run(session.close())
    if later:
        raise FetchLater(later)


def give_up(attachment_ids: list[int], now: datetime) -> None:
    """Refuse what still waits after the last try."""
    for attachment in _waiting(attachment_ids):
        _finish(attachment, now, state=Attachment.State.REFUSED, reason=UNFETCHABLE)


def _waiting(attachment_ids: list[int]) -> list[Attachment]:
    with system(ACTOR.system_reason):
        found = Attachment.objects.filter(pk__in=attachment_ids, state=Attachment.State.WAITING)
        return list(
            found.select_related(
                "file", "message__case", "message__conversation__account__credential"
            ).order_by("pk")
        )


async def _session() -> Any:
    return reach.new_session()


def _fetch(attachment: Attachment, runner: asyncio.Runner, session: Session, now: datetime) -> None:
    """Bring one attachment to its end. Raises Trouble only when trying again can help."""
    try:
        stored = (
            _with_copy(attachment.file, now)
            if attachment.file
            else _fetched(attachment, runner, session, now)
        )
    except Refusal as refusal:
        _finish(attachment, now, state=Attachment.State.REFUSED, reason=refusal.reason)
    except InvalidToken:
        log.error("Attachment %s: its reference can't be opened; was accounts.key replaced?", attachment.pk)
        _finish(attachment, now, state=Attachment.State.REFUSED, reason=UNFETCHABLE)
    except store.TooLarge:
        _finish(attachment, now, state=Attachment.State.REFUSED, reason=TOO_LARGE)
    except Trouble as trouble:
        if trouble.retry:
            raise
        _finish(attachment, now, state=Attachment.State.REFUSED, reason=UNFETCHABLE)
    else:
        _finish(attachment, now, state=Attachment.State.STORED, file=stored)


def _with_copy(stored: StoredFile, now: datetime) -> StoredFile:
    """A file that a page has stored, with its copy if it is a picture. Raises Refusal."""
    try:
        images.ensure_clean(stored, now)
    except checks.UploadRefused:
        raise Refusal(NO_PICTURE) from None
    return stored


def _fetched(attachment: Attachment, runner: asyncio.Runner, session: Session, now: datetime) -> StoredFile:
    """The file from the provider, stored. Raises what `_fetch` catches."""
    account = attachment.message.conversation.account
    ref = keys.fernet("accounts").decrypt(bytes(attachment.sealed_ref or b"")).decode()
    if BY_KIND[account.channel].within is not None:
        return _store(attachment, iter([_within(account.channel, ref)]), now)
    chunks = _chunks(runner, _Source(session, account.channel, facts(account), ref))
    return _store(attachment, chunks, now)


def _within(channel: str, ref: str) -> bytes:
    """A file that came within a body of the journal (`cases.arrival` says where). Raises Refusal."""
    within = BY_KIND[channel].within
    place, _, part = ref.partition(" ")
    with system(ACTOR.system_reason):
        body = journal.body(int(place))
    if within is None or body is None:
        raise Refusal(UNFETCHABLE)
    try:
        return within(body, part)
    except ValueError:
        raise Refusal(UNFETCHABLE) from None


@dataclass(frozen=True)
class _Source:
    """Where the bytes come from."""

    session: Session
    channel: str
    facts: AccountFacts
    ref: str


def _chunks(runner: asyncio.Runner, source: _Source) -> Iterator[bytes]:
    """A channel's asynchronous chunks, one after the other, for code that is not asynchronous."""
    fetch = BY_KIND[source.channel].fetch
    if fetch is None:
        raise Refusal(UNFETCHABLE)
    incoming = aiter(fetch(source.session, source.facts, source.ref))
    try:
        while (chunk := runner.run(_next(incoming))) is not None:
            yield chunk
    finally:
        closing = getattr(incoming, "aclose", None)
        if closing is not None:
            runner.run(closing())


async def _next(incoming: Any) -> bytes | None:
    return await anext(incoming, None)


def _store(attachment: Attachment, chunks: Iterator[bytes], now: datetime) -> StoredFile:
    """The sealed original, with its copy if it is a picture. Raises Refusal when it is not what was announced."""
    return _with_copy(_original(attachment, chunks, now), now)


def fetch_original(account: Account, media: Media, now: datetime) -> StoredFile:
    """What a message announced, fetched and stored without a copy.

    Raises Refusal for what is never taken, and Trouble where trying again can help.
    """
    announced = Attachment(
        kind=media.kind, mime=media.mime[:100], name=media.name[:200], expected_sha256=media.sha256[:64]
    )
    with asyncio.Runner() as runner:
        session = runner.run(_session())
        try:
            chunks = _chunks(runner, _Source(session, account.channel, facts(account), media.ref))
            return _original(announced, chunks, now)
        except store.TooLarge:
            raise Refusal(TOO_LARGE) from None
        except Trouble as trouble:
            if trouble.retry:
                raise
            raise Refusal(UNFETCHABLE) from None
        finally:
            runner.run(session.close())


def _original(attachment: Attachment, chunks: Iterator[bytes], now: datetime) -> StoredFile:
    blob = store.write(chunks)
    if attachment.expected_sha256 and attachment.expected_sha256 not in _hashes(blob.sha256):
        raise Refusal(CHANGED)
    _scan(store.read_blob(blob.public_id))
    try:
        found = _type(blob, attachment)
        if attachment.kind == "image" and (found is None or found.kind != "image"):
            raise Refusal(NO_PICTURE)
        found = found or checks.FileType(kind="document", mime="application/octet-stream")
        return store.register(blob, kind=found.kind, mime=found.mime, name=attachment.name, now=now)
    except checks.UploadRefused:
        raise Refusal(NO_PICTURE) from None


def _scan(pieces: Iterator[bytes]) -> None:
    """Raises Refusal for what the scanner finds, and Trouble while it does not answer: then the file waits."""
    try:
        scanner.scan(pieces)
    except scanner.Infected as found:
        log.warning("A file that came holds %s and was not taken", found)
        raise Refusal(HARMFUL) from None
    except scanner.NotScanned as why:
        raise Trouble(TroubleCode.MEDIA, str(why), retry=True) from None


def _hashes(sha256: str) -> tuple[str, str]:
    """The same hash as providers write it: in hex, and in base64."""
    return sha256, base64.b64encode(bytes.fromhex(sha256)).decode()


def _type(blob: store.Blob, attachment: Attachment) -> checks.FileType | None:
    """What the bytes say, not what the provider says. A picture sent as a document is a picture."""
    pieces = store.read_blob(blob.public_id)
    small = blob.size <= checks.LIMITS["document"]
    head = b"".join(pieces) if small else next(pieces, b"")
    return checks.file_type(io.BytesIO(head), claimed=attachment.mime)


def _finish(
    attachment: Attachment,
    now: datetime,
    *,
    state: str,
    file: StoredFile | None = None,
    reason: str = "",
) -> None:
    """Set the end of an attachment once, with the event that makes open pages show it."""
    with system(ACTOR.system_reason):
        waiting = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING)
        # A picture that can't be read stays linked: what was sent is evidence all the same.
        if waiting.update(state=state, file=file or attachment.file, reason=reason, sealed_ref=None):
            stored = state == Attachment.State.STORED
            _tell(attachment, "attachment_stored" if stored else "attachment_refused", now)


def _tell(attachment: Attachment, what: str, now: datetime) -> None:
    """The event by which open pages show what became of the attachment."""
    with system(ACTOR.system_reason):
        case = Case.objects.filter(messages=attachment.message_id).first()
        if case is not None:
            record(case, what, now=now, actor=ACTOR, attachment=attachment.public_id)


def clean_picture(file_id: int, *, now: datetime) -> None:
    """Make the copy of what is to be published. Without one (it can't be read) it is never published."""
    with system("preparing a post"):
        stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        return
    with contextlib.suppress(checks.UploadRefused):
        images.ensure_clean(stored, now)
        films.ensure_clean(stored, now)
