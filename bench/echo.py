"""The measure of all: an ASGI application that takes the body and says 200, under the same Granian."""

import asyncio
import sys
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Nothing but HTTP."""
    more = scope["method"] == "POST"
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b""})


async def main(port: int) -> None:
    """Serve until killed."""
    server = Server(echo, "127.0.0.1", port, interface=Interfaces.ASGINL, backlog=1024, log_enabled=False)
    asyncio.get_running_loop().add_signal_handler(15, server.stop)
    await server.serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
