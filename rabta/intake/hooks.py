"""What the gateway knows of hooks: the credentials in memory, and the count of requests with a wrong signature."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rabta.channels.accounts import open_values
from rabta.channels.contract import Channel
from rabta.channels.registry import BY_KIND
from rabta.intake.line import Connection, Line, Unavailable

REFRESH = 3.0
AT_A_MISS = 0.25  # not more often than this, however many unknown hooks are tried
STALE = 30.0
log = logging.getLogger(__name__)

SELECT = "SELECT id, hook, channel, sealed_values FROM channels_credential"
REFUSE = """
    INSERT INTO intake_refused (credential_id, hour, requests) VALUES (%s, %s, %s)
    ON CONFLICT (credential_id, hour) DO UPDATE SET requests = intake_refused.requests + excluded.requests
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """A credential as the gateway needs it."""

    credential: int
    channel: Channel
    secrets: Mapping[str, str]
    sealed: bytes


class Hooks:
    """Hooks by the random word in their address."""

    def __init__(self) -> None:
        self._line = Line()
        self._known: dict[str, Hook] = {}
        self._read_at: float | None = None
        self._busy = asyncio.Lock()
        self._refused: Counter[tuple[int, datetime]] = Counter()
        self._task: asyncio.Task[None] | None = None

    @property
    def fresh(self) -> bool:
        """Whether the database was read lately."""
        return self._age() < STALE

    def start(self) -> None:
        """Keep the credentials fresh in the background."""
        self._task = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """Write the last counts and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(Unavailable):
            await self._write_refused()
        await self._line.close()

    async def find(self, word: str) -> Hook | None:
        """The hook of this address, None when there is none. Raises Unavailable when that can't be known now."""
        hook = self._known.get(word)
        if hook is None and self._age() > AT_A_MISS:
            await self._refresh()
            hook = self._known.get(word)
        return hook

    def refuse(self, hook: Hook) -> None:
        """Count a request with a wrong signature."""
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self._refused[hook.credential, hour] += 1

    def _age(self) -> float:
        return float("inf") if self._read_at is None else time.monotonic() - self._read_at

    async def _refresh(self) -> None:
        async with self._busy:
            if self._age() <= AT_A_MISS:  # somebody else did while we waited
                return
            rows = await self._line.run(_all)
            self._known = {row[1]: self._hook(*row) for row in rows if BY_KIND[row[2]].verify is not None}
            self._read_at = time.monotonic()

    def _hook(self, credential: int, word: str, channel: str, sealed: bytes) -> Hook:
        known = self._known.get(word)
        if known is not None and known.sealed == sealed:
            return known
        return Hook(credential, BY_KIND[channel], open_values(sealed), sealed)

    async def _keep_fresh(self) -> None:
        while True:
            try:
                await self._refresh()
                await self._write_refused()
            except Unavailable as error:
                log.warning("the credentials could not be read: %s", error)
            except Exception:
                log.exception("the credentials could not be read")
            await asyncio.sleep(REFRESH)

    async def _write_refused(self) -> None:
        """Bring the counts to the database; they stay here when it can't be reached."""
        if not self._refused:
            return
        counts, self._refused = self._refused, Counter()
        rows = [(credential, hour, requests) for (credential, hour), requests in counts.items()]
        try:
            await self._line.run(lambda connection: _count(connection, rows))
        except Unavailable:
            self._refused.update(counts)
            raise


async def _all(connection: Connection) -> list[tuple[int, str, str, bytes]]:
    return await (await connection.execute(SELECT, binary=True)).fetchall()


async def _count(connection: Connection, rows: list[tuple[int, datetime, int]]) -> None:
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(REFUSE, rows)
