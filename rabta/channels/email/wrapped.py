"""What Outlook wraps into winmail.dat: files, and sometimes the words themselves."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from rabta.channels.email import mime
from rabta.channels.email.mime import Leaf

MOST = 30
KINDS = ("application/ms-tnef", "application/vnd.ms-tnef")
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it tells at length what it does not know


def is_wrapped(leaf: Leaf) -> bool:
    """Whether a part is such a file, by its type or its name."""
    return leaf.kind in KINDS or leaf.name.casefold() == "winmail.dat"


def files(leaf: Leaf) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what is in it; nothing when it can't be read: then it stays as it is."""
    for attachment in getattr(_opened(leaf), "attachments", [])[:MOST]:
        with suppress(Exception):
            name = attachment.long_filename() or attachment.name
            data = attachment.data
            if isinstance(data, bytes) and data:
                yield mime.decoded(name, longest=200), data


def words(leaf: Leaf) -> tuple[str, bool]:
    """(the words in it, whether they are HTML); empty when there are none."""
    opened = _opened(leaf)
    for name in ("body", "htmlbody"):
        with suppress(Exception):
            found = getattr(opened, name, None)
            text = _decoded(found, opened) if isinstance(found, bytes) else found
            if isinstance(text, str) and text.strip():
                return text, name == "htmlbody"
    return "", False


def _opened(leaf: Leaf) -> Any:
    from tnefparse import TNEF

    with suppress(Exception):  # whatever strangers wrapped
        return TNEF(mime.content(leaf.part))
    return None


def _decoded(found: bytes, opened: Any) -> str:
    """By the code page that it names, unless it is UTF-8."""
    try:
        return found.decode().rstrip("\0")
    except UnicodeDecodeError:
        return found.decode(getattr(opened, "codepage", None) or "cp1252", errors="replace").rstrip("\0")
