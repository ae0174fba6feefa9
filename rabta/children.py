"""What every started process has in common: it ends with its parent, and its whole group can be ended."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends signal `number` to the child when the thread that started it ends.

    Linux only (elsewhere the guard of the supervisor is all there is). subprocess calls it after the change
    of user, which matters: changing the user clears the setting.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
            if os.getppid() != parent:  # it ended before we asked
                os.kill(os.getpid(), number)

    return in_child


def signal_group(group: int, number: int) -> bool:
    """Send signal `number` to a process group; False when nothing of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False
