"""Approved templates: their placeholders, checked and filled as the provider does."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from simulator.errors import GraphError

Json = dict[str, Any]
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
BUTTON_TYPES = ("URL", "QUICK_REPLY", "PHONE_NUMBER")


def check_template(given: object) -> Json:
    """One entry of PUT /sim/templates, with defaults filled in; ValueError says what is wrong."""
    if not isinstance(given, dict):
        raise ValueError("templates: each one is an object")
    for key in ("name", "language", "body"):
        if not isinstance(given.get(key), str) or not given[key]:
            raise ValueError(f"templates: {key} is missing")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", given["name"]):
        raise ValueError(f"templates: the name {given['name']!r} may hold only a-z, 0-9 and _")
    buttons = given.get("buttons") or []
    for button in buttons:
        if not isinstance(button, dict) or str(button.get("type", "")).upper() not in BUTTON_TYPES:
            raise ValueError(
                f"templates: {given['name']}: a button's type is one of {', '.join(BUTTON_TYPES)}"
            )
        if not button.get("text"):
            raise ValueError(f"templates: {given['name']}: a button has no text")
    category = str(given.get("category") or "utility").lower()
    kept = {key: given.get(key) or "" for key in ("header", "footer")}
    return {
        "name": given["name"],
        "language": given["language"],
        "body": given["body"],
        "category": category,
        "buttons": [button | {"type": button["type"].upper()} for button in buttons],
        "status": str(given.get("status") or "APPROVED").upper(),
        "quality": str(given.get("quality") or "GREEN").upper(),
        "reason": str(given.get("reason") or "NONE"),
        **kept,
    }


def of_components(given: Json) -> Json:
    """A template as it is handed in over the Graph API, in the form that is kept; GraphError 100 when it is unfit."""
    parts = given.get("components")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise GraphError(100, "Param components must be an array of objects.")
    by_type = {str(part.get("type", "")).upper(): part for part in parts}
    body = by_type.get("BODY", {})
    holes = list(dict.fromkeys(PLACEHOLDER.findall(str(body.get("text") or ""))))
    examples = (body.get("example") or {}).get("body_text") or [[]]
    if holes and len(examples[0]) != len(holes):
        raise GraphError(100, "Each variable of the body needs an example.", subcode=2388043)
    try:
        return check_template(
            {
                "name": given.get("name"),
                "language": given.get("language"),
                "category": given.get("category"),
                "body": body.get("text"),
                "header": by_type.get("HEADER", {}).get("text"),
                "footer": by_type.get("FOOTER", {}).get("text"),
                "buttons": by_type.get("BUTTONS", {}).get("buttons"),
                "status": "PENDING",
                "quality": "UNKNOWN",
            }
        )
    except ValueError as error:
        raise GraphError(100, str(error)) from None


def components_of(template: Json) -> list[Json]:
    """The parts of a kept template, as the Graph API lists them."""
    parts: list[Json] = []
    if template.get("header"):
        parts.append({"type": "HEADER", "format": "TEXT", "text": template["header"]})
    parts.append({"type": "BODY", "text": template["body"]})
    if template.get("footer"):
        parts.append({"type": "FOOTER", "text": template["footer"]})
    if template.get("buttons"):
        parts.append({"type": "BUTTONS", "buttons": template["buttons"]})
    return parts


def fill_template(template: Json, components: list[Json]) -> Json:
    """The message that a person sees; GraphError 132000 when the parameters do not fit."""
    parts = {str(part.get("type", "")).lower(): part for part in components if part.get("type") != "button"}
    return {
        "kind": "template",
        "template": template["name"],
        "category": template["category"],
        "header": _filled(template["header"], parts.get("header"), where="header"),
        "text": _filled(template["body"], parts.get("body"), where="body"),
        "footer": template["footer"],
        "buttons": [_button(i, button, components) for i, button in enumerate(template["buttons"])],
    }


def body_parameters(components: list[Json]) -> list[str]:
    """The texts given for the body, for the test's outbox."""
    return [
        str(parameter.get("text", ""))
        for part in components
        if str(part.get("type", "")).lower() == "body"
        for parameter in part.get("parameters") or []
        if isinstance(parameter, dict)
    ]


def _filled(text: str, part: Json | None, *, where: str) -> str:
    wanted = list(dict.fromkeys(PLACEHOLDER.findall(text)))
    given = (part or {}).get("parameters") or []
    if len(given) != len(wanted):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(given)}) does not match the expected number of params "
            f"({len(wanted)})",
        )
    values: dict[str, str] = {}
    for position, parameter in enumerate(given):
        value = _text(parameter, where=where)
        name = parameter.get("parameter_name") or (
            wanted[position] if not wanted[position].isdigit() else None
        )
        values[str(name or position + 1)] = value
    if set(values) != set(wanted):
        raise GraphError(132000, f"{where}: expected the params {', '.join(wanted)}")
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def _text(parameter: object, *, where: str) -> str:
    if not isinstance(parameter, dict) or parameter.get("type", "text") != "text":
        raise GraphError(100, f"Param template['components'] of {where}: only text parameters are known here")
    value = parameter.get("text")
    if not isinstance(value, str) or not value:
        raise GraphError(100, f"Param text of a {where} parameter is missing or empty")
    if re.search(r"[\n\t]| {5,}", value):
        raise GraphError(
            100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return value


def _button(index: int, button: Json, components: list[Json]) -> Json:
    given = next(
        (
            c
            for c in components
            if str(c.get("type", "")).lower() == "button" and str(c.get("index")) == str(index)
        ),
        None,
    )
    parameters = (given or {}).get("parameters") or []
    shown: Json = {"type": button["type"].lower(), "title": button["text"], "index": index}
    if button["type"] == "URL":
        address = str(button.get("url", ""))
        holes = len(PLACEHOLDER.findall(address))
        if holes != len(parameters):
            raise GraphError(
                132000,
                f"button {index}: number of params ({len(parameters)}) does not match the "
                f"expected number of params ({holes})",
            )
        if holes:
            tail = quote(_text(parameters[0], where="button"), safe="/?&=-_.~%")
            address = PLACEHOLDER.sub(lambda _: tail, address)
        shown["url"] = address
    elif button["type"] == "QUICK_REPLY":
        first = parameters[0] if parameters and isinstance(parameters[0], dict) else {}
        shown["payload"] = str(first.get("payload") or button["text"])
    else:
        shown["phone_number"] = str(button.get("phone_number", ""))
    return shown
