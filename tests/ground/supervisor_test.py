"""The supervisor starts, restarts and stops its children, and leaves no orphan however it ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from rabta.supervisor import (
    POSTGRES_SECONDS,
    STOP_SECONDS,
    Child,
    Supervisor,
    SupervisorError,
    check_ports,
    only_one,
)

ROOT = Path(__file__).parent.parent.parent


class Site:
    """A running dummy site."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home = home
        command = [sys.executable, "-m", "tests.ground.dummy_site", str(home), *words]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def until_ready(self) -> None:
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "ready\n":
                return
        pytest.fail("not ready: " + "".join(lines))

    def pid(self, name: str) -> int:
        return int((self.home / "run" / f"{name}.pid").read_text())

    def everyone(self) -> list[psutil.Process]:
        """All processes below the supervisor, the guard included."""
        return psutil.Process(self.process.pid).children(recursive=True)


def eventually(true: Callable[[], bool], *, seconds: float = 60) -> bool:
    """Whether `true` becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False


def gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them lives (one that nobody reaped counts as gone)."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    running = Site(tmp_path, *getattr(request, "param", []))
    running.until_ready()
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.communicate()


with_stubborn = pytest.mark.parametrize("site", [["stubborn"]], indirect=True, ids=["stubborn"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everybody(site: Site, number: int) -> None:
    processes = site.everyone()
    site.process.send_signal(number)
    assert site.process.wait(12) == 0
    assert eventually(lambda: gone(processes), seconds=2)


@with_stubborn
def test_even_the_stubborn_are_stopped_within_ten_seconds(site: Site) -> None:
    processes = site.everyone()
    assert len(processes) >= 4
    started = time.monotonic()
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(12) == 0
    assert time.monotonic() - started < 10
    assert eventually(lambda: gone(processes), seconds=2)
    assert not list((site.home / "run").glob("ste*.pid"))


@with_stubborn
def test_a_second_signal_does_not_wait_for_the_stubborn(site: Site) -> None:
    processes = site.everyone()
    started = time.monotonic()
    site.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    site.process.send_signal(signal.SIGINT)
    site.process.wait(20)
    assert time.monotonic() - started < STOP_SECONDS - POSTGRES_SECONDS  # how long the stubborn are given
    assert eventually(lambda: gone(processes), seconds=2)


@with_stubborn
def test_a_killed_supervisor_leaves_no_orphans(site: Site) -> None:
    processes = site.everyone()
    site.process.kill()
    site.process.wait()
    assert eventually(lambda: gone(processes)), [p for p in processes if p.is_running()]


def test_a_dead_child_starts_again_without_its_old_children(site: Site) -> None:
    old = site.pid("steady")
    inner = psutil.Process(int((site.home / "inner.pid").read_text()))
    os.kill(old, signal.SIGKILL)
    assert eventually(lambda: (site.home / "run/steady.pid").exists() and site.pid("steady") != old)
    assert eventually(lambda: gone([inner]))
    assert psutil.pid_exists(site.pid("steady"))


def test_what_a_child_says_is_in_its_log(site: Site) -> None:
    log = site.home / "log" / "steady.log"
    assert eventually(lambda: log.exists() and "steady speaks" in log.read_text())


def test_a_child_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    site = Site(tmp_path, "broken")
    output, _ = site.process.communicate(timeout=60)
    assert site.process.returncode == 1
    assert "broken ended at once (exit code 3)" in output
    assert "no configuration found" in output


async def started(home: Path, child: Child) -> list[str]:
    """What is said while this child starts. It sleeps; its `ready` is the test's."""
    said: list[str] = []
    supervisor = Supervisor(home, say=said.append)
    try:
        await supervisor.start(child)
    finally:
        await supervisor.stop()
    return said


def test_a_slow_child_is_waited_for_and_one_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rabta.supervisor.STILL_SECONDS", 0.0)
    answers = iter([False, False, True])
    slow = Child(name="slow", command=["sleep", "600"], ready=lambda: next(answers))
    assert "  slow is still starting (0 s) …" in asyncio.run(started(tmp_path, slow))


def test_no_log_is_named_of_a_child_that_said_nothing(tmp_path: Path) -> None:
    silent = Child(name="silent", command=["sleep", "600"], ready=lambda: False, ready_seconds=0.1)
    with pytest.raises(SupervisorError, match=r"silent does not get ready\. It said nothing\."):
        asyncio.run(started(tmp_path, silent))


def test_two_supervisors_on_one_home_are_refused(site: Site) -> None:
    refusal = pytest.raises(SupervisorError, match=rf"already runs on .* \(process {site.process.pid}\)")
    with refusal, only_one(site.home):
        pass


def test_the_lock_of_a_killed_supervisor_is_free(site: Site) -> None:
    site.process.kill()
    site.process.wait()
    with only_one(site.home):
        pass


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SupervisorError, match=rf"Port {port} \(gateway\) is taken.*RABTA_PORT"):
            check_ports({"gateway": port})
