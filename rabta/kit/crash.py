"""Named places at which a test makes a process die, as a power cut would. Without RABTA_CRASH_AT they do nothing."""

import os
import signal

_PLACE = os.environ.get("RABTA_CRASH_AT", "")


def point(place: str) -> None:
    """Kill this process here if RABTA_CRASH_AT names this place."""
    if place == _PLACE:
        os.kill(os.getpid(), signal.SIGKILL)
