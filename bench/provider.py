"""A provider that takes every letter of every channel at once, in a process of its own."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests import running

CONTENT = {
    b"/messages": {"messages": [{"id": "wamid.{n}"}], "recipient_id": "1", "message_id": "m_{n}",
                   "data": {"dm_event_id": "{n}"}},
    b"/sendMessage": {"ok": True, "result": {"message_id": 1, "chat": {"id": 1}}},
}  # fmt: skip


class Line(asyncio.Protocol):
    """One kept connection."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if not end or len(rest) < length:
            return
        self.buffer = rest[length:]
        self.transport.write(answer(head.split(b" ", 2)[1]))  # type: ignore[attr-defined]


def answer(path: bytes) -> bytes:
    """What the provider behind this path says; each id once."""
    Line.taken += 1
    if b"sendsms" in path:
        return b"HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n0: Accepted"
    content = next(content for end, content in CONTENT.items() if end in path)
    body = json.dumps(content).replace("{n}", str(10**12 + Line.taken)).encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


@contextmanager
def providing() -> Iterator[str]:
    """Its address."""
    port = running.free_ports()
    command = [sys.executable, "-m", "bench.provider", str(port)]
    with subprocess.Popen(command) as process:
        try:
            running.wait_until(lambda: running.ask(port, "/sendsms")[0])
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
