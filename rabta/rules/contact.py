"""Whether something may leave for somebody who could be harmed when another person reads it.

Source: safe contact for every urgent matter and every protected person: no automatic message beyond the neutral
receipt unless they said that it is safe; nothing at all where they said that it is not.
"""

YES, NO = "yes", "no"


def may_leave(*, automatic: bool, receipt: bool, careful: bool, safe: str) -> bool:
    """Whether a message may be sent.

    `receipt`: it says no more than that something was received (and the emergency number where life is in danger).
    `careful`: the matter is urgent or withheld, or its writer is protected. `safe`: what that person said.
    """
    if safe == NO:
        return False
    return not automatic or receipt or not careful or safe == YES
