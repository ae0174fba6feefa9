"""Live events for the phone page: everyone who listens gets every event."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Event = dict[str, Any]


class Hub:
    """A loudspeaker: `publish` never waits, a listener that is too slow loses its place and reconnects."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event | None]] = set()

    def publish(self, event: Event) -> None:
        """Tell every listener."""
        for queue in list(self._listeners):
            if queue.full():
                self._listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Event | None]]:
        """A queue of events for as long as the block runs; None means: stop."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=2000)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """Let every listener go home."""
        for queue in list(self._listeners):
            if not queue.full():
                queue.put_nowait(None)
