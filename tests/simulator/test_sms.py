"""The simulated message centre and our connections, which share no code, understand each other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rabta.channels.contract import AccountFacts, Arrived, Letter, Receipt
from rabta.channels.sms import parts, reading
from rabta.channels.sms.binds import Binds, NotNow, Served
from simulator.sms.centre import Centre, chat
from simulator.store import Store

URDU = "میری موٹر سائیکل گلبہار سے چوری ہو گئی ہے 😀 " * 4
PHONE, OTHER, NUMBER = "923001234567", "923001234568", "8300"
Keep = Callable[[int, bytes], Awaitable[None]]


async def true(what: Any) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def a_line(home: Path, keep: Keep) -> AsyncIterator[tuple[Store, Centre, Binds, AccountFacts]]:
    """A message centre and a connection of ours to it."""
    store = Store(home)
    centre = Centre(store)
    store.insert("sms_logins", {"system_id": "hq", "password": "word", "number": NUMBER, "name": "HQ"})
    await centre.start()
    values = {"host": "127.0.0.1", "port": str(centre.port), "system_id": "hq", "password": "word"}
    account = AccountFacts(external_id=NUMBER, values=values | {"message_ids": "hex/dec"})
    binds = Binds(keep, region="PK")
    binds.keep([Served(1, account)])
    try:
        await true(lambda: binds.ready(account))
        yield store, centre, binds, account
    finally:
        await binds.close()
        await centre.stop()
        store.close()


def test_both_ways_with_receipts_and_what_was_refused_comes_again(tmp_path: Path) -> None:
    bodies: list[bytes] = []
    refused: list[bytes] = []

    async def keep(credential: int, body: bytes) -> None:
        if not refused:
            refused.append(body)
            raise NotNow
        bodies.append(body)

    async def play() -> None:
        async with a_line(tmp_path, keep) as (store, centre, binds, account):
            centre.write(phone=PHONE, number=NUMBER, text=URDU)
            await true(lambda: chat(store, phone=PHONE, number=NUMBER)[0]["status"] == "delivered")
            came = [reading.read(body)[0] for body in bodies]
            assert parts.join([item for item in came if isinstance(item, Arrived)]).text == URDU
            sent = await binds.send(None, account, Letter(to=f"+{PHONE}", token="t", text=URDU))  # type: ignore[arg-type]
            await true(lambda: len(bodies) > len(came))
            receipt = reading.read(bodies[-1])[0]
            assert isinstance(receipt, Receipt)
            assert (receipt.provider_id, receipt.status) == (sent.provider_id, "delivered")
            assert chat(store, phone=PHONE, number=NUMBER)[-1]["text"] == URDU

    asyncio.run(play())


def test_a_phone_that_is_off_gets_it_and_gives_its_receipt_when_it_is_on_again(tmp_path: Path) -> None:
    bodies: list[bytes] = []

    async def keep(credential: int, body: bytes) -> None:
        bodies.append(body)

    async def play() -> None:
        async with a_line(tmp_path, keep) as (store, centre, binds, account):
            store.insert("people", {"phone": PHONE, "name": "SHO", "kind": "officer", "state": "off"})
            first = await binds.send(None, account, Letter(to=f"+{PHONE}", token="t", text=URDU))  # type: ignore[arg-type]
            await binds.send(None, account, Letter(to=f"+{OTHER}", token="u", text="Order"))  # type: ignore[arg-type]
            await true(lambda: bodies)  # the other's; the first would have come before it
            assert chat(store, phone=PHONE, number=NUMBER) == []
            store.run("UPDATE people SET state = 'on'")
            centre.switched_on(PHONE)
            await true(lambda: len(bodies) == 2)
            receipt = reading.read(bodies[-1])[0]
            assert isinstance(receipt, Receipt)
            assert (receipt.provider_id, receipt.status) == (first.provider_id, "delivered")
            assert [one["text"] for one in chat(store, phone=PHONE, number=NUMBER)] == [URDU]

    asyncio.run(play())
