"""Connections to a message centre that somebody else wrote (npm `smpp`): both ways, and whatever goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rabta.channels.contract import AccountFacts, Arrived, Letter, Receipt, Sent, Trouble, TroubleCode
from rabta.channels.sms import parts, reading
from rabta.channels.sms.binds import Binds, NotNow, Served
from rabta.channels.sms.checking import check
from tests.peers.smsc import Smsc, smsc

URDU = "میری موٹر سائیکل گلبہار سے چوری ہو گئی ہے 😀 " * 4
HINDI = "मेरी मोटरसाइकिल चोरी हो गई है " * 5


@pytest.fixture
def centre() -> Iterator[Smsc]:
    with smsc() as running:
        yield running


class Station:
    """Our end: its connections, and the bodies that it kept."""

    def __init__(self, port: int, **values: str) -> None:
        fields = {"host": "127.0.0.1", "port": str(port), "system_id": "police", "password": "secret"}
        self.account = AccountFacts(external_id="8300", values=fields | values)
        self.bodies: list[bytes] = []
        self.away = False
        self.binds = Binds(self._keep, region="PK")

    async def _keep(self, credential: int, body: bytes) -> None:
        if self.away:
            raise NotNow
        await asyncio.sleep(0.01)
        self.bodies.append(body)

    async def send(self, text: str, to: str = "+923001234567") -> Sent:
        return await self.binds.send(None, self.account, Letter(to=to, token="t", text=text))  # type: ignore[arg-type]

    @property
    def items(self) -> list[Any]:
        return [reading.read(body)[0] for body in self.bodies]


@asynccontextmanager
async def bound(centre: Smsc, *, links: int = 1, **values: str) -> AsyncIterator[Station]:
    station = Station(centre.port, **values)
    station.binds.keep([Served(1, station.account)])
    try:
        await true(lambda: len(centre.of("bind")) >= links and station.binds.ready(station.account))
        yield station
    finally:
        await station.binds.close()


async def true(what: Callable[[], Any], *, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)


def run(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["udh", "sar", "payload"])
def test_letters_in_every_alphabet_arrive_as_they_were(centre: Smsc, way: str) -> None:
    async def play() -> None:
        async with bound(centre, long_messages=way, parameters="1400=1101;1401=2202") as station:
            for text in ("Reference PRY-7K3M {€}", URDU, HINDI):
                before = len(centre.of("submit"))
                await station.send(text)
                await true(lambda: centre.of("submit")[before:] and centre.of("submit")[-1]["registered"])  # noqa: B023
                got = centre.of("submit")[before:]
                assert "".join(fact["payload"] or fact["text"] for fact in got) == text
                assert got[-1]["registered"] == 1
                assert len(got) == 1 or all(fact["udh"] or fact["sar"][1] == len(got) for fact in got)
            assert bytes.fromhex(got[0]["vendor"]) == b"1101\0"
            assert (got[0]["source"], got[0]["to"], got[0]["to_ton"]) == ("8300", "923001234567", 1)

    run(play)


def test_each_text_carries_the_id_of_its_registered_template(centre: Smsc) -> None:
    texts = "1107160000000000001=Reference {#var#}\n1107160000000000002=STATUS {#var#}: {#var#}"

    async def play() -> None:
        async with bound(centre, parameters="1400=1101;1401=9", registered_texts=texts) as station:
            for text in ("Reference PRY-7K3M-92QF", "STATUS PRY-7K3M-92QF: received"):
                await station.send(text)
            with pytest.raises(Trouble) as trouble:
                await station.send("Good morning")
            assert trouble.value.code == TroubleCode.TEMPLATE
            await true(lambda: len(centre.of("submit")) == 2)
            carried = [
                (bytes.fromhex(fact["vendor"]), bytes.fromhex(fact["vendor2"]))
                for fact in centre.of("submit")
            ]
            assert carried == [(b"1101\0", b"1107160000000000001\0"), (b"1101\0", b"1107160000000000002\0")]

    run(play)


def test_ids_in_hexadecimal_find_receipts_in_decimal(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre, message_ids="hex/dec") as station:
            centre.set(ids="hex", receipts=True)
            sent = [await station.send(f"letter {number}") for number in range(3)]
            await true(lambda: len(station.bodies) == 3)
            assert all(isinstance(item, Receipt) and item.status == "delivered" for item in station.items)
            assert {item.provider_id for item in station.items} == {one.provider_id for one in sent}

    run(play)


def test_separate_connections_for_sending_and_receiving(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre, links=3, binds="tx tx rx") as station:
            await true(lambda: sorted(fact["kind"] for fact in centre.of("bind")) == ["rx", "tx", "tx"])
            await station.send("hello")
            centre.deliver(source_addr="923009999999", destination_addr="8300", short_message="in")
            await true(lambda: station.bodies)
            assert station.items[0].text == "in"

    run(play)


def test_the_window_is_kept(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre, window="4") as station:
            centre.set(slow=30)
            await asyncio.gather(*(station.send(f"n {number}") for number in range(20)))
            await true(lambda: len(centre.of("submit")) == 20)
            assert max(fact["most"] for fact in centre.of("submit")) == 4

    run(play)


def test_throttling_is_told_and_a_further_part_waits(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre) as station:
            centre.set(throttle=1)
            with pytest.raises(Trouble) as told:
                await station.send("x")
            assert (told.value.code, told.value.retry) == (TroubleCode.BUSY, True)
            sending = asyncio.create_task(station.send(URDU))
            await true(lambda: centre.of("submit"))
            await sending
            await true(lambda: "".join(fact["text"] for fact in centre.of("submit")) == URDU)

    run(play)


def test_a_connection_that_breaks_leaves_what_was_sent_in_doubt_and_is_made_again(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre) as station:
            centre.set(mute=1, cut=True)
            with pytest.raises(Trouble) as told:
                await station.send("perhaps")
            assert told.value.code == TroubleCode.UNCERTAIN
            await true(lambda: len(centre.of("bind")) == 2 and station.binds.ready(station.account))
            await station.send("surely")
            await true(lambda: [fact["text"] for fact in centre.of("submit")] == ["perhaps", "surely"])

    run(play)


def test_without_a_connection_nothing_is_in_doubt(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre) as station:
            centre.set(password="another")
            centre.tell("close")
            await true(lambda: not station.binds.ready(station.account))
            with pytest.raises(Trouble) as told:
                await station.send("x")
            assert (told.value.code, told.value.retry) == (TroubleCode.UNREACHABLE, True)

    run(play)


def test_nothing_is_acknowledged_that_could_not_be_kept(centre: Smsc) -> None:
    async def play() -> None:
        async with bound(centre) as station:
            station.away = True
            centre.deliver("first", source_addr="923009999999", destination_addr="8300", short_message="help")
            await true(lambda: centre.of("answer"))
            station.away = False
            centre.deliver("again", source_addr="923009999999", destination_addr="8300", short_message="help")
            await true(lambda: len(centre.of("answer")) == 2)
            assert [(fact["mark"], fact["status"]) for fact in centre.of("answer")] == [
                ("first", 0x64),
                ("again", 0),
            ]
            assert [item.text for item in station.items] == ["help"]

    run(play)


def test_long_messages_of_phones_in_every_form(centre: Smsc) -> None:
    data = URDU.encode("utf-16-be")
    pieces = [data[at : at + 133] for at in range(0, len(data), 133)]  # a phone that cuts letters in two
    common = {"source_addr": "923009999999", "destination_addr": "8300", "data_coding": 8}

    async def play() -> None:
        async with bound(centre) as station:
            for number, piece in reversed(list(enumerate(pieces, start=1))):
                udh = bytes([5, 0, 3, 9, len(pieces), number]).hex()
                centre.deliver(**common, esm_class=0x40, udh=udh, hex=piece.hex())
            for number, piece in enumerate(pieces, start=1):
                sar = {"sar_msg_ref_num": 7, "sar_total_segments": len(pieces), "sar_segment_seqnum": number}
                centre.deliver(**common, **sar, hex=piece.hex())
            centre.deliver(**common, message_payload=data.hex())
            await true(lambda: len(station.bodies) == 2 * len(pieces) + 1)
            items = station.items
            assert all(isinstance(item, Arrived) for item in items)
            groups: dict[str, list[Arrived]] = {}
            for item in items:
                groups.setdefault(item.part.group if item.part else "", []).append(item)
            assert len(groups) == 3
            assert groups.pop("")[0].text == URDU
            assert [parts.join(group).text for group in groups.values()] == [URDU, URDU]

    run(play)


def test_the_test_binds_asks_and_leaves(centre: Smsc) -> None:
    async def tested(port: int = centre.port, **values: str) -> str | TroubleCode:
        try:
            return await check(None, Station(port, **values).account)  # type: ignore[arg-type]
        except Trouble as trouble:
            return trouble.code

    async def play() -> None:
        assert await tested(binds="rx tx") == f"police @ 127.0.0.1:{centre.port}"
        await true(lambda: centre.of("closed"))
        assert [fact["kind"] for fact in centre.of("bind")] == ["tx"], "where it can, it only sends"
        assert await tested(password="wrong") == TroubleCode.CREDENTIALS
        assert await tested(binds="both") == TroubleCode.CREDENTIALS
        assert await tested(port=1) == TroubleCode.UNREACHABLE

    run(play)


def test_several_numbers_share_a_connection(centre: Smsc) -> None:
    async def play() -> None:
        station = Station(centre.port)
        district = AccountFacts(external_id="8301", values=station.account.values)
        station.binds.keep([Served(1, station.account), Served(1, district)])
        await true(lambda: station.binds.ready(district))
        for number in ("8301", "8300", "9999"):
            centre.deliver(source_addr="923009999999", destination_addr=number, short_message=number)
        await true(lambda: len(station.bodies) == 3)
        assert sorted(json.loads(body)["account"] for body in station.bodies) == ["", "8300", "8301"]
        await station.binds.send(None, district, Letter(to="+923001234567", token="t", text="x"))  # type: ignore[arg-type]
        await true(lambda: [fact["source"] for fact in centre.of("submit")] == ["8301"])
        assert len(centre.of("bind")) == 1
        await station.binds.close()

    run(play)
