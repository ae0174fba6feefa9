"""Taking JSON of strangers apart without trusting a single shape in it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

Json = dict[str, Any]
_LATEST = 253_402_300_799  # the end of the year 9999 in seconds


class Misshapen(ValueError):
    """Something is not as it should be; the text says what, and holds nothing of the content."""


def load(raw: bytes) -> Json:
    """The JSON object in the bytes. ValueError for anything else.

    orjson is quick and strict; what it refuses (half a surrogate pair, as phones do send) the standard library
    may read.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise Misshapen("not JSON") from None
    if not isinstance(body, dict):
        raise Misshapen("not a JSON object")
    return body


def clean(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL, and half surrogate pairs (shown as the replacement character)."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_of(holder: Mapping[str, Any], name: str, *, longest: int = 100_000) -> str:
    """The text under this name; empty when it is missing or no text."""
    value = holder.get(name)
    return clean(value)[:longest] if isinstance(value, str) else ""


def part(holder: Mapping[str, Any], name: str) -> Json:
    """The object under this name; Misshapen when there is none."""
    value = holder.get(name)
    if not isinstance(value, dict):
        raise Misshapen(f"no {name}")
    return value


def optional(holder: Mapping[str, Any], name: str) -> Json:
    """The object under this name, or an empty one."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def needed(holder: Mapping[str, Any], name: str, *, longest: int = 512) -> str:
    """A text that must be there; Misshapen when it is empty, missing or too long."""
    value = text_of(holder, name, longest=longest + 1)
    if not value or len(value) > longest:
        raise Misshapen(f"no usable {name}")
    return value


def coordinate(holder: Mapping[str, Any], name: str, *, most: int) -> float:
    """A number of degrees between -most and most."""
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Misshapen(f"no usable {name}")
    degrees = float(value)
    if not -most <= degrees <= most:  # false for NaN as well
        raise Misshapen(f"no usable {name}")
    return degrees


def moment(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or as text; None when it is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    if seconds > 100_000_000_000:  # the year 5138 in seconds, 1973 in milliseconds
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= _LATEST else None


def named(value: object) -> str:
    """An account's external id as text; empty unless it is a plain word of at most 80 characters."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= 80 and text.isascii() and text.isprintable() else ""
