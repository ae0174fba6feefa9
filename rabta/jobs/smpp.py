"""`rabta smpp`: keeps the connections to message centres, and sends and receives over them.

It is a relay for the accounts of this channel, with the same queue, leases and results (`rabta.outbox.relay`). What
comes in goes into the same sealed journal as the providers' hooks, and is acknowledged when it is on the disk.
"""

import asyncio
import logging
import signal
from collections.abc import Iterable

from rabta.channels import sms
from rabta.channels.sms.binds import Binds, NotNow, Served
from rabta.intake.line import Unavailable
from rabta.intake.writer import JournalWriter
from rabta.outbox.lines import Line
from rabta.outbox.relay import Relay, conninfo, new_session

log = logging.getLogger(__name__)


class Centre:
    """The connections of this process, and the journal that they write into."""

    def __init__(self, *, region: str) -> None:
        self.journal = JournalWriter()
        self.binds = Binds(self._keep, region=region)

    async def _keep(self, credential: int, body: bytes) -> None:
        try:
            await self.journal.append(credential, body)
        except Unavailable as error:
            raise NotNow from error

    def serve(self, lines: Iterable[Line]) -> None:
        """Hold the connections of these accounts and of no others; also of paused ones, which still receive.

        While the database is away nobody calls this: connections stay, and what comes in is refused for now.
        """
        self.binds.keep([Served(line.credential_id, line.facts) for line in lines])


async def serve(stop: asyncio.Event, *, region: str, dsn: str) -> None:
    """Send and receive until `stop` is set."""
    centre = Centre(region=region)
    centre.journal.start()
    channel = sms.sending_over(centre.binds)
    try:
        async with new_session() as session:
            relay = Relay(
                conninfo=dsn, channels={channel.kind: channel}, session=session, leased=centre.serve
            )
            await relay.run(stop)
    finally:
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
