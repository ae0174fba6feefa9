"""Encrypted files on disk. A file is safe on the disk before anything in the database names it.

Bytes are encrypted while they come (age, to the files key) and never lie on the disk in the clear. A file lies in
FILES_DIR/ab/cd/abcd…, where abcd… is its random public id: the name says nothing.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from rabta import keys
from rabta.files.models import StoredFile
from rabta.kit.ids import public_id

PIECE = 64 * 1024
MEGABYTE = 1024 * 1024
LARGEST = 100 * MEGABYTE  # what a channel delivers at most; the web form's own limits are in `checks`


class TooLarge(Exception):
    """More bytes came than are allowed; the text is for the person who sent them."""

    def __init__(self, limit: int) -> None:
        super().__init__(_("The file is too large. The limit is %(size)d MB.") % {"size": limit // MEGABYTE})


class Damaged(Exception):
    """A stored file can't be read back: missing, changed, or made for another key."""


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Bytes that are safe on the disk, and that no row names yet."""

    public_id: str
    size: int
    sha256: str


def save(
    chunks: Iterable[bytes], kind: str, mime: str, name: str, now: datetime, *, limit: int = LARGEST
) -> StoredFile:
    """Store bytes encrypted and fsynced, then their row (in the caller's transaction). Raises TooLarge.

    `kind` is image, audio, video or document; `mime` must come from the bytes, not from whoever sent them.
    """
    return register(write(chunks, limit=limit), kind=kind, mime=mime, name=name, now=now)


def write(chunks: Iterable[bytes], *, limit: int = LARGEST) -> Blob:
    """The first half of `save`: bytes onto the disk. Raises TooLarge, and then leaves nothing behind."""
    name = public_id()
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = _Source(chunks, limit)
    handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            _encrypt(source, target)
            target.flush()
            os.fsync(target.fileno())
        os.replace(part, path)
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            _sync_folder(folder)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise
    return Blob(public_id=name, size=source.size, sha256=source.hash.hexdigest())


def register(blob: Blob, *, kind: str, mime: str, name: str, now: datetime) -> StoredFile:
    """The second half of `save`: the row that names the bytes."""
    return StoredFile.objects.create(
        public_id=blob.public_id,
        kind=kind,
        mime=mime[:100],
        name=name[:200],
        size=blob.size,
        sha256=blob.sha256,
        stored_at=now,
    )


def discard(blob: Blob) -> None:
    """Remove bytes that no row names; nothing happens when they are gone already."""
    path_of(blob.public_id).unlink(missing_ok=True)


def read(stored: StoredFile) -> Iterator[bytes]:
    """The original bytes, piece by piece. Raises Damaged, at the latest at the end: then what came before is void."""
    return read_blob(stored.public_id)


def read_blob(name: str) -> Iterator[bytes]:
    """As `read`, for who knows only the public id.

    The library pushes what it decrypts; a pipe and a thread turn that into pieces to be pulled.
    """
    try:
        source = path_of(name).open("rb")
    except FileNotFoundError:
        raise Damaged(f"The stored file {name} is missing.") from None
    ear, mouth = os.pipe()
    trouble: list[Exception] = []
    worker = threading.Thread(target=_decrypt, args=(source, mouth, trouble), name="decrypt", daemon=True)
    worker.start()
    with os.fdopen(ear, "rb") as pipe:
        while piece := pipe.read(PIECE):
            yield piece
    worker.join()
    if trouble:
        raise Damaged(f"The stored file {name} can't be read: {trouble[0]}") from trouble[0]


def _decrypt(source: BinaryIO, mouth: int, trouble: list[Exception]) -> None:
    try:
        with source, os.fdopen(mouth, "wb") as target:
            pyrage.decrypt_io(source, target, [keys.identity("files")])
    except BrokenPipeError:
        pass  # nobody reads any more
    except (OSError, pyrage.DecryptError, keys.KeyMissing) as error:
        trouble.append(error)


def sweep_orphans(older_than: datetime) -> int:
    """Remove files that no row names and that were last written before `older_than`; returns how many.

    They are left by transactions that failed after their file was safe. `older_than` must be longer ago than any
    transaction lasts.
    """
    removed = 0
    for folder in Path(settings.FILES_DIR).glob("??/??"):
        old = {path.name: path for path in folder.iterdir() if path.stat().st_mtime < older_than.timestamp()}
        named = set(StoredFile.objects.filter(public_id__in=list(old)).values_list("public_id", flat=True))
        for name in old.keys() - named:
            old[name].unlink(missing_ok=True)
            removed += 1
    return removed


def path_of(name: str) -> Path:
    """Where the file of a public id lies."""
    return Path(settings.FILES_DIR) / name[:2] / name[2:4] / name


class _Source:
    """The incoming chunks as a file that counts and hashes what is read from it."""

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks, self._limit, self._rest = iter(chunks), limit, memoryview(b"")
        self.size, self.hash = 0, hashlib.sha256()
        self.trouble: BaseException | None = None

    def read(self, most: int = -1) -> bytes:
        try:
            return self._read(most)
        except BaseException as error:
            self.trouble = error  # the encryption would hide its kind
            raise

    def _read(self, most: int) -> bytes:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self.size += len(chunk)
            if self.size > self._limit:
                raise TooLarge(self._limit)
            self.hash.update(chunk)
            self._rest = memoryview(chunk)
        end = len(self._rest) if most < 0 else most
        piece, self._rest = self._rest[:end], self._rest[end:]
        return bytes(piece)


def _encrypt(source: _Source, target: object) -> None:
    try:
        pyrage.encrypt_io(source, target, [keys.recipient("files")])
    except (OSError, pyrage.EncryptError):
        if source.trouble is not None:
            raise source.trouble from None
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
