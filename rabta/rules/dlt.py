"""Which registered template an SMS is. Indian operators carry only texts whose template they know (DLT), with its id.

A template is registered with `{#var#}` for what differs; each stands for up to thirty characters. Source: the portals
of the operators (TRAI, TCCCPR 2018).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

VARIABLE = "{#var#}"
LONGEST_VARIABLE = 30
_LINE = re.compile(r"\s*(\d{5,40})\s*[=:]\s*(\S.*?)\s*")


@dataclass(frozen=True)
class Registered:
    """A registered template: its id, and its text with `{#var#}`."""

    id: str
    text: str


def read(lines: str) -> list[Registered]:
    """One template a line, `id=text`. Raises ValueError with the line that is none."""
    found = []
    for line in filter(str.strip, lines.splitlines()):
        pair = _LINE.fullmatch(line)
        if pair is None:
            raise ValueError(line.strip()[:60])
        found.append(Registered(id=pair[1], text=pair[2]))
    return found


def template_of(text: str, registered: Sequence[Registered]) -> str | None:
    """The id of the template that this text is; of several the one that says most itself. None where none fits."""
    plain = " ".join(text.split())
    fitting = [one for one in registered if _pattern(one.text).fullmatch(plain)]
    return (
        max(fitting, key=lambda one: len(one.text.replace(VARIABLE, "")), default=Registered("", "")).id
        or None
    )


def _pattern(text: str) -> re.Pattern[str]:
    """Runs of blanks and line ends count as one blank, as portals show them."""
    words = [re.escape(part) for part in " ".join(text.split()).split(VARIABLE)]
    return re.compile(f".{{0,{LONGEST_VARIABLE}}}".join(words))
