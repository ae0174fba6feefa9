"""A flood of messages with an emergency planted in its middle: does everything stay, and is the emergency on top?

`python -m bench.surge [--rate 200] [--seconds 600] [--port 8320]` prints what it saw and writes it to
`bench/results-surge.json`; 1 when a promise was not kept.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from bench import table
from bench.figures import Results
from bench.load import run
from bench.messages import request, text_body
from bench.site import Site, made
from bench.waiting import SIGN_IN, until_read

EMERGENCY = "Help, they are shooting at us near Kotwali, we will be killed"
JAM = "There is a huge traffic jam at Kotwali chowk and nobody can pass since {n} minutes, please send somebody at once"
OWN = (
    "My electricity meter number {n} was broken by boys of the street in Gulbahar, what can be done about it"
)
TOP_WITHIN, LIST_P95 = 5.0, 0.3  # seconds
SEND_EVERY = 0.25
BEFORE = """
    SELECT count(*) FROM outbox_delivery d WHERE d.priority > (SELECT min(priority) FROM outbox_delivery)
    AND d.id < (SELECT min(id) FROM outbox_delivery WHERE priority = (SELECT min(priority) FROM outbox_delivery))
"""
RESULTS = Path(__file__).with_name("results-surge.json")
TOP = re.compile(r'data-case="([0-9a-z]+)"')


@dataclass
class Seen:
    """What the run saw; times in seconds."""

    sent: int = 0
    planted_at: float = 0.0
    top_after: float | None = None
    read_after: float = 0.0
    lists: list[float] = field(default_factory=list)
    flooding: bool = True


def main() -> int:
    """Make a site, flood it, and print what was seen."""
    parser = argparse.ArgumentParser(prog="bench.surge", description=__doc__)
    parser.add_argument("--rate", type=int, default=200, help="messages a second")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--port", type=int, default=8320, help="first of three ports")
    chosen = parser.parse_args()
    with made(chosen.port) as site:
        key = site.python(SIGN_IN, "rabta_web").strip()
        with site.process("gateway", site.gateway), site.process("worker"), site.process("web", site.port):
            seen = asyncio.run(_flood(site, rate=chosen.rate, seconds=chosen.seconds, key=key))
            flooded = time.perf_counter()
            until_read(site, patience=60 + 4 * chosen.seconds)
            seen.read_after = time.perf_counter() - flooded
        return _told(site, seen, chosen)


async def _flood(site: Site, *, rate: int, seconds: int, key: str) -> Seen:
    seen = Seen()
    looking = asyncio.create_task(_look(site, seen, key))
    begun = time.perf_counter()
    for turn in range(int(seconds / SEND_EVERY)):
        texts = [_text(seen.sent + n) for n in range(int(rate * SEND_EVERY))]
        if not seen.planted_at and turn >= seconds / SEND_EVERY / 2:
            seen.planted_at = time.perf_counter()
            texts.append(EMERGENCY)
        await _send(site, seen, texts)
        await asyncio.sleep(max(0.0, begun + (turn + 1) * SEND_EVERY - time.perf_counter()))
    seen.flooding = False
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(looking, 60)
    return seen


def _text(n: int) -> str:
    """Half tell of one matter in nearly the same words, half each of something of their own."""
    return JAM.format(n=n % 7) if n % 2 else OWN.format(n=n)


async def _send(site: Site, seen: Seen, texts: list[str]) -> None:
    numbers = range(seen.sent, seen.sent + len(texts))
    bodies = [
        text_body(number=site.number, sender=n, message=n, text=text)
        for n, text in zip(numbers, texts, strict=True)
    ]
    ready = [request(body, hook=site.hook, secret=site.secret) for body in bodies]
    done = await run(port=site.gateway, requests=ready, connections=16, seconds=30)
    if done["statuses"] != {"200": len(texts)}:
        raise SystemExit(f"The gateway answered {done['statuses']}.")
    seen.sent += len(texts)


async def _look(site: Site, seen: Seen, key: str) -> None:
    """Load the desk's list again and again, as an open page does, until the emergency is on top and the flood over."""
    while seen.flooding or (seen.planted_at and seen.top_after is None):
        begun = time.perf_counter()
        page = await asyncio.to_thread(_list, site, key)
        now = time.perf_counter()
        seen.lists.append(now - begun)
        first = TOP.search(page)
        if seen.planted_at and seen.top_after is None and first and _is_emergency(site, first[1]):
            seen.top_after = now - seen.planted_at
        await asyncio.sleep(0.2)


def _list(site: Site, key: str) -> str:
    asked = Request(
        f"http://127.0.0.1:{site.port}/desk/list/?queue=open", headers={"Cookie": f"rabta_session={key}"}
    )
    with urlopen(asked, timeout=30) as answer:
        return str(answer.read().decode())


def _is_emergency(site: Site, public_id: str) -> bool:
    with site.admin() as connection:
        row = connection.execute(
            "SELECT urgency FROM cases_case WHERE public_id = %s", [public_id]
        ).fetchone()
    return row == (0,)


def _told(site: Site, seen: Seen, chosen: argparse.Namespace) -> int:
    results = Results(at=datetime.now(UTC).isoformat(timespec="seconds"), cores=os.cpu_count() or 1, repeat=1)
    results.measured = {
        "messages /s": chosen.rate,
        "seconds": chosen.seconds,
        "messages sent": seen.sent,
        "gathered under others": site.one("SELECT count(*) FROM cases_case WHERE part_of_id IS NOT NULL"),
        "answers queued before that to the emergency": site.one(BEFORE),
        "seconds until all was read": seen.read_after,
        "loads of the list": len(seen.lists),
    }
    kept = site.one("SELECT count(*) FROM cases_message WHERE direction = 'in'")
    results.hold("messages lost or doubled", abs(seen.sent - kept), "messages", at_most=0)
    results.hold("emergency on top of the list", seen.top_after or math.inf, "s", at_most=TOP_WITHIN)
    p95 = sorted(seen.lists)[min(len(seen.lists) - 1, int(len(seen.lists) * 0.95))]
    results.hold("list of the desk meanwhile, p95", 1000 * p95, "ms", at_most=1000 * LIST_P95)
    table.show(results)
    RESULTS.write_text(json.dumps(asdict(results), indent=1) + "\n")
    return 0 if all(line.met for line in results.lines) else 1


if __name__ == "__main__":
    sys.exit(main())
