"""Real processes on the database of this test run, as in service: own role, own connections, a port of their own."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from rabta.jobs.tailer import connection_settings
from rabta.kit.changes import CHANNEL, REFRESH

START = """
import os, sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
{work}
"""
WEB = """
from rabta.web import uploads
uploads.Spool.__init__.__kwdefaults__.update(idle=6.0, largest=3_000_000)
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

    child: "subprocess.Popen[bytes]"
    port: int


@contextlib.contextmanager
def web() -> Iterator[Process]:
    """The web process, ready; uploads may stall for six seconds and have 3 MB."""
    with _started(WEB, "rabta_web") as process:
        until = time.monotonic() + 90
        while not _well(process.port):
            assert process.child.poll() is None, "the web process ended"
            assert time.monotonic() < until, "the web process does not get ready"
            time.sleep(0.05)
        yield process


@contextlib.contextmanager
def tailing() -> Iterator[Process]:
    """The tailer of a worker, reading: what happens from now on is told."""
    from django.db import connection

    settings = {**connection_settings(), "dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**settings, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with _started(TAILER, "rabta_worker") as process:
            told = [notify.payload for notify in listener.notifies(timeout=90, stop_after=1)]
            assert told == [REFRESH], "the tailer does not begin"
            yield process


@contextlib.contextmanager
def _started(work: str, role: str) -> Iterator[Process]:
    from django.db import connection

    port = _free_port()
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "RABTA_DB_ROLE": role,
        "RABTA_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "rabta.settings",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", START.format(work=work), name], env=environment, start_new_session=True
    )
    try:
        yield Process(child, port)
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def _well(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
