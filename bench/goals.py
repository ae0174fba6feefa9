"""Whether a figure of SECURITY.md's promises is as it should be, and which ones are known not to be."""

import re
from pathlib import Path

HEADING = "## Figures that are not held yet"
_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")


def met(value: object, goal: str) -> bool | None:
    """Whether the value (`0 of 128`, `7123`) fits the goal; None where nothing is promised.

    Goals are a number that must be met exactly (`0`, `1000 of 1000`), or `5,000 or more`, `300 or less`. Raises
    ValueError for a goal or a value that can't be compared: a typing error must not pass for a promise that holds.
    """
    if not goal:
        return None
    found, wanted = _first(str(value)), _first(goal)
    if goal.endswith(" or more"):
        return found >= wanted
    if goal.endswith(" or less"):
        return found <= wanted
    if not re.fullmatch(r"[0-9,.]+( of [0-9,.]+)?", goal):
        raise ValueError(f"the goal “{goal}” can't be compared")
    return found == wanted


def _first(text: str) -> float:
    match = _NUMBER.match(text.strip())
    if match is None:
        raise ValueError(f"“{text}” does not begin with a number")
    return float(match[0].replace(",", ""))


def not_held(document: Path) -> frozenset[str]:
    """The names of figures that SECURITY.md says are not held yet: between “ and ” in its list."""
    _before, _heading, after = document.read_text(encoding="utf-8").partition(HEADING)
    section = after.partition("\n## ")[0]
    return frozenset(re.findall(r"^- “([^”]+)”", section, re.MULTILINE))
