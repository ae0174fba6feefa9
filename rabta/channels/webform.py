"""The force's own web form ("Click and Post"). Its page writes the body, so the shape is ours:

`{"submission", "account", "at", "receipt", "follow_up", "language", "category", "text",
"place": {"lat", "lng", "name"} or {"name"}, "contact": {"name", "phone", "safe"},
"files": [{"id", "kind", "mime", "name", "sha256"}]}`

`submission` is the form's idempotency key, `receipt` the digest of the receipt code. Files are stored before the
body is written, so `Media.ref` is the public id of a stored file and there is no `fetch`. Answers are read on the
status page, so there is no `send`; a telephone number that somebody left is kept in `choices["phone"]`.
"""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Arrived, Channel, Limits, Media, Place, Read, Sender
from rabta.channels.shapes import Json, Misshapen, coordinate, needed, optional, text_of
from rabta.channels.single import count, read_with

MB = 1024 * 1024
KINDS = ("image", "audio", "video", "document")
SHARED = ("in_group", "forwarded")  # nobody addressed us: an officer brings what was said to others
EARLIER = "earlier"  # it stood in the register that the force kept before
HANDED = "handed"  # another force handed it over
READ_FIRST = (EARLIER, HANDED)
MET = (
    "in_person",
    "by_phone",
    *READ_FIRST,
    *SHARED,
)  # how it came to the officer who wrote it down (channels.met)


def read(raw: bytes) -> list[Read]:
    """The submission as a message. Raises ValueError when the body is no JSON object."""
    return read_with(_submission, raw)


def _submission(account: str, body: Json) -> Arrived:
    submission, contact = needed(body, "submission", longest=64), optional(body, "contact")
    receipt = needed(body, "receipt", longest=64)
    if not re.fullmatch(r"[0-9a-f]{16,64}", receipt):
        raise Misshapen("no usable receipt")
    media, text = _files(body), text_of(body, "text")
    met = text_of(body, "met", longest=10)
    shared = met in SHARED
    if not media and not text.strip():
        raise Misshapen("nothing was said")
    return Arrived(
        account=account,
        key=f"message:{submission}",
        provider_id=submission,
        sender=Sender(
            # Nobody has the receipt code of what was not written to us, and reads an answer under it.
            scheme="overheard" if shared else met if met in READ_FIRST else "receipt",
            handle=receipt,
            name=text_of(contact, "name", longest=100),
        ),
        kind=_kind(body, text, media),
        text=text,
        media=media,
        place=_place(body),
        place_name="" if _place(body) else text_of(optional(body, "place"), "name", longest=200),
        sent_at=_moment(body.get("at")),
        overheard=shared or met in READ_FIRST,
        choices=_choices(body, contact, shared=shared),
    )


def _kind(body: Json, text: str, media: tuple[Media, ...]) -> str:
    met = text_of(body, "met", longest=10)
    if met in MET:
        return met
    return "text" if text.strip() or not media else media[0].kind


def _choices(body: Json, contact: Json, *, shared: bool) -> dict[str, str]:
    """What was ticked and filled in beside the text; empty answers are left out. Nobody follows what was shared."""
    given = {name: text_of(body, name, longest=40) for name in ("language", "category", "receipt")}
    given["receipt"] = "" if shared else text_of(body, "receipt", longest=64)
    given["joins"] = text_of(body, "joins", longest=16) if shared else ""
    given["phone"] = text_of(contact, "phone", longest=20)
    given["safe"] = text_of(contact, "safe", longest=3)
    given["entered_by"] = text_of(body, "entered_by", longest=20)
    given["kind"] = "tip" if body.get("tip") is True else ""
    given["handed"] = text_of(body, "handed", longest=16)  # the number of the other force's transfer
    given["handed_by"] = text_of(body, "handed_by", longest=40)
    given["wish"] = text_of(body, "wish", longest=40)
    given["follow_up"] = "yes" if body.get("follow_up") is True else ""
    return {name: value for name, value in given.items() if value}


def _place(body: Json) -> Place | None:
    """The point that was marked; None when there is none, or a place in words only."""
    place = optional(body, "place")
    if "lat" not in place and "lng" not in place:
        return None
    lat, lng = coordinate(place, "lat", most=90), coordinate(place, "lng", most=180)
    return Place(lat=lat, lng=lng, name=text_of(place, "name", longest=200))


def _files(body: Json) -> tuple[Media, ...]:
    files: Any = body.get("files") or []
    if not isinstance(files, list):
        raise Misshapen("files are no list")
    return tuple(_file(file) for file in files)


def _file(file: object) -> Media:
    if not isinstance(file, dict):
        raise Misshapen("a file that is no object")
    kind = needed(file, "kind", longest=10)
    if kind not in KINDS:
        raise Misshapen("unknown kind of file")
    return Media(
        kind=kind,
        ref=needed(file, "id", longest=16),
        mime=text_of(file, "mime", longest=100),
        name=text_of(file, "name", longest=200),
        sha256=text_of(file, "sha256", longest=64),
    )


def _moment(value: object) -> datetime | None:
    """An ISO time with its zone; None when it is missing or something else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


CHANNEL = Channel(
    kind="webform",
    label=_("Web form"),
    limits=Limits(
        text_length=10_000,
        media_bytes={"image": 10 * MB, "audio": 16 * MB, "video": 50 * MB, "document": 20 * MB},
    ),
    fields=(),
    count=count,
    read=read,
    steps=(
        _("There is no provider: the page is ours, and works as soon as it is connected here."),
        _("Put {hook} onto the web site of the force and onto posters, also as a QR code."),
        _("Then write something there yourself, without signing in: it appears at the desk."),
    ),
)
