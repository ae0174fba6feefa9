"""Archives that are made to hurt."""

import io
import struct
import zipfile

from rabta.files.archives import MOST_DIRECTORY
from rabta.intake.exports import LONGEST_CHAT


def _made(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", ".", 1), data)
    return made.getvalue()


def without_text() -> bytes:
    """Pictures alone."""
    return _made(a_jpg=b"x")


def large() -> bytes:
    """A few kilobytes that unpack to more text than any chat has."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("_chat.txt", "w") as chat:
        for _ in range(LONGEST_CHAT // 2**20 + 1):
            chat.write(b"\0" * 2**20)
    return made.getvalue()


def _end(raw: bytes) -> int:
    return raw.rindex(b"PK\x05\x06")


def many() -> bytes:
    """A list of entries that is longer than is read."""
    raw = bytearray(_made(chat_txt=b"x"))
    struct.pack_into("<I", raw, _end(raw) + 12, MOST_DIRECTORY + 1)
    return bytes(raw)


def zip64() -> bytes:
    """An end that points to another end, which may say anything."""
    raw = _made(chat_txt=b"x")
    return raw[: _end(raw)] + b"PK\x06\x07" + b"\0" * 16 + raw[_end(raw) :]


def locked() -> bytes:
    """A chat under a password."""
    raw = bytearray(_made(chat_txt=b"x"))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def with_paths(chat: str, picture: bytes) -> bytes:
    """Names that climb out of any folder, twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../../etc/_chat.txt", chat)
        archive.writestr("/tmp/..\\..\\IMG-20260228-WA0001.jpg", picture)
        archive.writestr("again/IMG-20260228-WA0001.jpg", b"another")
    return made.getvalue()
