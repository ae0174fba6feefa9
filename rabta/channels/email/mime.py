"""A message taken apart: headers, parts, names and charsets, whatever strangers put there.

The parser is the standard library's, in the form that guesses least. What would keep it busy (thousands of parts,
containers in containers, millions of lines) is refused before it begins.
"""

import codecs
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, getaddresses

from rabta.channels.shapes import Misshapen, clean

MOST_LINES, MOST_BORDERS, MOST_CONTAINERS = 900_000, 4_000, 60
MOST_LOOKS = 10_000_000  # each line may be compared with the border of every container around it
DEEPEST = 20
LONGEST_HEADERS = 512 * 1024
LONGEST_HEADER = 4_000
_CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,190}")
# Names of charsets that nobody registered, and what they are.
_CHARSETS = {
    "": "utf-8", "unknown-8bit": "utf-8", "default": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "cp-850": "cp850",
    "utf-8-mac": "utf-8", "utf8mb4": "utf-8", "x-sjis": "cp932", "gb2312": "gb18030", "iso-8859-1": "cp1252",
    "windows-874": "cp874", "x-unknown": "utf-8",
}  # fmt: skip


# Python knows them as text, but no letter is written in them: names of hosts, whose decoder needs hours for a long
# text, and the notation of programs.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})


class _AsItCame(email.policy.Compat32):
    """Headers as they came: bytes that are not ASCII are decoded here, and not replaced before."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value[:LONGEST_HEADER]


_POLICY = _AsItCame()
_PARSER = BytesParser(policy=_POLICY)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A part without parts of its own; `place` is its number among them, from 1."""

    place: int
    part: Message
    kind: str  # image/jpeg …
    name: str
    attached: bool  # meant as a file, not as what one reads
    inside: str  # the container's kind


def parse(raw: bytes) -> Message:
    """The message. Raises Misshapen for what is no message, or more than one should have to read."""
    head = re.search(rb"\r?\n\r?\n", raw[:LONGEST_HEADERS])
    if head is None and len(raw) >= LONGEST_HEADERS:
        raise Misshapen("endless headers")
    lines, containers = max(raw.count(b"\n"), raw.count(b"\r")), len(_CONTAINER.findall(raw))
    if lines > MOST_LINES:
        raise Misshapen("too many lines")
    borders = raw.count(b"\n--") + raw.count(b"\r--")
    if borders > MOST_BORDERS or containers > MOST_CONTAINERS or lines * containers > MOST_LOOKS:
        raise Misshapen("too many parts")
    try:
        message = _PARSER.parsebytes(raw)
    except RecursionError:
        raise Misshapen("too many parts") from None
    if not message.keys():
        raise Misshapen("no headers")
    return message


def header(message: Message, name: str, *, longest: int = LONGEST_HEADER) -> str:
    """The header in letters, on one line; "" when it is missing."""
    try:
        value = message.get(name)
    except (ValueError, LookupError, TypeError):
        return ""
    return decoded(value, longest=longest)


def headers(message: Message, name: str, *, most: int = 20) -> list[str]:
    """Every header of this name, the topmost first."""
    return [decoded(value) for value in (message.get_all(name) or [])[:most]]


def decoded(value: object, *, longest: int = LONGEST_HEADER) -> str:
    """Encoded words and stray bytes as letters, without line ends and marks of direction."""
    text = str(value or "")[:LONGEST_HEADER]
    if any("\udc80" <= letter <= "\udcff" for letter in text):  # bytes that are not ASCII
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError, LookupError, TypeError):
        pieces = [(text, None)]
    words = "".join(
        piece if isinstance(piece, str) else in_letters(piece, charset or "") for piece, charset in pieces
    )
    return " ".join(clean(_CONTROL.sub(" ", words)).split())[:longest]


def in_letters(data: bytes, charset: str) -> str:
    """Bytes as letters: UTF-8 if they are that, else as they say, else as Western Europe would."""
    name = charset.strip().strip("\"'").casefold()[:40]
    for attempt in ("utf-8" if name in ("", "us-ascii", "ascii", "iso-8859-1", "windows-1252") else None,
                    _CHARSETS.get(name, name)):  # fmt: skip
        if attempt is None:
            continue
        try:
            return _decoded_by(attempt, data)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8" if name.startswith("utf") else "cp1252", "replace")


def _decoded_by(name: str, data: bytes) -> str:
    found = codecs.lookup(name)
    if (
        not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _NO_CHARSETS
    ):  # rot13, zlib: no charsets
        raise LookupError(name)
    return found.decode(data, "strict")[0]


def address_of(value: str) -> tuple[str, str]:
    """(name, address) of the first usable address in a header that was decoded; ("", "") when there is none."""
    try:
        pairs = getaddresses([value[:1000]])
    except (RecursionError, ValueError, TypeError, IndexError):
        pairs = []
    for name, address in pairs:
        if _ADDRESS.fullmatch(address) and len(address) <= 254:
            return name.strip().strip("'\""), address.casefold()
    found = _ADDRESS.search(value)
    return ("", found[0].casefold()) if found else ("", "")


def leaves(message: Message) -> Iterator[Leaf]:
    """Every part that has none, in order. A message within the message counts as one."""
    for place, (part, inside) in enumerate(_walk(message, "", 0), start=1):
        kind = _kind_of(part)
        name = _name_of(part)
        disposition = _disposition(part)
        attached = disposition == "attachment" or bool(name) or not kind.startswith("text/")
        yield Leaf(place=place, part=part, kind=kind, name=name, attached=attached, inside=inside)


def content(part: Message) -> bytes:
    """What the part holds, decoded; of a message within the message, that message."""
    if _kind_of(part) == "message/rfc822" or part.is_multipart():
        inner = part.get_payload()
        found = inner[0] if isinstance(inner, list) and inner else part
        return bytes(found.as_bytes(policy=_POLICY.clone(max_line_length=None)))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def text_of(part: Message) -> str:
    """A text part in letters, with \\n at the ends of its lines."""
    charset = part.get_param("charset")
    if isinstance(charset, tuple):
        charset = charset[2]
    text = in_letters(content(part), str(charset or ""))
    return clean(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))


def _walk(part: Message, inside: str, depth: int) -> Iterator[tuple[Message, str]]:
    inner = part.get_payload()
    kind = _kind_of(part)
    if depth > DEEPEST or not isinstance(inner, list) or kind.startswith("message/"):
        yield part, inside
        return
    for one in inner:
        if isinstance(one, Message):
            yield from _walk(one, kind, depth + 1)


def _kind_of(part: Message) -> str:
    try:
        return part.get_content_type().casefold()
    except (ValueError, TypeError, AttributeError):
        return "application/octet-stream"


def _disposition(part: Message) -> str:
    try:
        return (part.get_content_disposition() or "").strip()
    except (ValueError, TypeError, AttributeError):
        return ""


def _name_of(part: Message) -> str:
    """The file's name, without folders."""
    try:
        given = part.get_param("filename", header="content-disposition") or part.get_param("name") or ""
        name = decoded(collapse_rfc2231_value(given) if given else "", longest=500)
    except (ValueError, LookupError, TypeError):
        return ""
    return re.split(r"[/\\]", name)[-1].strip()[-200:]
