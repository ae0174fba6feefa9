"""Bodies of POST /messages: checked like the provider checks them, and turned into what a phone shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.errors import GraphError
from simulator.templates import fill_template
from simulator.world import World

Json = dict[str, Any]
MEDIA_KINDS = ("image", "document", "audio", "video", "sticker")
LIMIT_TEXT, LIMIT_CAPTION, LIMIT_BODY = 4096, 1024, 1024


def shown_of(body: Json, *, world: World, account: str) -> Json:
    """Check the part that belongs to the message's type and say how a phone shows it; GraphError otherwise."""
    kind = body.get("type", "text")
    if kind in MEDIA_KINDS:
        return _media(body, kind=kind, world=world, account=account)
    if kind == "template":
        return _template(body, world=world)
    if kind == "contacts":
        return _contacts(body.get("contacts"))
    reader = READERS.get(kind)
    if reader is None:
        known = ", ".join(sorted([*READERS, *MEDIA_KINDS, "template", "contacts"]))
        raise GraphError(100, f"Param type must be one of {{{known}}} - got {str(kind)!r}.")
    return reader(part(body, kind))


def part(body: Json, name: str) -> Json:
    """The object under this name."""
    found = body.get(name)
    if not isinstance(found, dict):
        raise GraphError(100, f"The parameter {name} is required.")
    return found


def text_of(holder: Json, name: str, *, where: str, limit: int, required: bool = True) -> str:
    """A text field within its length."""
    value = holder.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise GraphError(100, f"The parameter {where}['{name}'] is required.")
    if len(value) > limit:
        raise GraphError(100, f"Param {where}['{name}'] must be at most {limit} characters long.")
    return value


def _text(given: Json) -> Json:
    return {"kind": "text", "text": text_of(given, "body", where="text", limit=LIMIT_TEXT)}


def _media(body: Json, *, kind: str, world: World, account: str) -> Json:
    given = part(body, kind)
    if ("id" in given) == ("link" in given):
        raise GraphError(100, f"Param {kind} needs exactly one of id and link.")
    shown: Json = {"kind": kind, "filename": str(given.get("filename") or "")}
    if kind in ("image", "video", "document"):
        shown["text"] = text_of(given, "caption", where=kind, limit=LIMIT_CAPTION, required=False)
    if "link" in given:
        return shown | {"link": str(given["link"])}
    media = world.media.find(str(given["id"]), account=account)
    if media is None:
        raise GraphError(
            100, f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
        )
    return shown | {
        "media": media["id"],
        "mime": media["mime_type"],
        "size": media["size"],
        "filename": shown["filename"] or media["filename"],
    }


def _template(body: Json, *, world: World) -> Json:
    given = part(body, "template")
    name = given.get("name")
    language = given.get("language", {}).get("code") if isinstance(given.get("language"), dict) else None
    if not isinstance(name, str) or not isinstance(language, str):
        raise GraphError(
            100, "The parameters template['name'] and template['language']['code'] are required."
        )
    found = world.store.one("SELECT * FROM templates WHERE name = ? AND language = ?", name, language)
    if found is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    status = found["definition"].get("status", "APPROVED")
    if status in ("PAUSED", "DISABLED"):
        raise GraphError(
            132015 if status == "PAUSED" else 132016, f"template name ({name}) is {status.lower()}"
        )
    if status != "APPROVED":
        raise GraphError(132001, f"template name ({name}) is not approved in {language}")
    components = given.get("components") or []
    if not isinstance(components, list) or not all(isinstance(item, dict) for item in components):
        raise GraphError(100, "Param template['components'] must be an array of objects.")
    return fill_template(found["definition"], components)


def _location(given: Json) -> Json:
    try:
        latitude, longitude = float(given["latitude"]), float(given["longitude"])
    except (KeyError, TypeError, ValueError):
        raise GraphError(100, "Param location needs latitude and longitude as numbers.") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise GraphError(100, "Param location is outside the world.")
    return {
        "kind": "location",
        "latitude": latitude,
        "longitude": longitude,
        "name": str(given.get("name") or ""),
        "address": str(given.get("address") or ""),
    }


