"""The worker process: several loops side by side, none of which ends another.

Each loop has a thread. Whatever goes wrong in one is logged, its database connection is let go, and it begins again
after a pause; SIGTERM lets every loop finish the batch or job that it is in.
"""

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag

from django.db import close_old_connections, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.db_cleanup import DjangoApp

from rabta.jobs import listening, mailboxes, readers, sealer, tailer
from rabta.jobs.sweeps import SWEEPS

AFTER_TROUBLE = 1.0
PATIENCE = 6.0  # the supervisor grants eight seconds
CONCURRENCY = 4
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loop:
    """Work that goes on until the flag is set. It may raise anything; then it is called again."""

    name: str
    run: Callable[[Flag], None]


def run() -> None:
    """Work until SIGTERM or Ctrl-C."""
    _until_signalled(LOOPS)


def help_reading() -> None:
    """A process that only helps to read; the worker starts it."""
    _until_signalled((Loop("helper", readers.help_reading),))


def _until_signalled(loops: tuple[Loop, ...]) -> None:
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(loops, stop)


def work(loops: tuple[Loop, ...], stop: Flag) -> None:
    """Run the loops until `stop`, then wait for what they are in the middle of."""
    threads = [
        threading.Thread(target=_keep, args=(loop, stop), name=loop.name, daemon=True) for loop in loops
    ]
    for thread in threads:
        thread.start()
    log.info("worker: ready (%s)", ", ".join(loop.name for loop in loops))
    while not stop.wait(1.0):
        pass
    until = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            log.warning("worker: %s does not come to an end, leaving it", thread.name)


def _keep(loop: Loop, stop: Flag) -> None:
    """Call the loop again and again, whatever happens in it."""
    while not stop.is_set():
        try:
            loop.run(stop)
        except Exception:
            log.exception("worker: trouble in %s, going on in %s s", loop.name, AFTER_TROUBLE)
            connections.close_all()  # this thread's: a broken one must not be used again
            stop.wait(AFTER_TROUBLE)
    connections.close_all()


def run_jobs(stop: Flag) -> None:
    """Deferred and periodic jobs (`rabta.jobs.tasks`), with procrastinate."""
    asyncio.run(_run_jobs(stop))


async def _run_jobs(stop: Flag) -> None:
    """A twin of procrastinate's app fetches the jobs; what the other loops defer goes into their own transactions."""
    twin = DjangoApp(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]
    twin.tasks, twin.periodic_registry = app.tasks, app.periodic_registry
    async with twin.open_async():
        work = twin.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=PATIENCE - 1,
            delete_jobs="successful",
        )
        working = asyncio.create_task(work)
        while not stop.is_set() and not working.done():
            await asyncio.wait({working}, timeout=0.2)
        if not working.done():
            working.cancel()  # it lets running jobs finish
        with contextlib.suppress(asyncio.CancelledError):
            await working


def sweep(stop: Flag) -> None:
    """Run each of SWEEPS when its time has come. One that fails is logged and tried again in its next turn."""
    due = {name: time.monotonic() for name, _, _ in SWEEPS}
    while not stop.is_set():
        for name, seconds, function in SWEEPS:
            if time.monotonic() < due[name] or stop.is_set():
                continue
            due[name] = time.monotonic() + seconds
            close_old_connections()
            try:
                function()
            except Exception:
                log.exception("worker: the sweep %s failed", name)
                connections.close_all()
        stop.wait(0.5)


LOOPS = (
    Loop("intake", readers.read),
    Loop("helpers", readers.keep_helpers),
    Loop("ahead", readers.look_ahead),
    Loop("listener", listening.listen),
    Loop("mailboxes", mailboxes.watch),
    Loop("tailer", tailer.run),
    Loop("jobs", run_jobs),
    Loop("sweeps", sweep),
    Loop("sealer", sealer.seal),
    Loop("record", sealer.check),
)
