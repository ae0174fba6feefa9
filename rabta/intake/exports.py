"""Chats that an officer brings in as a file: looked at first, then put into the journal like everything that comes in.

An export is a text, or a zip with the text and files. `opened` reads it without changing anything; `hand_in` stores
the files that messages name and appends the entries. The worker reads them as any other body.
"""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from rabta import keys
from rabta.channels.export import chat as chats
from rabta.channels.export import reading, words
from rabta.channels.export.chat import Chat, Entry, Kind
from rabta.channels.export.dates import Order
from rabta.channels.models import Account
from rabta.files import archives, checks, uploads
from rabta.files.archives import Archive, ArchiveRefused
from rabta.intake import journal
from rabta.intake.models import Seen

MEGABYTE = 1024 * 1024
LONGEST_CHAT = 64 * MEGABYTE
LARGEST = 2048 * MEGABYTE  # of all that comes out of an archive
BODY_ENTRIES, BODY_BYTES = 200, MEGABYTE


class ExportRefused(Exception):
    """The file is not taken; the text says why."""


@dataclass(kw_only=True)
class Export:
    """An export that was opened. `names`: the files beside the chat, as the archive calls them, by their plain name."""

    chat: Chat
    archive: Archive | None
    names: Mapping[str, str]
    others: int  # files of the archive that carry a name twice

    @property
    def named(self) -> list[str]:
        """The files beside the chat that a message names, each once."""
        wanted = {entry.file: None for entry in self.chat.entries if entry.file}
        return [name for name in wanted if name in self.names]


@dataclass(kw_only=True)
class Files:
    """What became of the files of an archive: taken by plain name, or why not. `reasons` counts."""

    taken: dict[str, uploads.Taken] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def counted(self) -> Counter[str]:
        """How many were not taken, by reason."""
        return Counter(self.reasons.values())


