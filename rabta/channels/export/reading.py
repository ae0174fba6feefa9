"""Bodies of imported chats, which `rabta.intake.exports` writes, as items.

`{"account", "entries": [{"kind", "at", "sender", "text", "n", "line", "history"?, "file"?}]}`: one item each. `at` has
its zone; `kind` is one of `chat.Kind`, or `file` with `"file": {"id", "kind", "mime", "name", "sha256"}`. The key of
an item is its minute, sender, words and `n`, so that an export that was brought in before, or overlaps with one, adds
nothing: telephones differ in seconds and marks, not in these. A file is known by its bytes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rabta.channels.contract import Arrived, Ignored, Media, Place, Read, Sender, Unreadable
from rabta.channels.export import words
from rabta.channels.shapes import Json, Misshapen, load, named, needed, part, text_of
from rabta.kit import phones

KINDS = ("image", "audio", "video", "document")
IGNORED = {
    "system": "WhatsApp's own line",
    "deleted": "deleted by its sender",
    "omitted": "left out of the export",
    "empty": "nothing in it",
    "missing": "file not in the archive",
    "refused": "file not taken",
}
_PLACE = re.compile(r"https://maps\.google\.com/\?q=(-?\d{1,2}\.\d+),(-?\d{1,3}\.\d+)")


def count(raw: bytes) -> Counter[str]:
    """The entries of a body; one of nobody when it has no shape."""
    try:
        body = load(raw)
    except ValueError:
        return Counter({"": 1})
    entries = body.get("entries")
    if not isinstance(entries, list) or not entries:
        return Counter({"": 1})
    return Counter({named(body.get("account")): len(entries)})


def read(raw: bytes) -> list[Read]:
    """Each entry as an item. Raises ValueError when the body has no shape."""
    body = load(raw)
    entries: Any = body.get("entries")
    if not isinstance(entries, list) or not entries:
        raise Misshapen("no entries")
    account = named(body.get("account"))
    return [_item(account, entry) for entry in entries]


def _item(account: str, entry: object) -> Read:
    try:
        if not isinstance(entry, dict):
            raise Misshapen("an entry that is no object")
        return _read(account, entry)
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return Unreadable(account=account, key="", reason=reason)


def _read(account: str, entry: Json) -> Read:
    kind, at = needed(entry, "kind", longest=10), _moment(entry)
    media = _media(entry) if kind == "file" else None
    key = _key(entry, at, media)
    if kind in IGNORED:
        return Ignored(account=account, key=key, reason=IGNORED[kind])
    text = text_of(entry, "text")
    if media is None and (kind != "message" or not text.strip()):
        raise Misshapen("nothing was said")
    place = _place(text)
    return Arrived(
        account=account,
        key=key,
        provider_id=key,
        sender=_sender(account, needed(entry, "sender", longest=200)),
        kind=media.kind if media else "location" if place else "text",
        text="" if media else text,
        media=(media,) if media else (),
        place=place,
        sent_at=at,
        group=account,
        overheard=True,
        history=entry.get("history") is True,
    )


def _key(entry: Mapping[str, Any], at: datetime, media: Media | None) -> str:
    n = entry.get("n")
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n < 1_000_000:
        raise Misshapen("no usable n")
    said = media.sha256 if media else f"{text_of(entry, 'kind')} {words.plain(text_of(entry, 'text'))}"
    who = words.plain(text_of(entry, "sender"))
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return "entry:" + hashlib.sha256(f"{minute.isoformat()}\n{who}\n{n}\n{said}".encode()).hexdigest()


def _sender(account: str, shown: str) -> Sender:
    """Known in this group only, also where the telephone showed a number: members see who speaks, and what the same
    person tells us privately must not stand beside it (docs/decisions/0028)."""
    number = phones.parse(shown, region="ZZ") if shown.startswith("+") else None
    handle = f"{account}:{number or words.plain(shown)}"
    return Sender(
        scheme="group_member", handle=handle, name="" if number else shown[:100], known_as=number or ""
    )


def _moment(entry: Mapping[str, Any]) -> datetime:
    at = datetime.fromisoformat(needed(entry, "at", longest=40))
    if at.tzinfo is None or not 2000 < at.year < 9000:
        raise Misshapen("no usable at")
    return at


def _media(entry: Json) -> Media:
    file = part(entry, "file")
    kind = needed(file, "kind", longest=10)
    if kind not in KINDS:
        raise Misshapen("unknown kind of file")
    return Media(
        kind=kind,
        ref=needed(file, "id", longest=16),
        mime=text_of(file, "mime", longest=100),
        name=text_of(file, "name", longest=200),
        sha256=needed(file, "sha256", longest=64),
    )


def _place(text: str) -> Place | None:
    """The point that was sent: WhatsApp writes it as the address of a map."""
    found = _PLACE.search(text)
    if not found:
        return None
    lat, lng = float(found[1]), float(found[2])
    return Place(lat=lat, lng=lng) if abs(lat) <= 90 and abs(lng) <= 180 else None
