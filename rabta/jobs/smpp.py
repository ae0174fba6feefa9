"""`rabta smpp`: keeps the connections to message centres, and sends and receives over them.

It is a relay for the accounts of this channel, with the same queue, leases and results (`rabta.outbox.relay`). What
comes in goes into the same sealed journal as the providers' hooks, and is acknowledged when it is on the disk.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import psycopg
from psycopg import AsyncConnection

from rabta.channels import sms
from rabta.channels.sms.binds import Binds, NotNow, Served
from rabta.intake.line import Unavailable
from rabta.intake.writer import JournalWriter
from rabta.outbox import hearing
from rabta.outbox.lines import Line
from rabta.outbox.relay import Relay, conninfo, new_session

LOOKS, AGAIN = 1.0, 60.0  # seconds between two looks at our connections, and until their state is told again
log = logging.getLogger(__name__)


class Centre:
    """The connections of this process, and the journal that they write into."""

    def __init__(self, *, region: str) -> None:
        self.journal = JournalWriter()
        self.binds = Binds(self._keep, region=region)
        self._lines: list[Line] = []

    async def _keep(self, credential: int, body: bytes) -> None:
        try:
            await self.journal.append(credential, body)
        except Unavailable as error:
            raise NotNow from error

    def serve(self, lines: Iterable[Line]) -> None:
        """Hold the connections of these accounts and of no others; also of paused ones, which still receive.

        While the database is away nobody calls this: connections stay, and what comes in is refused for now.
        """
        self._lines = list(lines)
        self.binds.keep([Served(line.credential_id, line.facts) for line in self._lines])

    def states(self) -> dict[int, hearing.State]:
        """How the connections of each account are, where that is known."""
        found = {line.account_id: self.binds.state(line.facts) for line in self._lines}
        return {account_id: state for account_id, state in found.items() if state is not None}


async def tell(centre: Centre, *, dsn: str) -> None:
    """Write down how the connections are: at once what changed, and every minute all. Ends by cancellation only."""
    told: dict[int, hearing.State] = {}
    while True:
        try:
            async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
                await _tell_on(centre, connection, told)
        except psycopg.Error as error:
            log.warning("How connections are can't be noted (%s), trying again", type(error).__name__)
            await asyncio.sleep(LOOKS)


async def _tell_on(centre: Centre, connection: AsyncConnection, told: dict[int, hearing.State]) -> None:
    all_at = float("-inf")
    while True:
        now, states = time.monotonic(), centre.states()
        if now - all_at > AGAIN:
            told.clear()
            all_at = now
        if news := {account: state for account, state in states.items() if told.get(account) != state}:
            await hearing.tell(connection, news, now=datetime.now(UTC))
            told.update(news)
        await asyncio.sleep(LOOKS)


async def serve(stop: asyncio.Event, *, region: str, dsn: str) -> None:
    """Send and receive until `stop` is set."""
    centre = Centre(region=region)
    centre.journal.start()
    channel = sms.sending_over(centre.binds)
    telling = asyncio.create_task(tell(centre, dsn=dsn))
    try:
        async with new_session() as session:
            relay = Relay(
                conninfo=dsn, channels={channel.kind: channel}, session=session, leased=centre.serve
            )
            await relay.run(stop)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await centre.binds.close()
        await centre.journal.stop()


async def _main() -> None:
    from django.conf import settings

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(stop, region=settings.REGION, dsn=conninfo())


def run() -> None:
    """Run until SIGTERM. Django is loaded already, under this process's database role."""
    import uvloop

    uvloop.run(_main())
