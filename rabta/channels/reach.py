"""Connections to providers go where `rabta.rules.reach` lets them, by the addresses that names have at that moment."""

import asyncio
import socket
import ssl
from typing import Any

import aiohttp
from django.conf import settings

from rabta.channels.contract import Trouble, TroubleCode
from rabta.rules.reach import LOOPBACK, may_reach

WHY = "the address lies inside the network, and RABTA_REACH does not name it"


class Inside(OSError):
    """A connection would have gone where none may."""


AS_USUAL = aiohttp.ClientTimeout(total=300, sock_connect=30)


def new_session(*, timeout: aiohttp.ClientTimeout = AS_USUAL, **connector: Any) -> Any:
    """An aiohttp.ClientSession, as the contract's Session: no cookies, no proxy from the environment, and no way
    inside, whatever name or redirection leads there. Open it within a running loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=_socket, **connector),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=timeout,
        trust_env=False,
    )


def addresses(host: str, port: int) -> list[str]:
    """The addresses of this host, all of which may be reached. Raises Trouble.

    One that may not be reached is enough: which of them a library takes is its own choice.
    """
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Trouble(TroubleCode.UNREACHABLE, type(error).__name__, retry=True) from None
    if not all(_may(address) for address in found):
        raise Trouble(TroubleCode.UNREACHABLE, WHY)
    return found


async def connect(
    host: str, port: int, *, secure: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that answers. Raises Trouble, or the OSError of the last one."""
    failed: OSError | None = None
    for address in await asyncio.to_thread(addresses, host, port):
        try:
            name = host if secure else None
            return await asyncio.open_connection(address, port, ssl=secure, server_hostname=name)
        except OSError as error:
            failed = error
    raise failed or OSError("no address")


def _may(address: str) -> bool:
    return may_reach(address, allowed=(*settings.REACH, *(LOOPBACK if settings.DEMO else ())))


def _socket(info: tuple[Any, ...]) -> socket.socket:
    if not _may(str(info[4][0])):
        raise Inside(WHY)
    return socket.socket(info[0], info[1], info[2])
