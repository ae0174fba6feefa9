"""One connection to a message centre: bind, window, enquire_link, and connecting again whatever happens.

What comes in is given to `heard`, which returns the status to answer with: nothing is acknowledged before it has
said so, and many may be waiting for their commit at once.
"""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from rabta.channels import reach
from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.sms import errors, pdu
from rabta.channels.sms.fields import Facts
from rabta.channels.sms.pdu import HEADER, LARGEST, RESPONSE, Command, Pdu, Status

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 30.0
QUIET_SECONDS = 20.0  # without a word, before we ask whether anybody is there
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
MOST_HEARD = 500  # units that wait for their commit, before no more are read
_NAMES = {Command.BIND_TRANSCEIVER: "trx", Command.BIND_TRANSMITTER: "tx", Command.BIND_RECEIVER: "rx"}
Heard = Callable[[bytes], Awaitable[int]]


class Lost(Exception):
    """The connection can't be used any more; the text says why."""


class BindRefused(Lost):
    """The centre does not let us in; `status` is its number for why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the bind was refused (0x{status:02X})")
        self.status = status


class Link:
    """One bind, kept up from `run` until it is cancelled."""

    def __init__(self, facts: Facts, bind: Command, heard: Heard, *, name: str) -> None:
        self.facts, self.bind, self.name = facts, bind, f"{name} {_NAMES[bind]}"
        self.bound = False
        self.trouble: Trouble | None = None  # what ended the last connection, until the next one is bound
        self._heard = heard
        self._writer: asyncio.StreamWriter | None = None
        self._answers: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = 0
        self._window = asyncio.Semaphore(facts.window)
        self._hearing: set[asyncio.Task[None]] = set()
        self._spoken_at = 0.0

    @property
    def sends(self) -> bool:
        """Whether letters can leave over this connection now."""
        return self.bound and self.bind != Command.BIND_RECEIVER

    @property
    def waiting(self) -> int:
        """Units that the centre has not answered yet."""
        return len(self._answers)

    async def run(self) -> None:
        """Connect, stay, connect again after growing pauses. Ends by cancellation only; then it says goodbye."""
        pause = FIRST_PAUSE
        while True:
            since = time.monotonic()
            try:
                await self._stay()
            except (Lost, OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.trouble = _told(error)
                log.warning("SMPP %s: %s, connecting again", self.name, self.trouble.text)
            pause = FIRST_PAUSE if time.monotonic() - since > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def try_out(self) -> None:
        """Bind, ask whether anybody is there, say goodbye. Raises Lost, or what a broken connection raises."""
        async with self._connection(), asyncio.timeout(CONNECT_SECONDS):
            await self._ask(Command.ENQUIRE_LINK)

    async def _stay(self) -> None:
        """One connection from beginning to end."""
        async with self._connection() as listening:
            log.info("SMPP %s: bound", self.name)
            await asyncio.gather(listening, self._ask_when_quiet())

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator["asyncio.Task[None]"]:
        """A bound connection, and the task that listens to it."""
        secure = ssl.create_default_context() if self.facts.tls else None
        host, port = self.facts.host, self.facts.port
        async with asyncio.timeout(CONNECT_SECONDS):
            try:
                reader, self._writer = await reach.connect(host, port, secure=secure)
            except Trouble as trouble:
                raise Lost(trouble.text) from None
        listening = asyncio.create_task(self._listen(reader))
        try:
            await self._bind(listening)
            yield listening
        finally:
            was_bound, self.bound = self.bound, False
            await self._part(listening, was_bound=was_bound)

    async def _part(self, listening: "asyncio.Task[None]", *, was_bound: bool) -> None:
        """Say goodbye if somebody still listens, close, and tell everybody who waits for an answer."""
        if was_bound and not listening.done():
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._ask(Command.UNBIND), timeout=1)
        listening.cancel()
        for task in self._hearing:
            task.cancel()
        await asyncio.gather(listening, *self._hearing, return_exceptions=True)
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(Lost("the connection broke"))
        self._answers.clear()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._writer.wait_closed(), timeout=1)
            self._writer = None

    async def _bind(self, listening: "asyncio.Task[None]") -> None:
        facts = self.facts
        body = pdu.write_bind(
            system_id=facts.system_id, password=facts.password, system_type=facts.system_type
        )
        asked = asyncio.create_task(self._ask(self.bind, body))
        await asyncio.wait({asked, listening}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            raise Lost("no answer to the bind")
        answer = asked.result()
        if answer.status != Status.OK:
            raise BindRefused(answer.status)
        self.bound, self.trouble = True, None

    async def _ask_when_quiet(self) -> None:
        """After some time without a word, ask; without an answer the connection is dead."""
        while True:
            quiet = time.monotonic() - self._spoken_at
            if quiet < QUIET_SECONDS:
                await asyncio.sleep(QUIET_SECONDS - quiet)
                continue
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._ask(Command.ENQUIRE_LINK)
            except TimeoutError:
                raise Lost("nobody answers any more") from None

    # What we ask ----------------------------------------------------------------------------------------------------

    async def submit(self, body: bytes) -> str:
        """Hand one message over; the centre's id for it. Raises Trouble.

        Before it is written nothing has happened: UNREACHABLE. Without an answer afterwards nobody knows: UNCERTAIN.
        """
        async with self._window:
            if not self.sends:
                raise Trouble(TroubleCode.UNREACHABLE, "not bound", retry=True, after=timedelta(seconds=1))
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    answer = await self._ask(Command.SUBMIT_SM, body)
            except (Lost, TimeoutError, OSError) as error:
                raise Trouble(TroubleCode.UNCERTAIN, type(error).__name__) from None
        if answer.status != Status.OK:
            raise errors.trouble(answer.status)
        if id := pdu.read_id(answer):
            return id
        raise Trouble(TroubleCode.UNCERTAIN, "an answer without a message id")

    async def _ask(self, command: int, body: bytes = b"") -> Pdu:
        """Write a unit and wait for its answer. Raises Lost."""
        if self._writer is None or self._writer.is_closing():
            raise Lost("the connection is closed")
        self._sequence = sequence = self._sequence % 0x7FFFFFFF + 1
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._answers[sequence] = answer
        try:
            self._writer.write(pdu.pack(command, sequence, body))
            return await answer
        finally:
            self._answers.pop(sequence, None)

    # What we hear ---------------------------------------------------------------------------------------------------

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            start = await reader.readexactly(4)
            length = int.from_bytes(start)
            if not HEADER.size <= length <= LARGEST:
                raise Lost("a unit of impossible length")
            unit = start + await reader.readexactly(length - 4)
            self._spoken_at = time.monotonic()
            self._take(unit)
            while len(self._hearing) >= MOST_HEARD:
                await asyncio.wait(self._hearing, return_when=asyncio.FIRST_COMPLETED)

    def _take(self, raw: bytes) -> None:
        """Answer it, or give it to whoever waits for it."""
        unit = pdu.unpack(raw)
        if unit.is_response:
            waiting = self._answers.get(unit.sequence)
            if waiting is not None and not waiting.done():
                waiting.set_result(unit)
        elif unit.command in (Command.DELIVER_SM, Command.DATA_SM):
            task = asyncio.create_task(self._hear(unit, raw))
            self._hearing.add(task)
            task.add_done_callback(self._hearing.discard)
        elif unit.command == Command.ENQUIRE_LINK:
            self._answer(unit, Status.OK)
        elif unit.command == Command.UNBIND:
            self._answer(unit, Status.OK)
            raise Lost("the centre said goodbye")
        elif unit.command != Command.ALERT:
            self._write(pdu.pack(Command.NACK, unit.sequence, status=Status.INVALID_COMMAND))

    async def _hear(self, unit: Pdu, raw: bytes) -> None:
        try:
            status = await self._heard(raw)
        except Exception as error:  # noqa: BLE001 - nothing may be acknowledged, and its text may quote the message
            log.error("SMPP %s: %s while a message was kept", self.name, type(error).__name__)
            status = Status.SYSTEM_ERROR
        self._answer(unit, status)

    def _answer(self, unit: Pdu, status: int) -> None:
        with_id = unit.command in (Command.DELIVER_SM, Command.DATA_SM)
        body = b"\0" if with_id else b""
        self._write(pdu.pack(unit.command | RESPONSE, unit.sequence, body, status=status))

    def _write(self, data: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(data)


def _told(error: Exception) -> Trouble:
    """What ended a connection, for those who look at the account."""
    code = errors.trouble(error.status).code if isinstance(error, BindRefused) else TroubleCode.UNREACHABLE
    return Trouble(code, str(error) if isinstance(error, Lost) else type(error).__name__, retry=True)
