"""SMS: letters from the outbox to a message centre (npm `smpp`), results stored, and the same centre fed by Kannel; and
what telephones write, from that centre to the journal.

`python -m bench.sms` measures these alone.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.site import Site, made
from tests import running
from tests.peers.smsc import Smsc, smsc

LETTERS = 6000
HEARD = 2000
QUEUE = """
import sys
from django.utils import timezone
from rabta import keys
from rabta.channels.accounts import create_account, create_credential
from rabta.channels.models import Account
from rabta.force.access import system
from rabta.force.models import Unit
from rabta.outbox.posting import Outgoing, post
port, count = sys.argv[1], int(sys.argv[2])
with system("bench"):
    values = {"host": "127.0.0.1", "port": port, "system_id": "bench", "password": "secret",
              "per_second": "20000", "window": "500"}
    known = Account.objects.filter(channel="sms", external_id=port).first()
    account = known or create_account(
        credential=create_credential(channel="sms", name="bench", values=values), name="bench", external_id=port,
        unit=Unit.objects.get(code="CPO"),
    )
    letters = [Outgoing(account=account, number=f"+92300{n:07d}", address_digest=keys.digest("handle", str(n)),
                        text=f"Your reference number is PSH-7K3M-{n:04d}.", visible_to=[1]) for n in range(count)]
    post(letters, timezone.now())
"""
KANNEL = """
group = core
admin-port = {0}
admin-password = bar
smsbox-port = {1}
log-level = 4
box-allow-ip = 127.0.0.1

group = smsc
smsc = smpp
host = 127.0.0.1
port = {centre}
smsc-username = kannel
smsc-password = secret
system-type = ""
transceiver-mode = true
max-pending-submits = 500

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {2}
log-level = 4

group = sendsms-user
username = rabta
password = secret
"""


def rates(site: Site, *, count: int = LETTERS) -> dict[str, float]:
    """Letters a second: ours from the queue to the stored result, Kannel's from `sendsms` to the centre."""
    found = {"SMS letters /s": _ours(site, count), "SMS heard /s": heard(site)}
    if shutil.which("bearerbox"):
        found["Kannel messages /s"] = _kannels(count)
    return found


def _ours(site: Site, count: int) -> float:
    with smsc(quiet=True) as centre:
        site.python(QUEUE, "rabta_migrate", str(centre.port), str(count))
        waiting = (
            "SELECT count(*) = 0 FROM outbox_delivery d JOIN channels_account a ON a.id = d.account_id"
            f" WHERE a.external_id = '{centre.port}' AND d.state IN ('queued', 'sending')"
        )
        with site.process("smpp"):
            centre.wait_for(lambda: centre.of("bind"))
            started = time.perf_counter()
            running.wait_until(lambda: site.one(waiting))
            took = time.perf_counter() - started
        _check(centre, count)
    return count / took


def heard(site: Site, *, count: int = HEARD) -> float:
    """Messages of telephones a second: from the centre to the durable journal, after which each is acknowledged."""
    with smsc() as centre:
        site.python(QUEUE, "rabta_migrate", str(centre.port), "0")
        with site.process("smpp"):
            centre.wait_for(lambda: centre.of("bind"))
            started = time.perf_counter()
            for n in range(count):
                who = {"source_addr": f"92300{n:07d}", "destination_addr": str(centre.port)}
                centre.deliver(str(n), short_message=f"Motorcycle {n} was stolen near Kotwali", **who)
            centre.wait_for(lambda: len(centre.of("answer")) >= count)
            took = time.perf_counter() - started
        refused = [fact for fact in centre.of("answer") if fact["status"] != 0]
    if refused:
        raise SystemExit(f"{len(refused)} of {count} messages were refused. A rate of that means nothing.")
    return count / took


def _check(centre: Smsc, count: int) -> None:
    centre.tell("count")
    centre.wait_for(lambda: centre.of("count"))
    taken = centre.of("count")[-1]["taken"]
    if taken != count:
        raise SystemExit(f"{taken} of {count} messages reached the centre. A rate of that means nothing.")


@contextmanager
def _kannel(centre: Smsc, folder: Path) -> Iterator[str]:
    first = running.free_ports()
    file = folder / "kannel.conf"
    file.write_text(KANNEL.format(first, first + 1, first + 2, centre=centre.port))
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    box = subprocess.Popen(["bearerbox", str(file)], **quiet)
    centre.wait_for(lambda: centre.of("bind"))
    front = subprocess.Popen(["smsbox", str(file)], **quiet)
    try:
        running.wait_until(lambda: running.ask(first + 2, "/")[0])
        yield f"http://127.0.0.1:{first + 2}/cgi-bin/sendsms"
    finally:
        for process in (front, box):
            process.kill()
            process.wait()


def _kannels(count: int) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        smsc(quiet=True) as centre,
        _kannel(centre, Path(folder)) as url,
    ):
        started = time.perf_counter()
        asyncio.run(_feed(url, count))
        running.wait_until(lambda: _taken(centre) >= count)
        return count / (time.perf_counter() - started)


def _taken(centre: Smsc) -> int:
    before = len(centre.of("count"))
    centre.tell("count")
    centre.wait_for(lambda: len(centre.of("count")) > before)
    return int(centre.of("count")[-1]["taken"])


async def _feed(url: str, count: int) -> None:
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50)) as session:

        async def one_after_the_other() -> None:
            for n in numbers:
                text = f"Your reference number is PSH-7K3M-{n:04d}."
                who = {"username": "rabta", "password": "secret", "from": "8300"}
                query = {**who, "to": f"+92300{n:07d}", "text": text}
                async with session.get(url, params=query) as answer:
                    await answer.read()

        await asyncio.gather(*(one_after_the_other() for _ in range(50)))


def main() -> None:
    """Measure on a site of its own."""
    with made(8330) as site:
        print(json.dumps(rates(site, count=int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS), indent=1))


if __name__ == "__main__":
    main()
