"""Files that come with a form: safe on the disk before the database hears of them.

Encrypting takes as long as the disk likes. A transaction that has written something holds back everybody's news while
it is open (`rabta.jobs.tailer`), so a page calls `take` before its first write and `keep` among its writes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from rabta.files import store
from rabta.files.checks import FileType, check_upload
from rabta.files.models import StoredFile


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An upload that was checked and lies encrypted on the disk; no row names it yet."""

    blob: store.Blob
    type: FileType
    name: str


def take(uploads: Iterable[UploadedFile], *, kinds: Collection[str]) -> list[Taken]:
    """Check all, then store all, as they came. Raises UploadRefused in words, and then leaves nothing behind."""
    checked = [(upload, check_upload(upload, kinds)) for upload in uploads]
    return [
        Taken(blob=store.write(upload.chunks()), type=found, name=upload.name or "")
        for upload, found in checked
    ]


def keep(taken: Iterable[Taken], *, now: datetime) -> list[StoredFile]:
    """The rows that name the files, in the caller's transaction."""
    return [
        store.register(one.blob, kind=one.type.kind, mime=one.type.mime, name=one.name, now=now)
        for one in taken
    ]


def drop(taken: Iterable[Taken]) -> None:
    """Remove what is not wanted after all: the form came twice, or was refused for another reason."""
    for one in taken:
        store.discard(one.blob)
