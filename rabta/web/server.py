"""The web process: one Granian in one process, `/live` on its async side, every page in a pool of threads.

Django runs as WSGI (its ASGI handler is many times slower); what must not hold a thread does not get one: live
streams, static files, bodies on their way in, files on their way out.
"""

import asyncio
import logging
import signal
import string
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import uvloop
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver
from granian.constants import Interfaces
from granian.server.embed import Server

from rabta.web import refusals
from rabta.web.bridge import Bridge, Send
from rabta.web.live import Live
from rabta.web.static_files import StaticFiles
from rabta.web.uploads import Receive, Refusal, Spool

THREADS = 12  # and as many database connections; pages are short
MOST_WAITING = 400
STOP_SECONDS = 5.0
log = logging.getLogger(__name__)


class Web:
    """The ASGI application."""

    def __init__(
        self, *, pages: Callable[..., Any], live: Live, threads: int = THREADS, spool: Spool
    ) -> None:
        self.pages = Bridge(pages, threads=threads)
        self.static = StaticFiles(settings.STATICFILES_DIRS, prefix=settings.STATIC_URL)
        self.live, self.spool = live, spool
        self.waiting = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def hear() -> dict[str, Any]:  # what Granian gives is awaitable, but no coroutine
            return await receive()  # type: ignore[no-any-return]

        try:
            await self._answer(scope, hear, send)
        except Exception:
            log.exception("web: no answer could be made to %s", scope["method"])
            raise  # Granian answers 500, or breaks off what had begun

    async def _answer(self, scope: dict[str, Any], hear: Receive, send: Send) -> None:
        if scope["path"] == "/live":
            await self.live.answer(scope, hear, send)
        elif scope["path"] == "/health":
            await self._health(send)
        elif not await self.static.answer(scope, send):
            await self._page(scope, hear, send)

    async def _page(self, scope: dict[str, Any], hear: Receive, send: Send) -> None:
        if not scope["query_string"].isascii():  # typed by hand: the bridge to WSGI takes it encoded only
            scope = {**scope, "query_string": quote(scope["query_string"], safe=string.printable).encode()}
        announced = dict(scope["headers"]).get(b"content-length")
        try:
            body, length = await self.spool.take(hear, announced=announced and announced.decode("latin1"))
        except Refusal as refusal:
            await refusals.answer(refusal.status, scope, send)
            return
        with body:
            if self.waiting >= MOST_WAITING:
                await refusals.answer(503, scope, send)
                return
            self.waiting += 1
            try:
                await self.pages.answer(scope, send, body=body, length=length)
            finally:
                self.waiting -= 1

    async def _health(self, send: Send) -> None:
        """200 when the database answers and changes are heard, for whoever balances load."""
        well = self.live.hears and await self.live.database_answers()
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200 if well else 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok\n" if well else b"no database\n"})


def run() -> None:
    """Serve on settings.PORT until SIGTERM or Ctrl-C."""
    uvloop.run(_serve())


async def _serve() -> None:
    started = time.monotonic()
    list(
        get_resolver().url_patterns
    )  # a page that can't be loaded shows now, and the first visitor need not wait
    live = Live()
    spool = Spool(settings.HOME / "tmp")
    web = Web(pages=WSGIHandler(), live=live, spool=spool)
    sweeping = asyncio.create_task(spool.sweep_for_ever())
    server = Server(
        web, settings.BIND, settings.PORT, interface=Interfaces.ASGINL, backlog=1024, log_enabled=False
    )
    listening = asyncio.create_task(live.listen())
    serving = asyncio.create_task(server.serve())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log.info(
        "web: serving http://%s:%s after %.1f s", settings.BIND, settings.PORT, time.monotonic() - started
    )
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopping, serving, listening}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        log.error("web: %s ended, so all of it ends", "the server" if serving.done() else "live")
    listening.cancel()
    sweeping.cancel()
    live.close()
    server.stop()
    await asyncio.wait({serving}, timeout=STOP_SECONDS)
    web.pages.pool.shutdown(wait=True, cancel_futures=True)
    if not stopping.done():
        sys.exit(1)  # the supervisor starts it again
