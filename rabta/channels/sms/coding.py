"""The alphabets of SMS: GSM 7 bit and UCS-2, how long a text is in them, and cutting one into parts.

Source: 3GPP TS 23.038 (alphabets), TS 23.040 section 9.2.3.24 (concatenation), SMPP 3.4 section 5.2.19 (data_coding).
GSM letters are handled one septet a byte, as SMPP carries them; packing them is the centre's work.
"""

from dataclasses import dataclass

GSM, UCS2, LATIN, BINARY = "gsm", "ucs2", "latin", "binary"

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40,
              "€": 0x65}  # fmt: skip
_ESCAPE = 0x1B
_TO_GSM = {letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != _ESCAPE} | {
    letter: bytes([_ESCAPE, code]) for letter, code in _EXTENSION.items()
}
_FROM_EXTENSION = {code: letter for letter, code in _EXTENSION.items()}
# What word processors put in: one such letter would turn 160 letters into 70.
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)

SINGLE = {GSM: 160, UCS2: 140}  # septets or bytes of a message that stands alone …
PARTED = {GSM: 153, UCS2: 134}  # … and of each part: seven septets or six bytes are the header's
MOST_PARTS = 255


@dataclass(frozen=True)
class Coded:
    """A text ready to be sent: its alphabet and its parts, each within the length that is allowed."""

    coding: str
    parts: tuple[bytes, ...]

    @property
    def whole(self) -> bytes:
        """All parts in one."""
        return b"".join(self.parts)


def to_gsm(text: str) -> bytes | None:
    """The text in GSM letters, one septet a byte; None when a letter is not among them."""
    try:
        return b"".join(map(_TO_GSM.__getitem__, text))
    except KeyError:
        return None


def from_gsm(data: bytes) -> str:
    """The text of GSM letters. An escape before a letter that has no extension is a blank, as the source says."""
    letters, escaped = [], False
    for code in data:
        if escaped:
            letters.append(_FROM_EXTENSION.get(code, _BASIC[code & 0x7F] if code != _ESCAPE else " "))
            escaped = False
        elif code == _ESCAPE:
            escaped = True
        else:
            letters.append(_BASIC[code & 0x7F])
    return "".join(letters)


def from_ucs2(data: bytes) -> str:
    """UTF-16, big-endian unless its mark says otherwise; half pairs and a lone last byte become the replacement."""
    if data[:2] == b"\xff\xfe":
        return data[2:].decode("utf-16-le", "replace")
    return data[2 if data[:2] == b"\xfe\xff" else 0 :].decode("utf-16-be", "replace")


def code(text: str) -> Coded:
    """The text in the shorter of both alphabets, cut where it must be.

    No part ends in the middle of a letter: neither an escape nor half of a surrogate pair stands alone.
    """
    septets = to_gsm(text)
    if septets is None:
        septets = to_gsm(text.translate(_PLAIN))
    if septets is not None:
        return Coded(GSM, _cut(septets, GSM))
    return Coded(UCS2, _cut(text.encode("utf-16-be", "replace"), UCS2))


def _cut(data: bytes, coding: str) -> tuple[bytes, ...]:
    if len(data) <= SINGLE[coding]:
        return (data,)
    parts, start = [], 0
    while start < len(data):
        end = min(start + PARTED[coding], len(data))
        if end < len(data):
            end -= _torn(data, end, coding)
        parts.append(data[start:end])
        start = end
    return tuple(parts)


def _torn(data: bytes, end: int, coding: str) -> int:
    """How many bytes before `end` belong to a letter that goes on after it."""
    if coding == GSM:
        return 1 if data[end - 1] == _ESCAPE else 0
    return 2 if 0xD8 <= data[end - 2] <= 0xDB else 0


def alphabet_of(data_coding: int, *, default: str = GSM) -> str:
    """The alphabet that a `data_coding` names; `default` is the centre's own, which 0 stands for."""
    if data_coding == 0:
        return default
    if data_coding in (1, 3):
        return LATIN  # ASCII is in it
    if data_coding in (2, 4):
        return BINARY
    if data_coding & 0xF0 == 0xF0:  # message class, as TS 23.038 has it
        return BINARY if data_coding & 0x04 else GSM
    return (GSM, BINARY, UCS2, BINARY)[(data_coding >> 2) & 3]


def decode(data: bytes, alphabet: str) -> str:
    """The text of these bytes. ValueError for what is no text."""
    if alphabet == GSM:
        return from_gsm(data)
    if alphabet == UCS2:
        return from_ucs2(data)
    if alphabet == LATIN:
        return data.decode("latin-1")
    if alphabet == "utf8":
        return data.decode("utf-8", "replace")
    raise ValueError("no text")
