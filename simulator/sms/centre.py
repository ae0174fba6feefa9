"""The message centre: takes what the force sends, tells when a phone has it, brings what people write until taken."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulator.sms import wire
from simulator.store import Row, Store

TABLES = """
CREATE TABLE IF NOT EXISTS sms_logins (
    system_id TEXT NOT NULL, password TEXT NOT NULL, number TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sms (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, phone TEXT NOT NULL, author TEXT NOT NULL,
    text TEXT NOT NULL, at REAL NOT NULL, status TEXT NOT NULL, waiting TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS sms_chat ON sms (phone, number, seq);
"""
AGAIN = 2.0  # seconds until what was refused is brought again
LONGEST = 70_000
Piece = tuple[bytes, str]  # a part of a message, and its id where a receipt is wanted


@dataclass
class Session:
    """One connection of the force."""

    writer: asyncio.StreamWriter
    numbers: list[str] = field(default_factory=list)
    kind: str = ""
    sequence: int = 0
    answers: dict[int, asyncio.Future[int]] = field(default_factory=dict)

    async def ask(self, body: bytes) -> int:
        """Bring a unit; the status that it is answered with. ConnectionError when there is none."""
        self.sequence += 1
        answer = self.answers[self.sequence] = asyncio.get_running_loop().create_future()
        self.writer.write(wire.unit(wire.DELIVER, self.sequence, body))
        try:
            async with asyncio.timeout(15):
                return await answer
        except TimeoutError:
            raise ConnectionError("no answer") from None
        finally:
            self.answers.pop(self.sequence, None)


class Centre:
    """Logins, connections, and the messages between them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.define(TABLES)
        self.port = 0
        self._server: asyncio.Server | None = None
        self._sessions: list[Session] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._parts: dict[tuple[str, str, int], dict[int, Piece]] = {}
        self._last = int(time.time() * 1000)
        self._reference = 0

    async def start(self) -> None:
        """Listen on the port of last time, if it is free, else on another."""
        for port in (self.store.setting("sms_port", 0), 0):
            with contextlib.suppress(OSError):
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
                break
        assert self._server is not None
        self.port = self._server.sockets[0].getsockname()[1]
        self.store.set_setting("sms_port", self.port)
        for row in self.store.all(
            "SELECT seq FROM sms WHERE author = 'person' AND status = 'sent' ORDER BY seq"
        ):
            self._spawn(self._bring(row["seq"]))

    async def stop(self) -> None:
        """Close everything."""
        for task in list(self._tasks):
            task.cancel()
        if self._server is not None:
            self._server.close()
        for session in list(self._sessions):
            session.writer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def write(self, *, phone: str, number: str, text: str) -> int:
        """Somebody sends an SMS from an old phone; it is brought until it is acknowledged."""
        row = {
            "number": number,
            "phone": phone,
            "author": "person",
            "text": text,
            "at": time.time(),
            "status": "sent",
        }
        seq = self.store.insert("sms", row)
        self._spawn(self._bring(seq))
        return seq

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring(self, seq: int) -> None:
        """Every part of it, each until the force has acknowledged it."""
        row = self.store.one("SELECT * FROM sms WHERE seq = ?", seq)
        assert row is not None
        self._reference = self._reference % 255 + 1
        for esm_class, coding, data in wire.parts_of(row["text"], self._reference):
            body = wire.delivery(
                source=row["phone"], to=row["number"], esm_class=esm_class, coding=coding, data=data
            )
            await self._until_taken(row["number"], body)
        self.store.run("UPDATE sms SET status = 'delivered' WHERE seq = ?", seq)

    async def _until_taken(self, number: str, body: bytes) -> None:
        while True:
            session = next((s for s in self._sessions if number in s.numbers and s.kind != "tx"), None)
            if session is not None:
                with contextlib.suppress(ConnectionError):
                    if await session.ask(body) == wire.OK:
                        return
            await asyncio.sleep(AGAIN if session else 0.2)

    # The force's connections ----------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(writer)
        self._sessions.append(session)
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                if not 16 <= length <= LONGEST:
                    break
                raw = await reader.readexactly(length - 4)
                command, status, sequence = (int.from_bytes(raw[at : at + 4], "big") for at in (0, 4, 8))
                if not self._take(session, command, status, sequence, raw[12:]):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._sessions.remove(session)
            for answer in session.answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionError("gone"))
            writer.close()

    def _take(self, session: Session, command: int, status: int, sequence: int, body: bytes) -> bool:
        """Answer one unit; False when the connection ends with it."""

        def answer(body: bytes = b"", status: int = wire.OK) -> None:
            session.writer.write(wire.unit(command | wire.ANSWER, sequence, body, status))

        if command & wire.ANSWER:
            waiting = session.answers.get(sequence)
            if waiting is not None and not waiting.done():
                waiting.set_result(status)
        elif command in wire.BINDS:
            name, password = wire.words(body, 2)
            session.numbers = self._numbers(name, password)
            session.kind = wire.BINDS[command]
            answer(b"simulator\0", wire.OK if session.numbers else wire.WRONG_PASSWORD)
        elif command == wire.SUBMIT:
            self._submit(session, body, answer)
        elif command in (wire.ENQUIRE, wire.UNBIND):
            answer()
        else:
            answer(status=wire.UNKNOWN)
        return command != wire.UNBIND

    def _numbers(self, name: str, password: str) -> list[str]:
        rows = self.store.all(
            "SELECT number FROM sms_logins WHERE system_id = ? AND password = ?", name, password
        )
        return [row["number"] for row in rows]

    def _submit(self, session: Session, body: bytes, answer: Any) -> None:
        if not session.numbers:
            answer(status=wire.NOT_BOUND)
            return
        try:
            found = wire.submitted(body)
        except (ValueError, IndexError):
            answer(status=0x02)
            return
        if not found.to.isdigit():
            answer(status=wire.NO_SUCH_NUMBER)
            return
        self._last += 1
        id = f"{self._last:x}"
        answer(id.encode() + b"\0")
        pieces = self._pieces(found, (found.text, id if found.wants_receipt else ""))
        if pieces is None:
            return
        row = {
            "number": found.source,
            "phone": found.to,
            "author": "force",
            "text": wire.text_of(b"".join(data for data, _id in pieces), found.coding),
            "at": time.time(),
            "status": "sent",
            "waiting": " ".join(id for _data, id in pieces if id),
        }
        seq = self.store.insert("sms", row)
        if is_on(self.store, found.to):
            self._deliver(row | {"seq": seq})

    def _pieces(self, found: wire.Submitted, piece: Piece) -> list[Piece] | None:
        """All parts of the message in their order, once they are there."""
        if found.part is None:
            return [piece]
        reference, total, number = found.part
        pieces = self._parts.setdefault((found.source, found.to, reference), {})
        pieces[number] = piece
        if len(pieces) < total:
            return None
        del self._parts[found.source, found.to, reference]
        return [pieces[n] for n in sorted(pieces)]

    def switched_on(self, phone: str) -> None:
        """What waited for this phone arrives."""
        for row in waiting_for(self.store, phone, numbers="sms_logins"):
            self._deliver(row)

    def _deliver(self, row: Row) -> None:
        """The phone has it; the receipts that were asked for are told."""
        self.store.run("UPDATE sms SET status = 'delivered' WHERE seq = ?", row["seq"])
        for id in row["waiting"].split():
            self._spawn(self._receipt(row, id))

    async def _receipt(self, row: Row, id: str) -> None:
        """As many centres do: the id in decimal, where the answer had it in hexadecimal."""
        done = "submit date:2611220100 done date:2611220100"
        words = f"id:{int(id, 16):012d} sub:001 dlvrd:001 {done} stat:DELIVRD err:000 text:"
        body = wire.delivery(
            source=row["phone"], to=row["number"], esm_class=4, coding=0, data=words.encode()
        )
        await self._until_taken(row["number"], body)


CENTRE: web.AppKey[Centre] = web.AppKey("sms_centre", Centre)


def is_on(store: Store, phone: str) -> bool:
    """Whether SMS reach this phone. Without WhatsApp (`unreachable`) they do, switched off they wait."""
    return bool(store.value("SELECT state FROM people WHERE phone = ?", phone) != "off")


def waiting_for(store: Store, phone: str, *, numbers: str) -> list[Row]:
    """What the force sent from the numbers of that table, and the phone, which was off, has not got yet."""
    return store.all(
        f"SELECT * FROM sms WHERE phone = ? AND author = 'force' AND status = 'sent' "
        f"AND number IN (SELECT number FROM {numbers}) ORDER BY seq",
        phone,
    )


def chat(store: Store, *, phone: str, number: str) -> list[Row]:
    """What stands on an old phone."""
    rows = store.all(
        "SELECT * FROM sms WHERE phone = ? AND number = ? AND (author = 'person' OR status = 'delivered') "
        "ORDER BY seq DESC LIMIT 100",
        phone,
        number,
    )
    return [{name: row[name] for name in ("seq", "author", "text", "at", "status")} for row in rows[::-1]]
