"""The relay: sends what lies in the outbox. `rabta relay`, and `rabta smpp` for what needs kept connections.

It leases accounts, claims what is due (committed before anything leaves), sends side by side, and writes down what
became of it. What it was sending when it died is in doubt, and never sent again by itself.
"""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from rabta.channels import reach
from rabta.channels.contract import Channel, Session
from rabta.kit import crash
from rabta.outbox import claim
from rabta.outbox.claim import Claimed
from rabta.outbox.lines import Line, Lines
from rabta.outbox.looking import Look
from rabta.outbox.results import Writer
from rabta.outbox.sending import result_of, try_once

log = logging.getLogger(__name__)

BUSY_PAUSE = 0.02  # seconds between two claims while there is work
IDLE_PAUSE = 0.01  # between two looks into an empty outbox
STANDBY_PAUSE = 0.1  # while another relay has the accounts
REFRESH = 1.0  # between two looks into the register of accounts
# A server that still believes in a dead machine keeps its leases: let it notice within some ten seconds.
_NOTICE_DEATH = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
FINISH = 4.0  # for what is in flight when we are asked to stop


class Relay:
    """One relay process. `channels` are the channels it can send over, by kind; `leased` hears what it serves."""

    def __init__(
        self,
        *,
        conninfo: str,
        channels: Mapping[str, Channel],
        session: Session,
        leased: Callable[[list[Line]], None] | None = None,
    ) -> None:
        self._conninfo, self._session, self._leased = conninfo, session, leased
        self._lines = Lines(channels)
        self._writer = Writer(self._connect)
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_to: dict[tuple[int, bytes], asyncio.Task[None]] = {}
        self._refreshed_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then finish what is in flight. Survives a database that goes away."""
        self._writing = writing = asyncio.create_task(self._writer.run())
        pause = 0.1
        try:
            while not stop.is_set():
                try:
                    async with await self._connect() as connection, Look(await self._connect()) as look:
                        log.info("The relay is ready.")
                        pause = 0.1
                        await self._serve(connection, look, stop)
                except psycopg.OperationalError as error:
                    log.warning("The database is away (%s), trying again", type(error).__name__)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 3)
                finally:
                    self._lines.lose_leases()
        finally:
            await self._finish(writing)

    async def _connect(self) -> AsyncConnection:
        return await AsyncConnection.connect(self._conninfo, autocommit=True)

    async def _serve(self, connection: AsyncConnection, look: Look, stop: asyncio.Event) -> None:
        self._refreshed_at = float("-inf")
        while not stop.is_set():
            if self._writing.done():  # never send on when nobody writes it down
                await self._writing
            if time.monotonic() - self._refreshed_at > REFRESH:
                await self._lines.refresh(connection)
                self._refreshed_at = time.monotonic()
                if self._leased is not None:
                    self._leased(self._lines.leased())
            worked = await self._claim_due(connection, look)
            await asyncio.sleep(
                BUSY_PAUSE if worked else IDLE_PAUSE if self._lines.leased() else STANDBY_PAUSE
            )

    async def _claim_due(self, connection: AsyncConnection, look: Look) -> bool:
        """Claim and start sending what may leave now; whether there was anything."""
        room = {line.account_id: (line, line.room()) for line in self._lines.leased()}
        ready = [account_id for account_id, (_line, most) in room.items() if most]
        if not ready:
            return False
        # Accounts known to have more are claimed from at once; only the others are asked.
        due = [account_id for account_id in ready if room[account_id][0].full]
        if len(due) < len(ready):
            quiet = [account_id for account_id in ready if account_id not in due]
            due += await look.due(quiet, datetime.now(UTC))
        for account_id in due:
            line, most = room[account_id]
            await self._claim(connection, line, most)
        return bool(due)

    async def _claim(self, connection: AsyncConnection, line: Line, most: int) -> None:
        now = datetime.now(UTC)
        taken = await claim.claim(
            connection, line.account_id, limits=line.channel.limits, pairs=line.pairs, most=most, now=now
        )
        line.full = taken.full
        line.bucket.take(len(taken.letters))
        if taken.letters:
            crash.point("after_claim")
        for letter in taken.letters:
            self._start(line, letter)

    def _start(self, line: Line, letter: Claimed) -> None:
        """Send in a task of its own, after what was claimed before for the same person."""
        key = (line.account_id, bytes(letter.digest))
        line.in_flight.add(letter.id)
        task = asyncio.create_task(self._send(line, letter, after=self._last_to.get(key)))
        self._last_to[key] = task
        self._tasks.add(task)

        def forget(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            line.in_flight.discard(letter.id)
            if self._last_to.get(key) is done:
                del self._last_to[key]

        task.add_done_callback(forget)

    async def _send(self, line: Line, letter: Claimed, *, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait([after])
        tried = await try_once(
            letter,
            channel=line.channel,
            session=self._session,
            facts=line.facts,
            templates=line.templates,
            prices=line.prices,
        )
        line.learn(tried.answer)
        self._writer.add(result_of(letter, tried, account_id=line.account_id, now=datetime.now(UTC)))

    async def _finish(self, writing: asyncio.Task[None]) -> None:
        """Let what is in flight end, store the results. What does not end in time the next relay finds in doubt."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=FINISH)
        for task in list(self._tasks):
            task.cancel()
        self._writer.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(writing, timeout=1)


def new_session() -> Any:  # an aiohttp.ClientSession, as the contract's Session
    """For all providers, with patience that ends before a letter's does."""
    timeout = aiohttp.ClientTimeout(total=40, sock_connect=10)
    return reach.new_session(timeout=timeout, limit=0, limit_per_host=200, ttl_dns_cache=60)


def conninfo() -> str:
    """How this process reaches the database, as Django's settings say."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    return make_conninfo(
        dbname=database["NAME"],
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"],
        password=database.get("PASSWORD") or None,
        application_name=database["USER"],
        connect_timeout=5,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        options=_NOTICE_DEATH,
    )


async def _main() -> None:
    from rabta.channels.registry import BY_KIND

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    channels = {kind: channel for kind, channel in BY_KIND.items() if channel.process == "relay"}
    async with new_session() as session:
        await Relay(conninfo=conninfo(), channels=channels, session=session).run(stop)


def run() -> None:
    """Run until SIGTERM. Django is loaded already, under the relay's database role."""
    import uvloop

    uvloop.run(_main())
