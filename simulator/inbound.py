"""What a person sends: the provider's content for the webhook, and what the person's own phone shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.store import Row

Json = dict[str, Any]
MEDIA_KINDS = ("image", "audio", "video", "document", "sticker")
UNSUPPORTED = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}


def read_send(given: Json, media: Row | None) -> tuple[Json, Json]:
    """(content of the webhook's message, what the phone shows); ValueError says what is missing."""
    kind = str(given.get("type", "text"))
    if kind in MEDIA_KINDS:
        return _media(given, kind=kind, media=media)
    reader = READERS.get(kind)
    if reader is None:
        raise ValueError(f"type {kind!r} is unknown; known: {', '.join(sorted([*READERS, *MEDIA_KINDS]))}")
    return reader(given)


def _needed(given: Json, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def truth(value: object) -> bool:
    """A flag from JSON or from a form field."""
    return str(value).lower() in ("1", "true", "yes", "on")


def _text(given: Json) -> tuple[Json, Json]:
    text = _needed(given, "text")
    return {"text": {"body": text}}, {"kind": "text", "text": text}


def _media(given: Json, *, kind: str, media: Row | None) -> tuple[Json, Json]:
    if media is None:
        raise ValueError("media is missing: a file in a multipart form, or base64 in JSON")
    content: Json = {"mime_type": media["mime_type"], "sha256": media["sha256"], "id": media["id"]}
    shown: Json = {
        "kind": kind,
        "media": media["id"],
        "mime": media["mime_type"],
        "size": media["size"],
        "filename": media["filename"],
        "text": str(given.get("caption") or ""),
    }
    if shown["text"] and kind in ("image", "video", "document"):
        content["caption"] = shown["text"]
    if kind == "document":
        content["filename"] = media["filename"]
    if kind == "audio":
        shown["voice"] = content["voice"] = truth(given.get("voice", True))
    if kind == "sticker":
        content["animated"] = False
    return {kind: content}, shown


def _location(given: Json) -> tuple[Json, Json]:
    try:
        latitude, longitude = float(given["latitude"]), float(given["longitude"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("latitude and longitude are needed as numbers") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("latitude or longitude is outside the world")
    place: Json = {"latitude": latitude, "longitude": longitude}
    place |= {key: str(given[key]) for key in ("name", "address") if given.get(key)}
    shown = {"kind": "location", "name": "", "address": ""} | place
    return {"location": place}, shown


def _contacts(given: Json) -> tuple[Json, Json]:
    cards = given.get("contacts") or [{"name": _needed(given, "name"), "phone": _needed(given, "phone")}]
    content, shown = [], []
    for card in cards:
        name, phone = str(card["name"]), str(card["phone"])
        content.append(
            {
                "name": {"formatted_name": name, "first_name": name.split()[0]},
                "phones": [{"phone": phone, "type": "CELL"}],
            }
        )
        shown.append({"name": name, "phones": [phone]})
    return {"contacts": content}, {"kind": "contacts", "contacts": shown}


def _reaction(given: Json) -> tuple[Json, Json]:
    target, emoji = _needed(given, "message_id"), str(given.get("emoji") or "")
    content = {"message_id": target} | ({"emoji": emoji} if emoji else {})
    return {"reaction": content}, {"kind": "reaction", "target": target, "emoji": emoji}


def _button(given: Json) -> tuple[Json, Json]:
    text = _needed(given, "text")
    return (
        {"button": {"payload": str(given.get("payload") or text), "text": text}},
        {"kind": "text", "text": text},
    )


def _interactive(given: Json) -> tuple[Json, Json]:
    for kind in ("button_reply", "list_reply"):
        reply = given.get(kind)
        if isinstance(reply, dict) and reply.get("id") and reply.get("title"):
            text = str(reply["title"])
            if kind == "list_reply" and reply.get("description"):
                text += "\n" + str(reply["description"])
            return {"interactive": {"type": kind, kind: reply}}, {"kind": "text", "text": text}
    raise ValueError("button_reply or list_reply with id and title is missing")


def _edit(given: Json) -> tuple[Json, Json]:
    target, text = _needed(given, "message_id"), _needed(given, "text")
    message = {"type": "text", "text": {"body": text}}
    return (
        {"edit": {"original_message_id": target, "message": message}},
        {"kind": "edit", "target": target, "text": text},
    )


def _revoke(given: Json) -> tuple[Json, Json]:
    target = _needed(given, "message_id")
    return {"revoke": {"original_message_id": target}}, {"kind": "revoke", "target": target}


def _system(given: Json) -> tuple[Json, Json]:
    if given.get("new_user_id"):
        facts = {"user_id": str(given["new_user_id"]), "type": "user_changed_user_id"}
        return {"system": facts}, {"kind": "note", "text": "Your user id is another now."}
    new = "".join(c for c in _needed(given, "new_phone") if c.isdigit())
    body = f"User changed from {given.get('from')} to {new}"
    return (
        {"system": {"body": body, "wa_id": new, "type": "user_changed_number"}},
        {"kind": "note", "text": body},
    )


def _unsupported(given: Json) -> tuple[Json, Json]:
    inner = str(given.get("unsupported") or "poll_creation")
    return (
        {"errors": [UNSUPPORTED], "unsupported": {"type": inner}},
        {"kind": "note", "text": f"You sent something that businesses cannot receive ({inner})."},
    )


READERS: dict[str, Callable[[Json], tuple[Json, Json]]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "unsupported": _unsupported,
}
