"""How long one waits: for the backlog to be read, for the order to be queued, for the desk to hear."""

import asyncio
import contextlib
import time
from typing import Any

import psycopg

from bench.load import run
from bench.messages import request, text_body
from bench.site import Site

PATIENCE = 120  # seconds for one order: a busy machine gives a bad figure, not none
SIGN_IN = """
import sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from rabta.force.models import Officer
officer = Officer.objects.filter(postings__post__role="desk_operator", postings__post__unit__code="DESK-HQ").first()
session = SessionStore()
session[SESSION_KEY] = str(officer.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
session.create()
print(session.session_key)
"""
# A theft is ordered each time; what happens to everybody at one place is gathered from the third on.
ORDER_TEXT = "my motorcycle was stolen in Board Bazaar last night, its number ends in {number}"


def until_read(site: Site, *, patience: float = 120) -> None:
    """Return when no journal row is unread."""
    until = time.monotonic() + patience
    with site.admin() as connection:
        while connection.execute("SELECT EXISTS (SELECT 1 FROM intake_unread)").fetchone() != (False,):
            if time.monotonic() > until:
                raise SystemExit("The journal is not read. See worker.log.")
            time.sleep(0.01)


def at_one_a_second(site: Site, *, count: int) -> dict[str, float]:
    """Send `count` messages slowly to a whole site; p95 until the order is queued and until the desk hears."""
    site.empty()
    key = site.python(SIGN_IN, "rabta_web").strip()
    with site.process("gateway", site.gateway), site.process("worker"), site.process("web", site.port):
        return asyncio.run(_slowly(site, count=count, key=key))


async def _slowly(site: Site, *, count: int, key: str) -> dict[str, float]:
    heard: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    desk = asyncio.create_task(_listen(site.port, key, heard))
    orders, desks = [], []
    database = await psycopg.AsyncConnection.connect(site.admin().info.dsn, autocommit=True)
    await asyncio.sleep(3)  # the worker has begun, the desk has heard its first `refresh`
    for number in range(count):
        begun = time.perf_counter()
        while not heard.empty():
            heard.get_nowait()
        await _send(site, number)
        order = asyncio.create_task(_until_ordered(database, number, begun))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                desks.append(1000 * ((await heard.get())[1] - begun))
        orders.append(1000 * await order)
        await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - begun)))
    desk.cancel()
    await database.close()
    if len(desks) < count:
        raise SystemExit(f"The desk heard of {len(desks)} of {count} messages.")
    return {"order p95 ms": _p95(orders), "desk p95 ms": _p95(desks)}


async def _send(site: Site, number: int) -> None:
    data = text_body(
        number=site.number,
        sender=5_000_000 + number,
        message=9_000_000 + number,
        text=ORDER_TEXT.format(number=number),
    )
    done = await run(
        port=site.gateway,
        requests=[request(data, hook=site.hook, secret=site.secret)],
        connections=1,
        seconds=5,
    )
    if done["statuses"] != {"200": 1}:
        raise SystemExit(f"The gateway answered {done['statuses']}.")


async def _until_ordered(database: "psycopg.AsyncConnection[Any]", number: int, begun: float) -> float:
    """Seconds until there are as many lead orders in the outbox as messages were sent."""
    query = "SELECT count(*) FROM cases_order WHERE part = 'lead' AND delivery_id IS NOT NULL"
    while time.perf_counter() - begun < PATIENCE:
        row = await (await database.execute(query)).fetchone()
        if row and row[0] > number:
            return time.perf_counter() - begun
        await asyncio.sleep(0.004)
    raise SystemExit(f"Message {number} was not ordered within {PATIENCE} s.")


async def _listen(port: int, key: str, heard: "asyncio.Queue[tuple[str, float]]") -> None:
    """An open desk: every `case` that it hears of, with the time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: rabta_session={key}\r\n\r\n".encode())
    name = ""
    while line := (await reader.readline()).decode():
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: ") and name == "case":
            await heard.put((line[6:].strip(), time.perf_counter()))


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
