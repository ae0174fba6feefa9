"""Whether a file that somebody uploads is what it says and small enough, before anything is done with it."""

import warnings
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from rabta.files import scanner

MEGABYTE = 1024 * 1024
LIMITS = {"image": 10 * MEGABYTE, "audio": 16 * MEGABYTE, "video": 16 * MEGABYTE, "document": 20 * MEGABYTE}
PIXELS = 120_000_000  # more than any telephone's camera makes
# Their heads are read by Python alone. Even the head of a WebP is read by its decoder in C, and no byte that nobody
# trusts comes near one of those outside the recoder's cell: a WebP is known by its signature, and measured there.
HEADS_READ_HERE = ("JPEG", "PNG", "GIF")
# Telephones put a second picture into a JPEG (depth, preview): Pillow calls that MPO.
MIME = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
}
HEAD = 64  # bytes that tell the kind of a file
# Where the bytes that tell a kind lie, what they are, and what they mean. What is not here is not taken.
SIGNATURES = (
    (8, b"WEBP", "image", "image/webp"),
    (0, b"%PDF-", "document", "application/pdf"),
    (0, b"OggS", "audio", "audio/ogg"),
    (0, b"ID3", "audio", "audio/mpeg"),
    (0, b"\xff\xfb", "audio", "audio/mpeg"),
    (0, b"\xff\xf3", "audio", "audio/mpeg"),
    (0, b"\xff\xf1", "audio", "audio/aac"),
    (0, b"\xff\xf9", "audio", "audio/aac"),
    (0, b"#!AMR", "audio", "audio/amr"),
    (8, b"WAVEfmt ", "audio", "audio/wav"),
    (4, b"ftypM4A", "audio", "audio/mp4"),
    (4, b"ftypqt", "video", "video/quicktime"),
    (4, b"ftyp3g", "video", "video/3gpp"),
    (4, b"ftypisom", "video", "video/mp4"),
    (4, b"ftypiso", "video", "video/mp4"),
    (4, b"ftypmp4", "video", "video/mp4"),
    (4, b"ftypM4V", "video", "video/mp4"),
    (4, b"ftypavc1", "video", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video", "video/webm"),
)
# A browser records sound alone in the containers of films: the one who sends may say so, the bytes do not.
SOUND_IN = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}


class UploadRefused(Exception):
    """A file is not taken; the text says why, in the language of whoever sent it."""


@dataclass(frozen=True, kw_only=True)
class FileType:
    """What the bytes themselves say: image, audio, video or document, and the mime type."""

    kind: str
    mime: str


def check_upload(upload: UploadedFile, kinds: Collection[str]) -> FileType:
    """What an upload is. Raises UploadRefused when it is empty, too large, or none of `kinds`.

    Neither its name nor the type that the browser gave is believed; they only decide between sound and film.
    """
    if not upload.size:
        raise UploadRefused(_("The file is empty."))
    assert upload.file is not None
    found = file_type(upload.file, claimed=upload.content_type or "")
    if found is not None and found.kind not in kinds:
        found = None
    largest = LIMITS[found.kind] if found else max(LIMITS[kind] for kind in kinds)
    if upload.size > largest:
        raise _too_large(largest)
    if found is None:
        raise UploadRefused(
            _("This kind of file is not accepted. Accepted kinds: %(kinds)s.") % {"kinds": _named(kinds)}
        )
    _scan(upload)
    return found


def _scan(upload: UploadedFile) -> None:
    """Raises UploadRefused for what the scanner finds; leaves the file at its beginning."""
    try:
        scanner.scan(upload.chunks())
    except scanner.Infected:
        raise UploadRefused(_("The file holds a harmful program and is not taken.")) from None
    except scanner.NotScanned:
        raise UploadRefused(
            _("The file can't be checked for harmful programs right now. Please try again later.")
        ) from None
    upload.seek(0)


def file_type(file: IO[bytes], *, claimed: str = "") -> FileType | None:
    """What the first bytes say, None when they are nothing that we know; leaves the file at its beginning.

    Raises UploadRefused for a picture whose head is broken or that claims too many points.
    """
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if mime := _image_mime(file):
        return FileType(kind="image", mime=mime)
    for offset, magic, kind, mime in SIGNATURES:
        if head[offset : offset + len(magic)] == magic:
            sound = SOUND_IN.get(mime) if claimed.startswith("audio/") else None
            return FileType(kind="audio", mime=sound) if sound else FileType(kind=kind, mime=mime)
    return None


def _image_mime(file: IO[bytes]) -> str:
    """The type of a picture by its head, without decoding it; empty when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=HEADS_READ_HERE) as image:
                mime, points = MIME[image.format or ""], image.width * image.height
    except Image.UnidentifiedImageError:
        return ""
    except Image.DecompressionBombError:
        raise UploadRefused(too_many_points()) from None
    except Exception:  # noqa: BLE001 - Pillow's readers raise many kinds for bytes made to hurt
        raise UploadRefused(unreadable()) from None
    finally:
        file.seek(0)
    if points > PIXELS:
        raise UploadRefused(too_many_points())
    return mime


def unreadable() -> str:
    """The sentence for a picture that can't be decoded."""
    return _("The picture can't be read. It may be damaged or cut off; please send it again.")


def too_many_points() -> str:
    """The sentence for a picture that would take too much memory."""
    return _("The picture has too many pixels. Please send a smaller one.")


def _too_large(limit: int) -> UploadRefused:
    return UploadRefused(_("The file is too large. The limit is %(size)d MB.") % {"size": limit // MEGABYTE})


def _named(kinds: Collection[str]) -> str:
    names = {
        "image": _("picture (JPEG, PNG, WebP, GIF)"),
        "audio": _("voice note"),
        "video": _("video"),
        "document": _("PDF document"),
    }
    return _(", ").join(names[kind] for kind in LIMITS if kind in kinds)
