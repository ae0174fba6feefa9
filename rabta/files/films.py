"""Films without the notes of the camera: where, when and with what they were made is blanked in MP4 and QuickTime.

Picture and sound stay byte for byte, and everything keeps its place, so nothing is decoded. Boxes that are not needed
to show the film become empty ones; tracks that are neither picture nor sound (the way that was driven, for one) lose
what they hold. Source of the layout: ISO/IEC 14496-12.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, repeat

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from rabta.files import store
from rabta.files.checks import UploadRefused
from rabta.files.models import StoredFile

FORMS = ("video/mp4", "video/quicktime")
# What a film is shown by; any other box may hold notes.
NEEDED = {
    b"": {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"wide"},
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"edts", b"mdia", b"tapt", b"clef", b"prof", b"enof"},
    b"mdia": {b"mdhd", b"hdlr", b"minf", b"elng"},
    b"moof": {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"},
}
CLOCKS = (b"mvhd", b"tkhd", b"mdhd")
SHOWN = (b"vide", b"soun")
MOST_SAMPLES = 2_000_000


@dataclass(frozen=True)
class Box:
    """A box of a film: its kind, where it begins, where its content does, where it ends."""

    kind: bytes
    start: int
    content: int
    end: int


def ensure_clean(stored: StoredFile, now: datetime) -> None:
    """Make the copy of a film that has none, linked by `stored.cleaned`. Raises UploadRefused."""
    if stored.kind != "video" or stored.cleaned_id is not None:
        return
    if stored.mime not in FORMS:
        raise UploadRefused(unreadable())
    film = bytearray(b"".join(store.read(stored)))
    blank_notes(film)
    with transaction.atomic():
        stored.cleaned = store.save([bytes(film)], "video", stored.mime, stored.name, now)
        stored.save(update_fields=["cleaned"])


def check(upload: UploadedFile, *, mime: str) -> None:
    """Whether a film that is handed in can be published. Raises UploadRefused; leaves it at its beginning."""
    if mime not in FORMS:
        raise UploadRefused(unreadable())
    upload.seek(0)
    blank_notes(bytearray(upload.read()))
    upload.seek(0)


def blank_notes(film: bytearray) -> None:
    """Blank every note of the camera in place. Raises UploadRefused for what is no film with a picture."""
    try:
        top = list(boxes(film, 0, len(film)))
        tracks = [box for moov in _of(top, b"moov") for box in _of(_inside(film, moov), b"trak")]
        shown = [_shows(film, track) for track in tracks]
        if b"vide" not in shown or (None in shown and _of(top, b"moof")):
            raise UploadRefused(unreadable())
        for track, what in zip(tracks, shown, strict=True):
            if what is None:
                _empty(film, track)
        _blank(film, top, b"")
    except (struct.error, IndexError, ValueError, OverflowError):
        raise UploadRefused(unreadable()) from None


def unreadable() -> str:
    """The sentence for a film that can't be published."""
    return _("The film can't be read, or is of a form that is not published. Save it as MP4 and try again.")


def boxes(film: bytearray, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places, in order. Raises ValueError where their lengths are wrong."""
    while start < end:
        size, kind = struct.unpack_from(">I4s", film, start)
        content = start + 8
        if size == 1:
            (size,), content = struct.unpack_from(">Q", film, content), content + 8
        stop = end if size == 0 else start + size
        if not content <= stop <= end:
            raise ValueError("a box that is longer than what holds it")
        yield Box(kind, start, content, stop)
        start = stop
        if end - start < 8:  # QuickTime ends some lists with four zeros
            return


def _inside(film: bytearray, box: Box) -> list[Box]:
    return list(boxes(film, box.content, box.end))


def _of(found: list[Box], kind: bytes) -> list[Box]:
    return [box for box in found if box.kind == kind]


def _down(film: bytearray, box: Box, *path: bytes) -> Box:
    """The box at the end of a path. Raises IndexError where there is none."""
    for kind in path:
        box = _of(_inside(film, box), kind)[0]
    return box


def _shows(film: bytearray, track: Box) -> bytes | None:
    """`vide` or `soun`; None for a track of anything else."""
    handler = _down(film, track, b"mdia", b"hdlr").content
    what = bytes(film[handler + 8 : handler + 12])
    return what if what in SHOWN else None


def _blank(film: bytearray, found: list[Box], within: bytes) -> None:
    for box in found:
        if box.kind not in NEEDED[within]:
            _wipe(film, box)
        elif box.kind in CLOCKS:
            wide = 8 if film[box.content] == 1 else 4
            film[box.content + 4 : box.content + 4 + 2 * wide] = bytes(2 * wide)
        elif box.kind in NEEDED:
            _blank(film, _inside(film, box), box.kind)


def _wipe(film: bytearray, box: Box) -> None:
    """An empty box in its place, of the same length."""
    film[box.start + 4 : box.start + 8] = b"free"
    film[box.content : box.end] = bytes(box.end - box.content)


def _empty(film: bytearray, track: Box) -> None:
    """Take away a track and all that it holds."""
    left = len(film)
    for start, length in _samples(film, _down(film, track, b"mdia", b"minf", b"stbl")):
        left -= length
        if start + length > len(film) or left < 0:
            raise ValueError("samples beyond the end, or more than the film has bytes")
        film[start : start + length] = bytes(length)
    _wipe(film, track)


def _samples(film: bytearray, table: Box) -> Iterator[tuple[int, int]]:
    """(where, how long) of every sample of a track: chunks have places, runs of chunks so many samples each."""
    inside = _inside(film, table)
    lengths = _lengths(film, _of(inside, b"stsz")[0])
    wide = _of(inside, b"co64")
    places = _numbers(film, (wide or _of(inside, b"stco"))[0], "Q" if wide else "I")
    runs = _numbers(film, _of(inside, b"stsc")[0], "III")
    firsts = [first - 1 for first in runs[::3]]
    for first, after, each in zip(firsts, [*firsts[1:], len(places)], runs[1::3], strict=True):
        for place in places[first:after]:
            for length in islice(lengths, each):
                yield place, length
                place += length


def _lengths(film: bytearray, box: Box) -> Iterator[int]:
    same, count = struct.unpack_from(">II", film, box.content + 4)
    if count > MOST_SAMPLES:
        raise ValueError("more than a film has")
    if same:
        return repeat(same, count)
    return chain(struct.unpack_from(f">{count}I", film, box.content + 12))


def _numbers(film: bytearray, box: Box, form: str) -> tuple[int, ...]:
    (count,) = struct.unpack_from(">I", film, box.content + 4)
    if count > MOST_SAMPLES:
        raise ValueError("more than a film has")
    return struct.unpack_from(">" + form * count, film, box.content + 8)
