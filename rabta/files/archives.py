"""Reading a zip of strangers: nothing is unpacked to a place that it names, and nothing grows without a limit.

Names in the archive are looked up and never used as paths. Bytes are counted while they come out, so that what a head
claims does not matter; archives with very many entries, of the large kind (zip64), in several parts or with exotic
compression are refused before they are read.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_DIRECTORY = 4 * MEGABYTE  # of the list of entries: some forty thousand of them
PIECE = 64 * 1024
_END, _LARGE, _HEAD = b"PK\x05\x06", b"PK\x06\x07", 22
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class ArchiveRefused(Exception):
    """The archive is not read; the text says why."""


class Broken(Exception):
    """A file in the archive can't be read: damaged, encrypted, or packed in an unusual way."""


class TooMuch(Exception):
    """A file in the archive is larger than is taken."""


class Archive:
    """An open zip. `total`: bytes that may come out of it in all. To be closed."""

    def __init__(self, file: IO[bytes], *, total: int) -> None:
        """Raises ArchiveRefused."""
        _check_end(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN:
            raise ArchiveRefused(_("The archive is damaged or not complete.")) from None
        self._left = total
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.twice = 0
        for member in self._zip.infolist():
            if member.is_dir() or member.filename.startswith("__MACOSX/"):
                continue
            name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
            if name in self._members:
                self.twice += 1
            self._members.setdefault(name, member)

    def close(self) -> None:
        """Close the archive; the file it was read from stays open."""
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files, without folders, in their order."""
        return tuple(self._members)

    def read(self, name: str, *, limit: int) -> Iterator[bytes]:
        """The bytes of a file. Raises Broken, TooMuch, and ArchiveRefused when the whole grows too large."""
        member, size = self._members[name], 0
        if member.flag_bits & 1 or member.compress_type not in _KNOWN:
            raise Broken
        try:
            with self._zip.open(member) as source:
                while piece := source.read(PIECE):
                    size += len(piece)
                    self._left -= len(piece)
                    if self._left < 0:
                        raise ArchiveRefused(_("The archive unpacks to more than is taken at once."))
                    if size > limit:
                        raise TooMuch
                    yield piece
        except _BROKEN:
            raise Broken from None


def is_archive(file: IO[bytes]) -> bool:
    """Whether the file begins as a zip does; leaves it at its beginning."""
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return head in (b"PK\x03\x04", _END)


def _check_end(file: IO[bytes]) -> None:
    """The record at the end says how long the list of entries is: it is read as a whole, so it must be short."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_536 - _HEAD))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _HEAD:
        raise ArchiveRefused(_("The archive is damaged or not complete."))
    disk, first, here, entries, directory = struct.unpack_from("<HHHHI", tail, at + 4)
    if tail[max(0, at - 20) : at].startswith(_LARGE) or disk or first or here != entries:
        raise ArchiveRefused(_("This kind of archive is not read. Please export the chat again."))
    if directory > MOST_DIRECTORY:
        raise ArchiveRefused(_("The archive holds too many files."))
