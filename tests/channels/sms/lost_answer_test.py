"""A gateway that takes a message and never answers is asked once: aiohttp repeats a GET that was not answered."""

import asyncio

import pytest

from rabta.channels import kannel
from rabta.channels.contract import AccountFacts, Letter, Trouble, TroubleCode
from rabta.outbox.relay import new_session


async def asked_times() -> tuple[int, TroubleCode]:
    asked = 0

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        asked += 1
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server, new_session() as session:
        port = server.sockets[0].getsockname()[1]
        values = {
            "sendsms": f"http://127.0.0.1:{port}/cgi-bin/sendsms",
            "username": "rabta",
            "password": "word",
            "hook_secret": "secretword99",
        }
        account = AccountFacts(external_id="8301", values=values, hook="http://127.0.0.1:1/hooks/k")
        assert kannel.CHANNEL.send
        with pytest.raises(Trouble) as told:
            await kannel.CHANNEL.send(session, account, Letter(to="+923000000001", token="t", text="one"))
        return asked, told.value.code


def test_a_message_whose_answer_is_lost_is_in_doubt_and_not_sent_again() -> None:
    assert asyncio.run(asked_times()) == (1, TroubleCode.UNCERTAIN)
