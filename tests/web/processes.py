"""Real processes on the database of this test run, as in service: own role, own connections, a port of their own."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from rabta.jobs.tailer import connection_settings
from rabta.kit.changes import CHANNEL, REFRESH
from tests import running
from tests.conftest import HOME

START = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
import django
django.setup()
{work}
"""
# Uploads may stall for six seconds and have 3 MB; each test makes a force of its own, which must be seen at once.
WEB = """
from rabta.force import directory
from rabta.web import uploads
uploads.Spool.__init__.__kwdefaults__.update(idle=6.0, largest=3_000_000)
directory.COMPARE_EVERY = 0.0
from rabta.web.server import run
run()
"""
TAILER = """
import signal, threading
from rabta.jobs import tailer, worker
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
worker.work((worker.Loop("tailer", tailer.run),), stop)
"""


@dataclass(frozen=True)
class Process:
    """A process that runs, and the port it serves."""

    child: running.Child
    port: int


@contextlib.contextmanager
def web() -> Iterator[Process]:
    """The web process, ready."""
    with _started(WEB, "rabta_web") as process:
        running.wait_until(
            lambda: running.ask(process.port, "/health", timeout=10)[0] == 200, child=process.child
        )
        yield process


@contextlib.contextmanager
def tailing() -> Iterator[Process]:
    """The tailer of a worker, reading: what happens from now on is told."""
    from django.db import connection

    settings = {**connection_settings(), "dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**settings, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with _started(TAILER, "rabta_worker") as process:
            told = [notify.payload for notify in listener.notifies(timeout=running.PATIENCE, stop_after=1)]
            assert told == [REFRESH], "the tailer does not begin"
            yield process


@contextlib.contextmanager
def _started(work: str, role: str) -> Iterator[Process]:
    from django.db import connection

    port = running.free_ports()
    command = [sys.executable, "-c", START.format(work=work), connection.settings_dict["NAME"]]
    facts = running.environment(HOME, port=port, role=role, RABTA_SECOND_FACTOR="later")
    child = running.start(command, environment=facts)
    try:
        yield Process(child, port)
    finally:
        if child.poll() is None:
            running.stop(child)
