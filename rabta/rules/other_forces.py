"""What of a case another force is given by machine, and when it is tried again.

The police of one force may tell another what it needs to act. Whoever was promised that nobody learns his name keeps
that promise across forces; what is kept from people within our own house does not leave it by itself at all: its
papers go by hand, from person to person.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Goes(StrEnum):
    """What goes by machine."""

    NOTHING = "nothing"
    WORDS = "words"  # what was said, what about and where: no name, no number, no file
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What decides it. `careful`: a restricted category, a tip, or somebody who did not write to us himself."""

    accusation: bool  # against police, or somebody of ours is named as accused
    confidential: bool
    protected: bool
    careful: bool


def what_goes(facts: Facts) -> Goes:
    """What of the case another force's Rabta is given."""
    if facts.accusation or facts.confidential:
        return Goes.NOTHING
    return Goes.WORDS if facts.protected or facts.careful else Goes.ALL


_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# After the first try, the second …: together a little more than a day, so that a night without a line is survived.
PAUSES = (
    2 * _MINUTE,
    5 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    12 * _HOUR,
)

# After the last try, before it is given up: the answer may be on its way.
LAST = PAUSES[0]


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries (1 is the first); None when it is given up."""
    return PAUSES[tries - 1] if 1 <= tries <= len(PAUSES) else None
