"""Where accounts may lead: not inside, by whatever name, unless the force has said so."""

import asyncio
import socket
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from rabta.channels import reach
from rabta.channels.contract import Trouble
from rabta.rules.reach import may_reach, networks

INSIDE = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::5", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "not an address", "",
)  # fmt: skip
OUTSIDE = ("8.8.8.8", "157.240.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1")


def test_only_what_is_named_may_be_reached_inside() -> None:
    assert [address for address in INSIDE if may_reach(address, allowed=())] == []
    assert [address for address in OUTSIDE if not may_reach(address, allowed=())] == []
    allowed = networks("10.0.0.0/8, 169.254.169.254,fd00::/8")
    named = {"10.0.0.1", "169.254.169.254", "fd00::5", "::ffff:10.0.0.1", "2002:a00:1::1"}
    assert {address for address in INSIDE if may_reach(address, allowed=allowed)} == named
    with pytest.raises(ValueError, match="nonsense"):
        networks("nonsense")


async def got(url: str) -> int:
    async with reach.new_session() as session, session.get(url) as answer:
        return answer.status


@pytest.fixture
def listener():
    """A machine inside; says whether anybody came."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.setblocking(False)
        yield server


def came(server: socket.socket) -> bool:
    try:
        line, _address = server.accept()
    except BlockingIOError:
        return False
    line.close()
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1"])
def test_no_session_goes_inside_by_any_name(settings: Any, listener: socket.socket, host: str) -> None:
    settings.REACH = ()
    with pytest.raises(aiohttp.ClientError):
        asyncio.run(got(f"http://{host}:{listener.getsockname()[1]}/"))
    assert not came(listener)


def test_mail_servers_and_message_centres_neither(settings: Any, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    settings.REACH = ()
    with pytest.raises(Trouble, match="RABTA_REACH"):
        reach.addresses("localhost", port)
    with pytest.raises(Trouble, match="RABTA_REACH"):
        asyncio.run(reach.connect("127.0.0.1", port, secure=None))
    assert not came(listener)


@pytest.mark.parametrize("demo", [True, False])
def test_in_the_demonstration_and_where_it_is_named_it_is_reached(
    settings: Any, listener: socket.socket, demo: bool
) -> None:
    settings.DEMO, settings.REACH = demo, () if demo else networks("127.0.0.1,::1")

    async def reached() -> None:
        _reader, writer = await reach.connect("localhost", listener.getsockname()[1], secure=None)
        writer.close()
        await writer.wait_closed()

    asyncio.run(reached())
    assert came(listener)


def test_a_redirection_leads_nowhere_inside(settings: Any, listener: socket.socket) -> None:
    """Names and redirections are looked at where the connection is made, not in what was typed."""
    settings.REACH = networks("::1")

    async def scenario() -> None:
        async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            to = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(elsewhere, "::1", 0)
        async with server:
            with pytest.raises(aiohttp.ClientError):
                await got(f"http://[::1]:{server.sockets[0].getsockname()[1]}/")

    asyncio.run(scenario())
    assert not came(listener)
