"""Django's WSGI handler behind an ASGI server: a thread makes the response, the async side sends it.

A thread is held only while a view works. Bodies of responses are handed over whole; files and other streams are read
chunk by chunk, so that a slow reader holds no thread. (a2wsgi's own responder keeps one until the last byte is taken.)
"""

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any

from a2wsgi.wsgi import build_environ

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
STUCK_SECONDS = 60.0  # a reader who takes nothing for so long is let go


@dataclass
class Made:
    """A response: its body, or the stream that still has to be read."""

    status: int
    headers: Headers
    body: bytes = b""
    stream: Iterable[bytes] | None = None


class Bridge:
    """Runs a WSGI application in `threads` threads."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="pages")

    async def answer(self, scope: dict[str, Any], send: Send, *, body: IO[bytes], length: int) -> None:
        """Make the response to a request whose body is here, and send it."""
        environ: dict[str, Any] = {**build_environ(scope, body)}  # type: ignore[arg-type]
        environ["CONTENT_LENGTH"] = str(length)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["wsgi.errors"] = sys.stderr
        made = await self._in_thread(self._make, environ)
        await send({"type": "http.response.start", "status": made.status, "headers": made.headers})
        if made.stream is None:
            await send({"type": "http.response.body", "body": made.body})
        else:
            await self._stream(made.stream, send)

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.pool, context.run, function, *args)

    def _make(self, environ: dict[str, Any]) -> Made:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started[:] = [int(status[:3]), headers]

        content = self.application(environ, start_response)
        status, headers = started
        made = Made(
            status, [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        )
        if getattr(content, "streaming", False) and environ["REQUEST_METHOD"] != "HEAD":
            made.stream = content
            return made
        try:
            made.body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"".join(content)
        finally:
            _close(content)
        return made

    async def _stream(self, stream: Iterable[bytes], send: Send) -> None:
        """Send chunk by chunk. A stream that breaks leaves the answer unfinished, and the reader notices."""
        try:
            chunks = iter(stream)
            while (chunk := await self._in_thread(next, chunks, None)) is not None:
                async with asyncio.timeout(STUCK_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self._in_thread(_close, stream)


def _close(content: object) -> None:
    close = getattr(content, "close", None)
    if close is not None:
        close()
