"""Group commit: bodies that arrive together are made durable together, and only then is anybody told so.

There is no timer. Whatever waits when a flush ends goes with the next one, so batches grow with the load by
themselves. Two flushes are in flight, because one commit's wait for the disk is time for the other's work.
"""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rabta.intake import sealing
from rabta.intake.line import PATIENCE, Connection, Line, Unavailable
from rabta.intake.metrics import BATCH, FLUSH, WAITING

LANES = 2
MOST_ROWS, MOST_BYTES = 1000, 16 * 1024 * 1024  # in one flush
MOST_WAITING = 64 * 1024 * 1024  # bytes; beyond it the provider is asked to come again
KEY_LIFE = 60.0
log = logging.getLogger(__name__)

INSERT_KEY = "INSERT INTO intake_journalkey (sealed_key, created_at) VALUES (%b, %b) RETURNING id"
INSERT = """
    WITH kept AS (
        INSERT INTO intake_journal (credential_id, key_id, received_at, sealed_body)
        SELECT given.credential, %b, given.at, given.body
        FROM unnest(%b::bigint[], %b::timestamptz[], %b::bytea[]) AS given(credential, at, body)
        RETURNING id)
    INSERT INTO intake_unread (journal_id) SELECT id FROM kept
"""


@dataclass(slots=True)
class Entry:
    """A body that waits to be durable."""

    credential: int
    body: bytes
    durable: "asyncio.Future[None]"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of this minute and the id of its row."""

    id: int
    key: AESGCM
    until: float


class JournalWriter:
    """Appends to the journal for the gateway."""

    def __init__(self) -> None:
        self._waiting: deque[Entry] = deque()
        self._waiting_bytes = 0
        self._something = asyncio.Event()
        self._key: DataKey | None = None
        self._well = True
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to flush. Needs a running event loop."""
        self._tasks = [asyncio.create_task(self._lane(Line())) for _ in range(LANES)]
        self._tasks.append(asyncio.create_task(self._give_up_on_the_old()))

    async def stop(self) -> None:
        """Flush what waits, then end."""
        until = time.monotonic() + PATIENCE
        while self._waiting and time.monotonic() < until:
            await asyncio.sleep(0.01)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def append(self, credential: int, body: bytes) -> None:
        """Return when the body is on disk; raises Unavailable when that can't be said."""
        if self._waiting_bytes + len(body) > MOST_WAITING:
            raise Unavailable("too much is waiting")
        entry = Entry(credential, body, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._waiting_bytes += len(body)
        self._something.set()
        await entry.durable

    async def _lane(self, line: Line) -> None:
        """One of the flushes in flight, again and again."""
        try:
            while True:
                await self._something.wait()
                if batch := self._take():
                    await self._flush(line, batch)
        finally:
            await line.close()

    def _take(self) -> list[Entry]:
        batch: list[Entry] = []
        size = 0
        while self._waiting and len(batch) < MOST_ROWS and size < MOST_BYTES:
            entry = self._waiting.popleft()
            size += len(entry.body)
            batch.append(entry)
        self._waiting_bytes -= size
        if not self._waiting:
            self._something.clear()
        return batch

    async def _flush(self, line: Line, batch: list[Entry]) -> None:
        """Make a batch durable and tell each of those who wait."""
        started = time.perf_counter()
        failure: Exception | None = None
        try:
            await line.run(lambda connection: self._write(connection, batch))
        except Unavailable as error:
            failure = error
            if self._well:
                log.warning("the journal can't be written, providers are told to come again: %s", error)
        except Exception as error:
            failure = Unavailable(type(error).__name__)
            log.exception("the journal could not be written")
        if failure is None and not self._well:
            log.warning("the journal is written again")
        self._well = failure is None
        for entry in batch:
            if entry.durable.done():
                continue
            if failure is None:
                entry.durable.set_result(None)
            else:
                entry.durable.set_exception(failure)
        FLUSH.observe(time.perf_counter() - started)
        BATCH.observe(len(batch))

    async def _write(self, connection: Connection, batch: list[Entry]) -> None:
        key = await self._current_key(connection)
        credentials = [entry.credential for entry in batch]
        times = [entry.at for entry in batch]
        bodies = [sealing.seal(key.key, entry.body, credential=entry.credential) for entry in batch]
        await connection.execute(INSERT, [key.id, credentials, times, bodies])

    async def _current_key(self, connection: Connection) -> DataKey:
        """This minute's key, made and committed when there is none."""
        if self._key is None or self._key.until < time.monotonic():
            key, sealed = sealing.new_key()
            cursor = await connection.execute(INSERT_KEY, [sealed, datetime.now(UTC)])
            row = await cursor.fetchone()
            assert row is not None
            self._key = DataKey(row[0], key, time.monotonic() + KEY_LIFE)
        return self._key

    async def _give_up_on_the_old(self) -> None:
        """Nobody waits longer than PATIENCE for a flush to begin; a key does not outlive its minute."""
        while True:
            await asyncio.sleep(0.5)
            WAITING.set(len(self._waiting))
            now = time.monotonic()
            while self._waiting and self._waiting[0].since < now - PATIENCE:
                entry = self._waiting.popleft()
                self._waiting_bytes -= len(entry.body)
                if not entry.durable.done():
                    entry.durable.set_exception(Unavailable("waited too long"))
            if self._key is not None and self._key.until < now:
                self._key = None
