"""An end for what may not take for ever, of which there is a great deal.

A timer for each body costs the gateway more than to check its signature. Here one look a second ends all that are late.
"""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

LOOK = 1.0  # seconds
Result = TypeVar("Result")


class Patience:
    """Lets so many seconds pass, and a look's time more at most."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[asyncio.Task[object], float] = {}  # the oldest first
        self._late: set[asyncio.Task[object]] = set()

    async def within(self, work: Awaitable[Result]) -> Result:
        """What the work comes to; raises TimeoutError when it takes too long. One at a time in each task."""
        task = asyncio.current_task()
        assert task is not None
        self._since[task] = time.monotonic()
        try:
            return await work
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            task.uncancel()
            raise TimeoutError from None
        finally:
            del self._since[task]
            self._late.discard(task)

    async def watch(self) -> None:
        """End what is late, for ever."""
        while True:
            await asyncio.sleep(min(LOOK, self._seconds))
            self.end_the_late(before=time.monotonic() - self._seconds)

    def end_the_late(self, *, before: float) -> None:
        """End what has been waited for since before this moment (monotonic)."""
        for task, since in self._since.items():
            if since > before:
                break
            if task not in self._late:
                self._late.add(task)
                task.cancel()
