"""What one message of an export says: words, a file beside it, or only that something was here.

Android: `IMG-1.jpg (file attached)`, `<Media omitted>`. iOS: `<attached: 1-PHOTO.jpg>`, `image omitted`, each after
a mark of direction. In languages that the tables do not have, a file is known by its name: it lies beside the chat, or
is called as WhatsApp calls files.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from rabta.channels.export import words

_BEHIND = re.compile(r"^(?P<name>[^<>\n]+\.\w{1,8}) \((?P<word>[^()\n]{2,40})\)$")
_WITHIN = re.compile(r"<(?P<word>[^<>:\n]{2,40}?)\s*:\s*(?P<name>[^<>\n/\\]+\.\w{1,8})>\s*$")
_LAST = re.compile(r"\s*<(?P<words>[^<>\n]{4,80})>\s*$")
_OWN_NAME = re.compile(r"^(?:(?:IMG|VID|AUD|PTT|DOC|STK)-\d{8}-WA\d{4}|\d{8}-[\w -]+)\.\w{1,8}$")
_TITLE = re.compile(r"^[^\n]*\.\w{1,8}(?: • [^\n]*)?$")  # of a document: its name and how many pages it has


@dataclass(frozen=True, kw_only=True)
class Body:
    """`kind` is one of `chat.Kind`."""

    kind: str
    text: str = ""
    file: str = ""
    edited: bool = False


def read(text: str, *, files: Collection[str]) -> Body:
    """What stands after the sender's name; `files` are the names that lie beside the chat."""
    text, edited = _without_edited(text)
    found = _file(text, files) or _left(text) or Body(kind="message", text=text.strip())
    if found.kind == "message" and not found.text and not found.file:
        return Body(kind="empty")
    return replace(found, edited=edited)


def _without_edited(text: str) -> tuple[str, bool]:
    found = _LAST.search(text)
    if found and words.plain(found["words"]) in words.words("edited"):
        return text[: found.start()].rstrip(words.MARKS + " \n"), True
    return text, False


def _file(text: str, files: Collection[str]) -> Body | None:
    first, _, rest = text.partition("\n")
    found = _BEHIND.match(words.unmarked(first))
    if found and _is_file(found["name"], found["word"], files):
        return Body(kind="message", text=rest.strip(), file=found["name"])
    found = _WITHIN.search(text)
    if found:
        name = words.unmarked(found["name"])
        if _is_file(name, found["word"], files):
            before = text[: found.start()].strip(words.MARKS + " \n")
            # A document's name and pages stand before it: they are no words of its sender.
            titled = " • " in before and _TITLE.match(words.unmarked(before))
            return Body(kind="message", text="" if titled else before, file=name)
    return None


def _is_file(name: str, word: str, files: Collection[str]) -> bool:
    told = words.plain(word) in words.words("attached")
    return told or name in files or _OWN_NAME.match(name) is not None


def _left(text: str) -> Body | None:
    """What is only said to have been here, or was said by WhatsApp in the group's name."""
    whole = words.plain(text)
    for kind in ("deleted", "empty"):
        if whole in words.words(kind):
            return Body(kind=kind)
    first, _, rest = text.partition("\n")
    if words.plain(first) in words.words("omitted"):
        return Body(kind="omitted", text=rest.strip())
    before, mark, last = text.rpartition("\u200e")
    if mark and _is_omitted(last):
        caption = before.strip(words.MARKS + " \n")
        titled = " • " in caption and _TITLE.match(words.unmarked(caption))
        return Body(kind="omitted", text="" if titled else caption)
    if text.startswith("\u200e") and any(told in whole for told in words.words("system")):
        return Body(kind="system")
    return None


def _is_omitted(text: str) -> bool:
    """`document omitted`, also behind the document's name: `a.pdf • 3 pages document omitted`."""
    whole = words.plain(text)
    return whole in words.words("omitted") or any(
        whole.endswith(f" {told}") for told in words.words("omitted") if " • " in text
    )
