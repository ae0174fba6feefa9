"""Words that people with an old telephone send alone: STATUS, HELP, STOP, START, or the name of a language.

Only a message that is nothing but such a word is one: whoever writes more is telling something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rabta.kit import scripts

LONGEST = 30  # characters


class Word(StrEnum):
    """What can be asked by a word."""

    STATUS = "status"
    HELP = "help"
    STOP = "stop"
    START = "start"
    LANGUAGE = "language"
    GREETING = "greeting"  # the button Start of a messenger


@dataclass(frozen=True)
class Command:
    """The word, and the language in which it was said or which it asks for ("" when it tells none)."""

    word: Word
    language: str = ""


def command_of(text: str, *, words: Mapping[str, Command]) -> Command | None:
    """The command that a text is. `words` are normalised (`kit.scripts`)."""
    if len(text) > LONGEST:
        return None
    return words.get(" ".join(scripts.words(text)))


def told_neutrally(*, sensitive: bool, protected: bool, safe: bool) -> bool:
    """Whether STATUS says of a case no more than that it was received.

    Whoever holds the telephone may not be who wrote. Source: safe contact; protected matters.
    """
    return (sensitive or protected) and not safe
