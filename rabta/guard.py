"""The guard: a small process that outlives a killed supervisor just long enough to end what that left behind.

It reads `+GROUP SIGNAL` and `-GROUP` lines from a pipe. When the pipe closes, because the supervisor stopped or was
killed, it gives the groups still listed a moment to end by themselves and then ends them.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 5.0


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        words = [sys.executable, "-I", str(Path(__file__).resolve())]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, start_new_session=True, cwd="/", text=True
        )

    def watch(self, group: int, last_signal: int = signal.SIGKILL) -> None:
        """End process group `group` with `last_signal` if we are gone."""
        self._write(f"+{group} {int(last_signal)}\n")

    def forget(self, group: int) -> None:
        """The group is gone; its number may be another's soon."""
        self._write(f"-{group}\n")

    def close(self) -> None:
        """Nothing is left to guard."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()


def main() -> None:
    """Read the pipe to its end, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            group, last_signal = line[1:].split()
            groups[int(group)] = int(last_signal)
        else:
            groups.pop(int(line[1:]), None)
    _end(groups)


def _end(groups: dict[int, int]) -> None:
    until = time.monotonic() + PATIENCE
    for group in list(groups):
        _signal(group, signal.SIGINT if groups[group] == signal.SIGQUIT else signal.SIGTERM)
    while groups and time.monotonic() < until:
        groups = {group: last for group, last in groups.items() if _signal(group, 0)}
        time.sleep(0.05)
    for group, last_signal in groups.items():
        _signal(group, last_signal)


def _signal(group: int, number: int) -> bool:
    """Send `number` to the group; False when nothing of it is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
