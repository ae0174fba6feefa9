"""What may leave for somebody who could be harmed when another person reads it.

Source: safe contact for every urgent matter and every protected person: no automatic message beyond the neutral
receipt unless they said that it is safe; nothing at all where they said that it is not; neutral text on lock screens.
"""

from collections.abc import Iterable
from enum import StrEnum

YES, NO = "yes", "no"


class Leaves(StrEnum):
    """What of a letter goes out."""

    NOTHING = "nothing"
    NEUTRAL = "neutral"  # the sentence that there is a message; the words wait until it is safe
    WORDS = "words"


def what_leaves(*, automatic: bool, receipt: bool, careful: bool, safe: str) -> Leaves:
    """What of a letter may be sent.

    `receipt`: it says no more than that something was received (and the emergency number where life is in danger).
    `careful`: the matter is urgent or withheld, or its writer is protected. `safe`: what that person said.
    """
    if safe == NO:
        return Leaves.NOTHING
    if receipt or not careful or safe == YES:
        return Leaves.WORDS
    return Leaves.NOTHING if automatic else Leaves.NEUTRAL


def most_careful(answers: Iterable[str]) -> str:
    """What counts of several answers of one person: one no is enough; a yes counts while nobody said no."""
    given = set(answers)
    return NO if NO in given else YES if YES in given else ""