@contextlib.contextmanager
def opened(source: IO[bytes], *, now: datetime, order: Order | None = None) -> Iterator[Export]:
    """Read an export. Raises ExportRefused or ArchiveRefused in words, and chat.Ambiguous where the order must be
    asked for."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if not archives.is_archive(source):
        raw = source.read(LONGEST_CHAT + 1)
        yield Export(chat=_chat(raw, today, order, frozenset()), archive=None, names={}, others=0)
        return
    archive = Archive(source, total=LARGEST)
    try:
        text = _chat_name(archive)
        raw = _whole(archive, text)
        names = {words.unmarked(name): name for name in archive.names if name != text}
        others = archive.twice + len(archive.names) - 1 - len(names)
        chat = _chat(raw, today, order, frozenset(names))
        yield Export(chat=chat, archive=archive, names=names, others=others)
    finally:
        archive.close()


def _chat_name(archive: Archive) -> str:
    """Which of the texts is the chat: iOS calls it `_chat.txt`, Android after the group, and puts it first."""
    texts = [name for name in archive.names if name.casefold().endswith(".txt")]
    if not texts:
        raise ExportRefused(_("There is no chat in this archive: it holds no text file."))
    usual = [name for name in texts if name == "_chat.txt" or "whatsapp" in name.casefold()]
    return (usual or texts)[0]


def _whole(archive: Archive, name: str) -> bytes:
    try:
        return b"".join(archive.read(name, limit=LONGEST_CHAT))
    except archives.Broken:
        raise ArchiveRefused(_("The archive is damaged or not complete.")) from None
    except archives.TooMuch:
        raise ExportRefused(_("The text of this chat is too long.")) from None


def _chat(raw: bytes, today: Any, order: Order | None, files: frozenset[str]) -> Chat:
    if len(raw) > LONGEST_CHAT:
        raise ExportRefused(_("The text of this chat is too long."))
    coding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(coding)
    except UnicodeDecodeError:
        raise ExportRefused(_("This is not a text that WhatsApp exported.")) from None
    try:
        return chats.read(text, today=today, order=order, files=files)
    except chats.Unreadable as trouble:
        raise ExportRefused(_explained(trouble)) from None


def _explained(trouble: chats.Unreadable) -> str:
    told = {
        "no_stamps": _("No line begins as WhatsApp begins a message. Is this the file of “Export chat”?"),
        "no_dates": _("The dates of this chat can't be read in any order of day, month and year."),
        "wrong_order": _("Line %(line)d: there is no such day in the order that you chose.")
        % {"line": trouble.line},
    }
    return str(told[trouble.code])


def take_files(export: Export) -> Files:
    """Store the files that messages name, checked like every upload; before anything is written into the database."""
    files = Files()
    for name in export.named if export.archive else ():
        assert export.archive is not None
        try:
            files.taken[name] = _take(export.archive, export.names[name])
        except archives.Broken:
            files.reasons[name] = _("The file in the archive is damaged or locked.")
        except archives.TooMuch:
            files.reasons[name] = _("The file is too large.")
        except checks.UploadRefused as refused:
            files.reasons[name] = str(refused)
        except BaseException:
            uploads.drop(files.taken.values())
            raise
    return files


def _take(archive: Archive, name: str) -> uploads.Taken:
    limit = max(checks.LIMITS.values())
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.SpooledTemporaryFile(max_size=MEGABYTE, dir=str(settings.FILE_UPLOAD_TEMP_DIR)) as file:
        size = 0
        for piece in archive.read(name, limit=limit):
            size += file.write(piece)
        file.seek(0)
        (taken,) = uploads.take([UploadedFile(file=file, name=name, size=size)], kinds=reading.KINDS)  # type: ignore[arg-type]
        return taken


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """What was put into the journal: items, those among them that came before, and files that are kept."""

    items: int
    known: int
    files: int


def hand_in(*, account: Account, export: Export, files: Files, since: datetime, now: datetime) -> HandedIn:
    """Put the whole export into the journal, in one transaction. What came before is handed in all the same, so that
    the ledger counts it; its files are not kept again.

    What was written before `since` is history: kept, and no matter of today.
    """
    facts = {name: _facts(taken) for name, taken in files.taken.items()}
    entries = list(_entries(export.chat, facts, files.reasons, since))
    keys_of = [
        item.key for item in reading.read(orjson.dumps({"account": account.external_id, "entries": entries}))
    ]
    with transaction.atomic():
        seen = _seen(account, keys_of)
        pairs = list(zip(entries, keys_of, strict=True))
        wanted = {entry["file"]["id"] for entry, key in pairs if "file" in entry and key not in seen}
        new = [taken for taken in files.taken.values() if taken.blob.public_id in wanted]
        uploads.keep(new, now=now)
        for body in _in_bodies(entries):
            raw = orjson.dumps({"account": account.external_id, "entries": body})
            journal.append(account.credential, raw, now)
    uploads.drop(taken for taken in files.taken.values() if taken.blob.public_id not in wanted)
    return HandedIn(items=len(entries), known=sum(key in seen for key in keys_of), files=len(new))


def _facts(taken: uploads.Taken) -> dict[str, str]:
    return {
        "id": taken.blob.public_id,
        "kind": taken.type.kind,
        "mime": taken.type.mime,
        "name": taken.name,
        "sha256": taken.blob.sha256,
    }


def _seen(account: Account, named: Collection[str]) -> set[str]:
    """Those of these items that had their effect before."""
    by_digest = {keys.digest("item", key): key for key in named if key}
    rows = Seen.objects.filter(account=account, digest__in=by_digest)
    return {by_digest[bytes(digest)] for digest in rows.values_list("digest", flat=True)}


def _entries(
    chat: Chat, stored: Mapping[str, Mapping[str, str]], refused: Mapping[str, str], since: datetime
) -> Iterator[dict[str, Any]]:
    """The entries as `channels.export.reading` reads them; a file is an entry of its own, after its words."""
    zone, counted = ZoneInfo(settings.TIME_ZONE), Counter[tuple[object, ...]]()
    for entry in chat.entries:
        at = entry.at.replace(tzinfo=zone)
        made = {"at": at.isoformat(), "sender": entry.sender, "line": entry.line}
        if at < since:
            made["history"] = True
        if entry.text and entry.kind in (Kind.MESSAGE, Kind.OMITTED):
            yield made | {"kind": Kind.MESSAGE.value, "text": entry.text, "n": entry.n}
        if entry.kind != Kind.MESSAGE:
            text = "" if entry.kind == Kind.OMITTED else entry.text
            yield made | {"kind": entry.kind.value, "text": text, "n": entry.n}
        if entry.file:
            facts = stored.get(entry.file)
            kind = "file" if facts else "refused" if entry.file in refused else "missing"
            same = _minute(entry), kind, facts["sha256"] if facts else entry.file
            made |= {"kind": kind, "n": counted[same]} | ({"file": facts} if facts else {"text": entry.file})
            counted[same] += 1
            yield made


def _minute(entry: Entry) -> tuple[object, ...]:
    return entry.at.replace(second=0), words.plain(entry.sender)


def _in_bodies(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """A body for each few hundred entries: the journal reads some megabytes at once."""
    body: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        body.append(entry)
        size += len(entry.get("text", ""))
        if len(body) >= BODY_ENTRIES or size * 4 >= BODY_BYTES:
            yield body
            body, size = [], 0
    if body:
        yield body