def _reaction(given: Json) -> Json:
    target = text_of(given, "message_id", where="reaction", limit=512)
    return {"kind": "reaction", "target": target, "emoji": str(given.get("emoji") or "")}


def _contacts(body: object) -> Json:
    if not isinstance(body, list) or not body:
        raise GraphError(100, "The parameter contacts is required.")
    cards = []
    for card in body:
        name = card.get("name", {}).get("formatted_name") if isinstance(card, dict) else None
        if not name:
            raise GraphError(100, "Param contacts needs name['formatted_name'] in each contact.")
        phones = [str(p.get("phone", "")) for p in card.get("phones") or [] if isinstance(p, dict)]
        cards.append({"name": str(name), "phones": phones})
    return {"kind": "contacts", "contacts": cards}


def _interactive(given: Json) -> Json:
    kind = given.get("type")
    if kind not in ("button", "list", "cta_url", "location_request_message"):
        raise GraphError(100, f"Param interactive['type'] is not supported: {kind!r}")
    shown: Json = {
        "kind": "interactive",
        "text": text_of(part(given, "body"), "text", where="interactive['body']", limit=LIMIT_BODY),
        "header": "",
        "footer": "",
    }
    if isinstance(given.get("header"), dict):
        shown["header"] = str(given["header"].get("text") or "")
    if isinstance(given.get("footer"), dict):
        shown["footer"] = text_of(given["footer"], "text", where="interactive['footer']", limit=60)
    action = part(given, "action")
    if kind == "button":
        shown["buttons"] = _reply_buttons(action)
    elif kind == "list":
        shown["list"] = _list(action)
    elif kind == "cta_url":
        parameters = part(action, "parameters")
        shown["buttons"] = [
            {
                "type": "url",
                "title": text_of(parameters, "display_text", where="action", limit=20),
                "url": text_of(parameters, "url", where="action", limit=2000),
            }
        ]
    else:
        shown["buttons"] = [{"type": "location", "title": "Send location"}]
    return shown


def _reply_buttons(action: Json) -> list[Json]:
    given = action.get("buttons")
    if not isinstance(given, list) or not 1 <= len(given) <= 3:
        raise GraphError(100, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    buttons = []
    for button in given:
        reply = part(button, "reply") if isinstance(button, dict) else {}
        buttons.append(
            {
                "type": "reply",
                "id": text_of(reply, "id", where="reply", limit=256),
                "title": text_of(reply, "title", where="reply", limit=20),
            }
        )
    _unique([button["id"] for button in buttons])
    return buttons


def _list(action: Json) -> Json:
    sections = action.get("sections")
    if not isinstance(sections, list) or not sections:
        raise GraphError(100, "The parameter action['sections'] is required.")
    shown: list[Json] = []
    for section in sections:
        rows = section.get("rows") if isinstance(section, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise GraphError(100, "Param action['sections'] needs rows.")
        shown.append(
            {
                "title": str(section.get("title") or "")[:24],
                "rows": [
                    {
                        "id": text_of(row, "id", where="row", limit=200),
                        "title": text_of(row, "title", where="row", limit=24),
                        "description": text_of(row, "description", where="row", limit=72, required=False),
                    }
                    for row in rows
                ],
            }
        )
    every = [row["id"] for section in shown for row in section["rows"]]
    if not 1 <= len(every) <= 10:
        raise GraphError(100, "Total row count exceed max allowed count: 10")
    _unique(every)
    return {"button": text_of(action, "button", where="action", limit=20), "sections": shown}


def _unique(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise GraphError(100, "Duplicated ids are not allowed.")


READERS: dict[str, Callable[[Any], Json]] = {
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": _interactive,
}
