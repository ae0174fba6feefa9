"""The simulated message centre and our connections, which share no code, understand each other."""

import asyncio
from pathlib import Path
from typing import Any

from rabta.channels.contract import AccountFacts, Arrived, Letter, Receipt
from rabta.channels.sms import parts, reading
from rabta.channels.sms.binds import Binds, NotNow, Served
from simulator.sms.centre import Centre, chat
from simulator.store import Store

URDU = "میری موٹر سائیکل گلبہار سے چوری ہو گئی ہے 😀 " * 4
PHONE, NUMBER = "923001234567", "8300"


async def true(what: Any) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


def test_both_ways_with_receipts_and_what_was_refused_comes_again(tmp_path: Path) -> None:
    bodies: list[bytes] = []
    refused: list[bytes] = []

    async def keep(credential: int, body: bytes) -> None:
        if not refused:
            refused.append(body)
            raise NotNow
        bodies.append(body)

    async def play() -> None:
        store = Store(tmp_path)
        centre = Centre(store)
        store.insert("sms_logins", {"system_id": "hq", "password": "word", "number": NUMBER, "name": "HQ"})
        await centre.start()
        values = {"host": "127.0.0.1", "port": str(centre.port), "system_id": "hq", "password": "word"}
        account = AccountFacts(external_id=NUMBER, values=values | {"message_ids": "hex/dec"})
        binds = Binds(keep, region="PK")
        binds.keep([Served(1, account)])
        try:
            await true(lambda: binds.ready(account))
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
        finally:
            await binds.close()
            await centre.stop()
            store.close()

    asyncio.run(play())
