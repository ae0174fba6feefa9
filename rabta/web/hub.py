"""Who listens for changes in this web process, and who hears of which. No input or output here.

An officer hears of a case only when one of the officer's units is among those that may see it (`visible_to`) and it is
not hidden from him (`hidden_from`); what is said is its public id and nothing else. Whatever is withheld from an
officer makes no sound at all.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from rabta.kit.changes import Change

MOST_PENDING = 200  # more than that and the page had better load its lists anew


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Whoever holds an open page: the session it came with, and what its officer may see."""

    session: str
    officer: int
    units: frozenset[int]
    shut_out_as: frozenset[int]
    posts: frozenset[int]


@dataclass(eq=False)
class Listener:
    """One open page: what it has yet to be told. Holds each case once, however often it changes."""

    viewer: Viewer
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    _pending: dict[tuple[str, str], None] = field(default_factory=dict)

    def hear(self, change: Change, name: str = "case") -> None:
        """Note a change if this officer may know of it."""
        if not self.viewer.units & change.units or self.viewer.shut_out_as & change.hidden:
            return
        self._add(name, change.case)
        if self.viewer.posts & change.posts:
            self._add("order", change.case)

    def refresh(self) -> None:
        """Something may have been missed: the page shall load its lists anew."""
        self._pending = {("refresh", ""): None}
        self.wake.set()

    def close(self) -> None:
        """End the stream; the page connects again and is asked again who it is."""
        self.closed = True
        self._pending.clear()
        self.wake.set()

    def take(self) -> str:
        """What there is to tell, as server-sent events."""
        self.wake.clear()
        pending, self._pending = self._pending, {}
        return "".join(f"event: {name}\ndata: {data}\n\n" for name, data in pending)

    def _add(self, name: str, data: str) -> None:
        if ("refresh", "") in self._pending:
            return
        self._pending[(name, data)] = None
        if len(self._pending) > MOST_PENDING:
            self.refresh()
        self.wake.set()


class Hub:
    """All listeners of this process."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()

    def add(self, viewer: Viewer) -> Listener:
        """A page opened its stream."""
        listener = Listener(viewer)
        self.listeners.add(listener)
        return listener

    def remove(self, listener: Listener) -> None:
        """Its stream has ended."""
        self.listeners.discard(listener)

    def publish(self, changes: Iterable[Change], name: str = "case") -> None:
        """Tell every change to those who may know of it; `name`: of the case itself, or of who is at it."""
        for change in changes:
            for listener in self.listeners:
                listener.hear(change, name)

    def refresh(self) -> None:
        """Tell all to load their lists anew."""
        for listener in self.listeners:
            listener.refresh()

    def close(self) -> None:
        """End all streams."""
        for listener in list(self.listeners):
            listener.close()
