"""What a citizen can ask for by a word or a button: another look, the next level, to withdraw, or an opinion.

`REOPEN they did nothing` asks with a reason; an opinion is a number or a word alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rabta.kit import scripts

LONGEST = 600  # characters of a wish with its reason; whoever writes more tells something new
PREFIX = "wish"


class Wish(StrEnum):
    REOPEN = "reopen"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    OPINION = "opinion"


@dataclass(frozen=True)
class Wished:
    """A wish; of an opinion also the mark from 1 (bad) to 5 (good). `case`: which case the button stood under."""

    wish: Wish
    mark: int = 0
    case: str = ""


def wished(text: str, *, words: Mapping[str, tuple[Wish, int]]) -> Wished | None:
    """The wish that a text begins with; an opinion only where nothing else is said. `words` are normalised."""
    if len(text) > LONGEST:
        return None
    said = scripts.words(text)
    longest = max((len(word.split()) for word in words), default=0)
    for length in range(min(longest, len(said)), 0, -1):
        found = words.get(" ".join(said[:length]))
        if found and (found[0] != Wish.OPINION or length == len(said)):
            return Wished(found[0], found[1])
    return None


def key_of(wish: Wish, *, case: str, mark: int = 0) -> str:
    """The key of a button under a message about a case."""
    return f"{PREFIX}:{case}:{wish}:{mark}"


def of_key(key: str) -> Wished | None:
    """The wish of a button; None for any other."""
    parts = key.split(":")
    if len(parts) != 4 or parts[0] != PREFIX or parts[2] not in set(Wish) or parts[3] not in "012345":
        return None
    return Wished(Wish(parts[2]), int(parts[3] or 0), parts[1])
