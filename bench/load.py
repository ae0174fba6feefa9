"""The load: a process of its own that sends prepared requests over kept connections and prints what it saw as JSON.

`python -m bench.load '{"port": …, "hook": …, "secret": …, "number": …, "count": …, "connections": 64,
"duplicates": 0.1, "first": 0, "seconds": 30}'`
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

import uvloop

from bench.messages import body, request


class Line(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last is whole."""

    def __init__(self, work: "Work") -> None:
        self.work, self.buffer = work, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.next()

    def next(self) -> None:
        data = self.work.take()
        if data is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end or len(rest) < _length(head):
            return
        self.buffer = b""
        self.work.delays.append(time.perf_counter() - self.sent)
        self.work.statuses[head[9:12].decode()] = self.work.statuses.get(head[9:12].decode(), 0) + 1
        self.next()

    def connection_lost(self, _error: Exception | None) -> None:
        self.work.line_closed()


class Work:
    """The requests still to send, and what came back."""

    def __init__(self, requests: list[bytes], *, lines: int, seconds: float) -> None:
        self.requests, self.at, self.until = requests, 0, time.perf_counter() + seconds
        self.delays: list[float] = []
        self.statuses: dict[str, int] = {}
        self.open, self.done = lines, asyncio.Event()

    def take(self) -> bytes | None:
        if self.at >= len(self.requests) or time.perf_counter() > self.until:
            return None
        self.at += 1
        return self.requests[self.at - 1]

    def line_closed(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def run(*, port: int, requests: list[bytes], connections: int, seconds: float) -> dict[str, Any]:
    """Send all requests (or as many as the seconds allow); rate, latencies in ms, and statuses."""
    work = Work(requests, lines=connections, seconds=seconds)
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    await asyncio.gather(
        *(loop.create_connection(lambda: Line(work), "127.0.0.1", port) for _ in range(connections))
    )
    async with asyncio.timeout(seconds + 10):
        await work.done.wait()
    took, delays = time.perf_counter() - started, sorted(work.delays)
    return {
        "sent": len(delays),
        "seconds": took,
        "rate": len(delays) / took,
        "p50": 1000 * delays[len(delays) // 2],
        "p99": 1000 * delays[int(len(delays) * 0.99)],
        "statuses": work.statuses,
    }


def prepare(
    *, hook: str, secret: str, number: str, count: int, duplicates: float, first: int
) -> tuple[list[bytes], int]:
    """`count` requests of which a share repeats an earlier one; and how many are different."""
    chance, requests, different = random.Random(first), [], 0
    for _ in range(count):
        if requests and chance.random() < duplicates:
            requests.append(requests[-1 - chance.randrange(min(200, len(requests)))])
            continue
        data = body(number=number, sender=first + different, message=first + different)
        requests.append(request(data, hook=hook, secret=secret))
        different += 1
    return requests, different


def of_channel(kind: str, *, hook: str, count: int, first: int) -> list[bytes]:
    """`count` different messages over this channel."""
    from bench import bodies

    return [bodies.request(kind, first + n, hook=hook) for n in range(count)]


def main(order: dict[str, Any]) -> None:
    """Do as ordered and print the result."""
    names = ("hook", "secret", "number", "count", "duplicates", "first")
    if "channel" in order:
        requests = of_channel(order["channel"], **{name: order[name] for name in ("hook", "count", "first")})
        different = len(requests)
    else:
        requests, different = prepare(**{name: order[name] for name in names})
    result = uvloop.run(
        run(
            port=order["port"],
            requests=requests,
            connections=order["connections"],
            seconds=order["seconds"],
        )
    )
    print(json.dumps(result | {"different": different}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
