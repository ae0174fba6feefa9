"""SMPP 3.4 as a message centre sees it: units apart and together, and texts in their alphabets."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SUBMIT, DELIVER, UNBIND, ENQUIRE, ANSWER = 0x04, 0x05, 0x06, 0x15, 0x80000000
BINDS = {0x01: "rx", 0x02: "tx", 0x09: "trx"}
OK, NOT_BOUND, WRONG_PASSWORD, NO_SUCH_NUMBER, THROTTLED, UNKNOWN = 0x00, 0x04, 0x0E, 0x0B, 0x58, 0x03
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = {
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def unit(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A unit with its header."""
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def words(body: bytes, count: int) -> list[str]:
    """The first texts of a body."""
    return [piece.decode("latin-1") for piece in body.split(b"\0")[:count]]


@dataclass
class Submitted:
    """A message of the force: one part of it, perhaps."""

    source: str
    to: str
    text: bytes
    coding: int
    wants_receipt: bool
    part: tuple[int, int, int] | None  # reference, total, number


def submitted(body: bytes) -> Submitted:
    """What a submit_sm holds. ValueError when it holds something else."""
    at = body.index(b"\0") + 3
    end = body.index(b"\0", at)
    source, at = body[at:end].decode("latin-1"), end + 3
    end = body.index(b"\0", at)
    to, at = body[at:end].decode("latin-1"), end + 1
    esm_class, at = body[at], at + 3
    at = body.index(b"\0", body.index(b"\0", at) + 1) + 1
    registered, coding, length, at = body[at], body[at + 2], body[at + 4], at + 5
    text, further = body[at : at + length], body[at + length :]
    values: dict[int, bytes] = {}
    while further:
        tag, size = struct.unpack_from(">HH", further)
        values[tag], further = further[4 : 4 + size], further[4 + size :]
    text = text or values.get(0x0424, b"")
    part = None
    if esm_class & 0x40 and text[:3] == b"\x05\x00\x03":
        part, text = (text[3], text[4], text[5]), text[6:]
    elif 0x020C in values:
        part = (int.from_bytes(values[0x020C], "big"), values[0x020E][0], values[0x020F][0])
    return Submitted(source, to.lstrip("+"), text, coding, bool(registered & 1), part)


def text_of(data: bytes, coding: int) -> str:
    """The text of a message."""
    if coding == 8:
        return data.decode("utf-16-be", "replace")
    letters, escaped = "", False
    for code in data:
        if code == 0x1B:
            escaped = True
            continue
        letters += _ESCAPED.get(code, "?") if escaped else _GSM[code & 127]
        escaped = False
    return letters


def parts_of(text: str, reference: int) -> list[tuple[int, int, bytes]]:
    """(esm_class, data_coding, bytes) of each part, as an old phone cuts it."""
    plain = {letter: code for code, letter in enumerate(_GSM)}
    if all(letter in plain for letter in text):
        data, coding, single, size = bytes(plain[letter] for letter in text), 0, 160, 153
    else:
        data, coding, single, size = text.encode("utf-16-be", "replace"), 8, 140, 134
    if len(data) <= single:
        return [(0, coding, data)]
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    heads = [bytes([5, 0, 3, reference, len(pieces), number]) for number in range(1, len(pieces) + 1)]
    return [(0x40, coding, head + piece) for head, piece in zip(heads, pieces, strict=True)]


def delivery(*, source: str, to: str, esm_class: int, coding: int, data: bytes) -> bytes:
    """The body of a deliver_sm."""
    addresses = b"\0\x01\x01" + source.encode() + b"\0\x00\x01" + to.encode() + b"\0"
    return addresses + bytes([esm_class, 0, 0, 0, 0, 0, 0, coding, 0, len(data)]) + data
