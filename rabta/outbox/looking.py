"""A cheap look into the outbox, a hundred times a second.

Verbs do not wake the relay (a NOTIFY in their transaction would make commits wait for each other), so it must look
often. Through psycopg's asynchronous cursor that costs twice the processor time; this speaks to libpq directly.
"""

import asyncio
from datetime import datetime

from psycopg import AsyncConnection, OperationalError
from psycopg.pq import ExecStatus

from rabta.outbox.models import EVERY_PRIORITY

_PREPARE = f"""
PREPARE rabta_due (bigint[], timestamptz) AS
SELECT account FROM unnest($1) AS account WHERE EXISTS (
  SELECT FROM outbox_delivery WHERE account_id = account AND state = 'queued' AND priority = ANY ({EVERY_PRIORITY})
  AND due_at <= $2)
"""  # noqa: S608 - our own numbers


class Look:
    """Asks over a connection of its own which accounts have a letter that is due."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._raw = connection.pgconn
        self._answer: asyncio.Future[list[int]] | None = None
        self._watched = (
            -1
        )  # libpq closes its socket when the connection breaks, and then does not know it any more

    async def __aenter__(self) -> "Look":
        await self._connection.execute(_PREPARE)
        self._watched = self._raw.socket
        asyncio.get_running_loop().add_reader(self._watched, self._readable)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stop_watching()
        await self._connection.close()

    def _stop_watching(self) -> None:
        if self._watched >= 0:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = -1

    async def due(self, account_ids: list[int], now: datetime) -> list[int]:
        """Which of the accounts have a letter that should leave now. Raises OperationalError when it can't ask."""
        self._answer = asyncio.get_running_loop().create_future()
        values = [f"{{{','.join(map(str, account_ids))}}}", now.isoformat()]
        self._raw.send_query_prepared(b"rabta_due", [value.encode() for value in values])
        while self._raw.flush():
            await asyncio.sleep(0.001)
        return await self._answer

    def _readable(self) -> None:
        """Something came from the server."""
        try:
            self._raw.consume_input()
            if self._raw.is_busy():
                return
            found: list[int] = []
            while (result := self._raw.get_result()) is not None:
                if result.status != ExecStatus.TUPLES_OK:
                    raise OperationalError("the server could not say what is due")
                found += [int(result.get_value(row, 0) or 0) for row in range(result.ntuples)]
        except OperationalError as error:
            self._stop_watching()
            if self._answer is not None and not self._answer.done():
                self._answer.set_exception(error)
            return
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(found)
