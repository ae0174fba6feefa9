"""Request bodies: taken in on the async side, counted, and kept on disk, before a thread is given to the request.

A stalled or endless upload costs a coroutine and an unnamed file, never one of the threads that make pages. A body
that did not come whole never reaches a view.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

LARGEST_BODY = 40 * 1024 * 1024  # a form with several photos; a video of WhatsApp's size
LARGEST_DRAIN = 4 * LARGEST_BODY  # read and thrown away, so that the browser hears the answer
IN_MEMORY = 128 * 1024
IDLE_SECONDS = 20.0
LONGEST_SECONDS = 600.0
STALE_SECONDS = (
    3600.0  # no upload and no page takes so long: what is older was left by a process that was killed
)


class Refusal(Exception):
    """A body that can't be taken. `status` is what the sender is told."""

    status = 400


class TooLarge(Refusal):
    """More bytes than are allowed, announced or sent."""

    status = 413


class Stalled(Refusal):
    """Nothing came for a while, or all of it took too long."""

    status = 408


class Cut(Stalled):
    """The sender left, or closed his side, before the body was whole. Perhaps he still listens."""


class WrongLength(Refusal):
    """The Content-Length is not a number."""


class Spool:
    """Takes bodies in. `folder` holds the ones that are too large for memory, as files without a name."""

    def __init__(
        self,
        folder: Path,
        *,
        largest: int = LARGEST_BODY,
        idle: float = IDLE_SECONDS,
        longest: float = LONGEST_SECONDS,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder, self.largest, self.idle, self.longest = folder, largest, idle, longest

    async def take(self, receive: Receive, *, announced: str | None) -> tuple[IO[bytes], int]:
        """The whole body as a file at its start, and its length.

        `announced` is the Content-Length header. Raises a Refusal.
        """
        length = _length(announced)
        if length is not None and length > self.largest:
            await self._drain(receive, length)
            raise TooLarge
        body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self.folder))  # noqa: SIM115
        try:
            async with asyncio.timeout(self.longest):
                size = await self._fill(body, receive)
        except TimeoutError:
            body.close()
            raise Stalled from None
        except BaseException:
            body.close()
            raise
        if length is not None and size != length:
            body.close()
            raise Cut
        body.seek(0)
        return body, size

    async def _fill(self, body: IO[bytes], receive: Receive) -> int:
        size, more = 0, True
        while more:
            chunk, more = await self._next(receive)
            size += len(chunk)
            if size > self.largest:
                raise TooLarge
            if size > IN_MEMORY:  # on disk from here: never let the disk hold up the loop
                await asyncio.to_thread(body.write, chunk)
            else:
                body.write(chunk)
        return size

    async def _next(self, receive: Receive) -> tuple[bytes, bool]:
        try:
            async with asyncio.timeout(self.idle):
                message = await receive()
        except TimeoutError:
            raise Stalled from None
        if message["type"] != "http.request":
            raise Cut
        return message.get("body", b""), message.get("more_body", False)

    async def sweep_for_ever(self) -> None:
        """Now and every hour: remove what a killed process left in the folder."""
        while True:
            await asyncio.to_thread(self.sweep, now=time.time())
            await asyncio.sleep(STALE_SECONDS)

    def sweep(self, *, now: float) -> int:
        """Remove files that nobody has written to for an hour; returns how many. `now` is in seconds."""
        removed = 0
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < now - STALE_SECONDS:
                    path.unlink()
                    removed += 1
        return removed

    async def _drain(self, receive: Receive, length: int) -> None:
        """Browsers show no answer while they still send, so hear them out where that is not too much."""
        read, more = 0, length <= LARGEST_DRAIN
        async with asyncio.timeout(self.longest):
            while more and read <= LARGEST_DRAIN:
                chunk, more = await self._next(receive)
                read += len(chunk)


def _length(announced: str | None) -> int | None:
    if announced is None:
        return None
    if not announced.isascii() or not announced.isdigit() or len(announced) > 18:
        raise WrongLength
    return int(announced)
