"""Prepared answers have blanks, `{name}`: which there are, and filling them in."""

import re
from collections.abc import Mapping

BLANKS = ("name", "reference", "category", "place", "unit", "desk", "officer", "date")
_BLANK = re.compile(r"\{([^{}\n]{0,40})\}")


def unknown(text: str) -> list[str]:
    """What stands in braces and is no blank of ours, in order."""
    return [found for found in _BLANK.findall(text) if found not in BLANKS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values that are known; other blanks stay as they are, for a person to fill in."""
    return _BLANK.sub(lambda found: values.get(found[1]) or found[0], text)


def left(text: str) -> list[str]:
    """Blanks of ours that nobody has filled in yet."""
    return [found for found in _BLANK.findall(text) if found in BLANKS]
