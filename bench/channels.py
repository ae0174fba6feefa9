"""Every channel with hooks: bodies taken in against the bare echo, and letters sent to a provider that answers at once.

`python -m bench.channels [--quick]` measures these alone; `make bench` has them as well. Providers' caps are lifted
for the measurement of letters: what is held against a cap is what the program itself can do.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import harmonic_mean
from typing import Any

from bench.bodies import BODIES
from bench.provider import providing
from bench.site import Site, made, running
from tests import running as processes
from tests.intake.replaying import SECRET

CONNECTIONS = 64
MAKE = """
import json, sys
from rabta.channels.accounts import create_account, create_credential
from rabta.force.models import Unit
from rabta.channels.registry import BY_KIND
from tests.intake.replaying import values_of
from bench.bodies import ACCOUNTS
url = sys.argv[1]
for kind, external_id in ACCOUNTS.items():
    values = values_of(BY_KIND[kind], port=1)
    own = {"api_url": url, "sendsms": f"{url}/cgi-bin/sendsms", "access_tokens": f"{external_id}-t:s",
           "token": f"{external_id}:token"}
    for name, value in own.items():
        if name in {field.name for field in BY_KIND[kind].fields}:
            values[name] = value
    app = create_credential(channel=kind, name=f"bench {kind}", values=values, hook=f"bench{kind}")
    create_account(credential=app, name=f"bench {kind}", external_id=external_id, unit=Unit.objects.get(code="CPO"))
"""
QUEUE = """
import sys
from datetime import timedelta
from django.utils import timezone
from rabta import keys
from rabta.channels.models import Account
from rabta.force.access import system
from rabta.outbox.posting import Outgoing, post
from rabta.outbox.windows import wrote
from bench.bodies import ACCOUNTS
kind, count = sys.argv[1], int(sys.argv[2])
with system("bench"):
    account = Account.objects.get(channel=kind, external_id=ACCOUNTS[kind])
    digests = [keys.digest("handle", f"{kind} {n}") for n in range(count)]
    wrote((account.pk, digest, timezone.now() - timedelta(minutes=1)) for digest in digests)
    letters = [Outgoing(account=account, number=f"92300{n:07d}", address_digest=digest,
                        text=f"Your reference number is PSH-7K3M-{n:04d}.", visible_to=[1])
               for n, digest in enumerate(digests)]
    post(letters, timezone.now())
"""
# The relay with caps so high that they do not count.
RELAY = """
import asyncio, signal, sys
from dataclasses import replace
from rabta.channels.registry import BY_KIND
from rabta.outbox.relay import Relay, conninfo, new_session
kind = sys.argv[1]
channel = BY_KIND[kind]
free = replace(channel.limits, per_second=50_000, pair_interval=None, windowed={})

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with new_session() as session:
        relay = Relay(conninfo=conninfo(), channels={kind: replace(channel, limits=free, rate=None)}, session=session)
        await relay.run(stop)

asyncio.run(main())
"""
LEFT = (
    "SELECT count(*) FROM outbox_delivery d JOIN channels_account a ON a.id = d.account_id"
    " WHERE a.name = 'bench {kind}' AND d.state IN ('queued', 'sending')"
)


def rates(site: Site, *, count: int, letters: int) -> dict[str, float]:
    """Bodies and letters a second for each channel, and the same bodies at the bare echo."""
    found: dict[str, float] = {}
    with providing() as url:
        site.python(MAKE, "rabta_migrate", url)
        with _echo(site) as echo, site.process("gateway", site.gateway):
            for kind in BODIES:
                found |= _beside_the_echo(site, kind, count, echo)
        for kind in BODIES:
            found[f"letters {kind} /s"] = _letters(site, kind, letters)
    return found


def hold(measured: dict[str, float], held: Any) -> None:
    """Hold the rates against the goals: 40 % of the echo for bodies, the provider's cap for letters."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rabta.settings")
    from rabta.channels.registry import BY_KIND

    for kind in BODIES:
        ratio = measured[f"ingest {kind} /s"] / measured[f"echo {kind} /s"]
        held(f"durable ingest of {kind} / bare echo", ratio, "×", at_least=0.4)
        cap = BY_KIND[kind].limits.per_second
        held(
            f"letters over {kind} / its cap of {cap} a second",
            measured[f"letters {kind} /s"] / cap,
            "×",
            at_least=1,
        )


