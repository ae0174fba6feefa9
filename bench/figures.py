"""What is measured, and which goal it is held against."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench import channels, mail, sms, waiting
from bench.site import Site, running

CONNECTIONS = 64
Say = Callable[[str], None]


@dataclass(frozen=True)
class Rounds:
    """How much of everything."""

    repeat: int = 3
    ingest: int = 20_000
    cases: int = 6_000
    baseline: int = 600
    slow: int = 60  # messages at one a second
    bodies: int = 6_000  # over each channel
    letters: int = 2_000


QUICK = Rounds(repeat=1, ingest=3000, cases=1000, slow=15, bodies=1500, letters=500)


@dataclass(frozen=True)
class Line:
    """One figure and its goal."""

    name: str
    value: float
    unit: str
    goal: str
    met: bool


@dataclass
class Results:
    """All of one run. The machine is told by its cores and its disk, and by nothing else."""

    at: str
    cores: int
    repeat: int
    measured: dict[str, float] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def hold(self, name: str, value: float, unit: str, *, at_least: float = 0, at_most: float = 0) -> None:
        """Add a figure with its goal."""
        met = value >= at_least if at_least else value <= at_most
        goal = f"≥ {at_least:g} {unit}" if at_least else f"≤ {at_most:g} {unit}"
        self.lines.append(Line(name, round(value, 3), unit, goal, met))


def all_of(site: Site, *, rounds: Rounds, say: Say) -> Results:
    """Measure everything, and hold it against the goals."""
    results = Results(
        at=datetime.now(UTC).isoformat(timespec="seconds"), cores=os.cpu_count() or 1, repeat=rounds.repeat
    )
    results.measured["fsync of 8 KB, median ms"] = fsync_ms(site)
    found: dict[str, list[float]] = {}
    for number in range(rounds.repeat):
        say(f"round {number + 1} of {rounds.repeat}")
        for name, value in _round(site, rounds, number).items():
            found.setdefault(name, []).append(value)
    results.measured |= {name: statistics.median(values) for name, values in found.items()}
    say(f"{rounds.slow} messages, one a second")
    results.measured |= waiting.at_one_a_second(site, count=rounds.slow)
    say("letters by SMS")
    results.measured |= sms.rates(site, count=rounds.cases)
    say("each channel by itself")
    results.measured |= channels.rates(site, count=rounds.bodies, letters=rounds.letters)
    say("letters by e-mail, out and in")
    results.measured |= mail.rates(site, letters=rounds.letters)
    _judge(results)
    return results


def _judge(results: Results) -> None:
    m = results.measured
    results.hold("durable ingest / bare echo", m["ingest /s"] / m["echo /s"], "×", at_least=0.40)
    results.hold("p99 of ingest / p99 of echo", m["ingest p99 ms"] / m["echo p99 ms"], "×", at_most=3)
    results.hold(
        "with 10 % duplicates / without", m["ingest with duplicates /s"] / m["ingest /s"], "×", at_least=0.9
    )
    results.hold("lost or doubled rows", m["rows wrong"], "rows", at_most=0)
    results.hold("webhook → case + answer / bare echo", m["cases /s"] / m["echo /s"], "×", at_least=0.25)
    results.hold("webhook → case + answer / ORM", m["cases /s"] / m["ORM baseline /s"], "×", at_least=15)
    results.hold("backlog clear after the load", m["backlog s"], "s", at_most=2)
    results.hold("1/s: webhook → order in outbox, p95", m["order p95 ms"], "ms", at_most=150)
    results.hold("1/s: webhook → at an open desk, p95", m["desk p95 ms"], "ms", at_most=400)
    if "Kannel messages /s" in m:
        results.hold(
            "SMS from outbox / Kannel", m["SMS letters /s"] / m["Kannel messages /s"], "×", at_least=1
        )
    channels.hold(m, results.hold)
    mail.hold(m, results.hold)


def _round(site: Site, rounds: Rounds, number: int) -> dict[str, float]:
    """Echo, ingest without and with duplicates, cases, ORM: one after the other, so that the ratios are of one time."""
    first = 1_000_000 * (number + 1)
    echo = _echo(site, rounds)
    site.empty()  # never while a gateway runs: it keeps the data key of the minute
    with site.process("gateway", site.gateway):
        load(site, count=rounds.ingest // 10, first=first)  # the WAL and the code are warm
        half = (
            rounds.ingest // 2
        )  # half before and half after, because machines get slower and faster by themselves
        before = load(site, count=half, first=first + 100_000)
        again = load(site, count=rounds.ingest, first=first + 200_000, duplicates=0.1)
        after = load(site, count=half, first=first + 100_000 + half)
    stored = site.one("SELECT count(*) FROM intake_journal")
    wrong = abs(stored - before["sent"] - after["sent"] - again["sent"] - rounds.ingest // 10)
    site.empty()
    with site.process("gateway", site.gateway), site.process("worker"):
        cases = _cases(site, rounds, first + 300_000)
    site.empty()
    script = "import sys; from bench import baseline; baseline.main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))"
    orm = site.python(script, "rabta_worker", site.number, str(rounds.baseline), str(first + 900_000))
    return {
        "echo /s": echo["rate"],
        "echo p99 ms": echo["p99"],
        "ingest /s": 2 * half / (before["seconds"] + after["seconds"]),
        "ingest p99 ms": (before["p99"] + after["p99"]) / 2,
        "ingest with duplicates /s": again["rate"],
        "rows wrong": wrong + cases.pop("wrong"),
        "ORM baseline /s": float(orm),
        **cases,
    }


def _cases(site: Site, rounds: Rounds, first: int) -> dict[str, float]:
    """A load with duplicates while the worker reads: from the first request to the last case and answer."""
    load(site, count=200, first=first)
    waiting.until_read(site)
    before = _counts(site)
    sent = load(site, count=rounds.cases, first=first + 1000, duplicates=0.1)
    loaded = time.perf_counter()
    waiting.until_read(site)
    ended = time.perf_counter()
    cases, answers = (now - then for now, then in zip(_counts(site), before, strict=True))
    # The generator first prepares its bodies: what counts begins with the first request.
    took = ended - loaded + sent["seconds"]
    return {
        "cases /s": min(cases, answers) / took,
        "backlog s": ended - loaded,
        "wrong": abs(cases - sent["different"]) + max(0, sent["different"] - answers),
    }


def _counts(site: Site) -> tuple[int, int]:
    """Cases, and answers in the outbox; what officers are told of orders is not counted."""
    answers = "SELECT count(*) FROM outbox_delivery WHERE handle_id IS NOT NULL"
    return site.one("SELECT count(*) FROM cases_case"), site.one(answers)


def _echo(site: Site, rounds: Rounds) -> dict[str, Any]:
    port = site.port + 2
    words = [sys.executable, "-m", "bench.echo", str(port)]
    with running(words, dict(os.environ), port=port, log=site.home / "echo.log"):
        load(site, count=rounds.ingest // 10, first=0, port=port)
        return load(site, count=rounds.ingest, first=0, port=port)


def load(site: Site, *, count: int, first: int, duplicates: float = 0.0, port: int = 0) -> dict[str, Any]:
    """Run the load generator in its own process."""
    order = {
        "port": port or site.gateway,
        "hook": site.hook,
        "secret": site.secret,
        "number": site.number,
        "count": count,
        "connections": CONNECTIONS,
        "duplicates": duplicates,
        "first": first,
        "seconds": 60,
    }
    words = [sys.executable, "-m", "bench.load", json.dumps(order)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    if found["statuses"].keys() != {"200"}:
        raise SystemExit(
            f"Not every request was answered with 200: {found['statuses']}. A rate of that means nothing."
        )
    return found


def fsync_ms(site: Site) -> float:
    """How long the disk takes for a page, so that runs can be compared."""
    path, delays = site.home / "probe", []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        for _ in range(100):
            started = time.perf_counter()
            os.write(handle, b"x" * 8192)
            os.fsync(handle)
            delays.append(1000 * (time.perf_counter() - started))
    finally:
        os.close(handle)
        path.unlink()
    return statistics.median(delays)
