"""`/live`: server-sent events that tell an open page which cases changed. The page then fetches what it shows of them.

One connection of this process hears what `rabta.jobs.tailer` reads from the events; every stream gets what its
officer may know (`rabta.web.hub`). Who that is, is asked when the stream opens, every minute, and at once when a
session or posting ends (the database says so on the channel `rabta_revoked`).
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error, close_old_connections, connection, connections
from django.http import HttpRequest
from django.utils import timezone

from rabta.force import access
from rabta.kit.changes import CHANNEL, PRESENCE, REFRESH, REVOKED, unpack
from rabta.web.accounts import devices, gate
from rabta.web.accounts.policy import strictness
from rabta.web.bridge import Send
from rabta.web.hub import Hub, Listener, Viewer
from rabta.web.uploads import Receive

HEARTBEAT_SECONDS = 15.0
PAUSE_SECONDS = 0.25  # at most four pieces of news a second for one page
STUCK_SECONDS = 15.0  # a reader that takes nothing is let go, and comes back for all of it
RECHECK_SECONDS = 60.0
RECONNECT_SECONDS = 1.0
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
log = logging.getLogger(__name__)


class Live:
    """The streams of one web process."""

    def __init__(self, *, recheck: float = RECHECK_SECONDS) -> None:
        self.hub = Hub()
        self.hears = False
        self.recheck_seconds = recheck
        self.threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")

    async def answer(self, scope: dict[str, Any], hear: Receive, send: Send) -> None:
        """Stream until the page is gone, may no longer look, or does not read."""
        key = session_key(scope)
        try:
            viewer = await self._in_thread(viewer_of, key) if key and scope["method"] == "GET" else None
        except Error:
            await _come_again(send)
            return
        if viewer is None:
            await send(
                {"type": "http.response.start", "status": 401, "headers": [(b"cache-control", b"no-store")]}
            )
            await send({"type": "http.response.body", "body": b""})
            return
        listener = self.hub.add(viewer)
        try:
            await self._stream(listener, hear, send)
        finally:
            self.hub.remove(listener)

    async def listen(self) -> None:
        """Hear changes from the database for ever, through its outages; and check who still may."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recheck_always())
            while True:
                try:
                    await self._hear_changes()
                except (psycopg.Error, OSError) as error:
                    log.warning("live: the database is away (%s), trying again", type(error).__name__)
                finally:
                    self.hears = False
                await asyncio.sleep(RECONNECT_SECONDS)

    async def database_answers(self) -> bool:
        """Whether a query of Django's comes back soon."""
        try:
            async with asyncio.timeout(2):
                return bool(await self._in_thread(_ping))
        except (TimeoutError, Error):
            return False

    def close(self) -> None:
        """End all streams: the process stops."""
        self.hub.close()

    async def _stream(self, listener: Listener, hear: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        writing = asyncio.create_task(_write(listener, send))
        leaving = asyncio.create_task(_until_gone(hear))
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, leaving):
                task.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
        with contextlib.suppress(Exception):  # whoever is gone can't be told
            await send({"type": "http.response.body", "body": b""})

    async def _hear_changes(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            **_connection_settings(), autocommit=True
        ) as database:
            await database.execute(f"LISTEN {CHANNEL}")
            await database.execute(f"LISTEN {REVOKED}")
            await database.execute(f"LISTEN {PRESENCE}")
            self.hears = True
            self.hub.refresh()
            async for channel, text in _notifications(database):
                if channel == REVOKED:
                    await self._revoked(text)
                elif channel == PRESENCE:
                    self.hub.publish(unpack(text), "presence")
                elif text == REFRESH:
                    self.hub.refresh()
                else:
                    self.hub.publish(unpack(text))

    async def _revoked(self, who: str) -> None:
        """`session DIGEST` or `officer ID`: look again at the streams of that session or officer."""
        kind, _, name = who.partition(" ")
        for listener in list(self.hub.listeners):
            viewer = listener.viewer
            if name == (session_digest(viewer.session) if kind == "session" else str(viewer.officer)):
                await self._recheck(listener)

    async def _recheck_always(self) -> None:
        while True:
            await asyncio.sleep(self.recheck_seconds)
            for listener in list(self.hub.listeners):
                await self._recheck(listener)

    async def _recheck(self, listener: Listener) -> None:
        """Close the stream if its officer may see something else now, or nothing."""
        try:
            now = await self._in_thread(viewer_of, listener.viewer.session)
        except Error:  # nothing is heard without a database, so nothing is betrayed
            return
        if now != listener.viewer:
            listener.close()

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, _with_fresh_connection, function, *args
        )


def viewer_of(key: str) -> Viewer | None:
    """Who the session belongs to and what that officer may see today; None for nobody, or for nothing."""
    request = HttpRequest()
    request.session = SessionStore(key)
    officer = get_user(request)
    if not officer.is_authenticated:
        return None
    request.user = officer
    scope = access.scope_of(officer, on=timezone.localdate())
    asked = strictness(scope.roles)
    if not scope.sees_as or not devices.is_open(key, strictness=asked, now=timezone.now()):
        return None
    if gate.is_unproved(request, asked):
        return None
    return Viewer(
        session=key,
        officer=officer.pk,
        units=scope.sees_as,
        shut_out_as=scope.shut_out_as,
        posts=scope.posts,
    )


def session_key(scope: dict[str, Any]) -> str | None:
    """The session's key from the cookies of an ASGI request."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                cookies.load(value.decode("latin1"))
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else None


def session_digest(key: str) -> str:
    """What stands for a session in a notification: whoever hears it can't use it."""
    return hashlib.sha256(key.encode()).hexdigest()


async def _come_again(send: Send) -> None:
    """The database is away. A browser tries again after a stream that ended, and never after an error."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"retry: 5000\n\n"})


async def _write(listener: Listener, send: Send) -> None:
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    while not listener.closed:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await listener.wake.wait()
            text = listener.take()
        except TimeoutError:
            text = ":\n\n"
        if text:
            async with asyncio.timeout(STUCK_SECONDS):
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            await asyncio.sleep(PAUSE_SECONDS)


async def _until_gone(hear: Receive) -> None:
    while (await hear())["type"] != "http.disconnect":
        pass


async def _notifications(database: psycopg.AsyncConnection[Any]) -> AsyncIterator[tuple[str, str]]:
    """What is notified; a question now and then finds out that the connection is dead."""
    while True:
        async for note in database.notifies(timeout=20):
            yield note.channel, note.payload
        await database.execute("SELECT 1")


def _connection_settings() -> dict[str, Any]:
    """Django's, without what is Django's own."""
    known = connections["default"].get_connection_params()
    return {name: value for name, value in known.items() if name not in ("cursor_factory", "context")}


def _ping() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return True


def _with_fresh_connection(function: Callable[..., Any], *args: Any) -> Any:
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()