def _load(site: Site, kind: str, count: int, *, first: int, port: int = 0) -> float:
    order = {
        "port": port or site.gateway, "hook": f"/hooks/bench{kind}", "secret": SECRET, "number": "", "count": count,
        "connections": CONNECTIONS, "duplicates": 0.0, "first": first, "seconds": 60, "channel": kind,
    }  # fmt: skip
    words = [sys.executable, "-m", "bench.load", json.dumps(order)]
    told = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if told["statuses"].keys() != {"200"}:
        raise SystemExit(f"{kind}: not every request was answered with 200: {told['statuses']}")
    return float(told["rate"])


@contextmanager
def _echo(site: Site) -> Iterator[int]:
    """The bare echo; its port."""
    port, command = site.port + 2, [sys.executable, "-m", "bench.echo", str(site.port + 2)]
    with running(command, dict(os.environ), port=port, log=site.home / "echo.log"):
        yield port


def _beside_the_echo(site: Site, kind: str, count: int, echo: int) -> dict[str, float]:
    """Both by turns, twice: machines get slower and faster by themselves, and each ratio is of one time."""
    ours, bare, half = [], [], count // 2
    echoed = (
        "facebook" if kind == "kannel" else kind
    )  # a GET without a body is no measure of taking bodies in
    _load(site, kind, count // 10, first=0)  # the code is warm
    _load(site, echoed, count // 10, first=0, port=echo)
    for turn in (1, 2):
        bare.append(_load(site, echoed, half, first=turn * count, port=echo))
        ours.append(_load(site, kind, half, first=turn * count))
    return {f"echo {kind} /s": harmonic_mean(bare), f"ingest {kind} /s": harmonic_mean(ours)}


def _letters(site: Site, kind: str, count: int) -> float:
    site.python(QUEUE, "rabta_migrate", kind, str(count))
    return sent(site, kind, count)


def sent(site: Site, kind: str, count: int) -> float:
    """Letters a second from the queue, in which so many wait, to the stored result."""
    relay = [sys.executable, "-c", "import django; django.setup()\n" + RELAY, kind]
    left = LEFT.format(kind=kind)
    with running(relay, site.environment("rabta_relay"), port=None, log=site.home / f"relay-{kind}.log"):
        processes.wait_until(lambda: site.one(left) < count)
        begun, started = site.one(left), time.perf_counter()
        processes.wait_until(lambda: site.one(left) == 0)
        took = time.perf_counter() - started
    gone = site.one(left.replace("d.state IN ('queued', 'sending')", "d.state = 'sent'"))
    if gone != count:
        raise SystemExit(f"{kind}: {gone} of {count} letters were sent. A rate of that means nothing.")
    if not begun:
        raise SystemExit(
            f"{kind}: all {count} letters had left before the clock ran. Measure with more of them."
        )
    return float(begun) / took


def main() -> None:
    """Measure on a site of its own."""
    parser = argparse.ArgumentParser(prog="bench.channels", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few of everything, to see that it works")
    parser.add_argument("--port", type=int, default=8360, help="first of three ports")
    chosen = parser.parse_args()
    from bench import table  # both know `figures`, which knows this module
    from bench.figures import QUICK, Results, Rounds

    with made(chosen.port) as site:
        found = (
            rates(site, count=QUICK.bodies, letters=QUICK.letters)
            if chosen.quick
            else rates(site, count=Rounds.bodies, letters=Rounds.letters)
        )
    results = Results(at=datetime.now(UTC).isoformat(timespec="seconds"), cores=os.cpu_count() or 1, repeat=1)
    results.measured |= found
    hold(found, results.hold)
    table.show(results)


if __name__ == "__main__":
    main()
