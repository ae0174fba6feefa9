"""One connection of the gateway to PostgreSQL, which heals itself and never lets a caller wait for ever."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from django.conf import settings

PATIENCE = 5.0  # seconds for one piece of work, connecting included
Connection = psycopg.AsyncConnection[Any]
Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Unavailable(Exception):
    """The database did not do it, or not in time. Nothing may be answered as if it had."""


def connection_facts() -> dict[str, Any]:
    """Django's settings for psycopg."""
    database = settings.DATABASES["default"]
    facts = {
        "dbname": database["NAME"],
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database.get("PASSWORD", ""),
    }
    return {name: value for name, value in facts.items() if value} | database["OPTIONS"]


class Line:
    """A connection in autocommit, opened when first needed and again after every failure."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    async def run(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Do `work` on the connection. A connection that was lost meanwhile is opened again, once.

        Raises Unavailable when it fails or takes longer than PATIENCE. Work may then still have been done: it must
        bear being done twice.
        """
        task = asyncio.ensure_future(self._twice(work))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            self._abandon(task)
            raise Unavailable(f"no answer within {PATIENCE:.0f} s")
        try:
            return task.result()
        except (psycopg.OperationalError, OSError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from None
        except psycopg.Error as error:  # without its detail, which can hold values
            raise Unavailable(f"{type(error).__name__}: {error.diag.message_primary}") from None

    async def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _twice(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        was_open = self._connection is not None and not self._connection.closed
        try:
            return await work(await self._opened())
        except psycopg.OperationalError:
            if not was_open or self._connection is None or not self._connection.broken:
                raise
        return await work(await self._opened())

    async def _opened(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                **connection_facts(), autocommit=True, prepare_threshold=0
            )
        return self._connection

    def _abandon(self, task: "asyncio.Future[Any]") -> None:
        """Give the connection up. Cancelling would make psycopg wait for the server once more, so its socket is cut."""
        connection, self._connection = self._connection, None
        if connection is None or connection.closed:
            task.cancel()
        else:
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as cut:
                cut.shutdown(socket.SHUT_RDWR)
        task.add_done_callback(_forget)


def _forget(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.info("abandoned: %s", type(task.exception()).__name__)
