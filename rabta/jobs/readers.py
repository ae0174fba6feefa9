"""Who reads the journal: one reader by itself, and helpers in processes of their own while more waits.

While little waits there is one reader, and messages are read in the order in which they came.
"""

import logging
import subprocess
import sys
from threading import Event as Flag

from django.conf import settings
from django.utils import timezone

from rabta import journey
from rabta.children import die_with_parent
from rabta.intake.reading import waits
from rabta.journey.urgent_first import read_urgent

BATCH = 200
# A copy of an item waits for the transaction that has the first: copies come close together, so helpers keep away.
AHEAD = 2 * BATCH
SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.05
LOOK_AHEAD = 0.5
LOOK_UP = 0.2  # how often a helper looks whether it is needed
PATIENCE = 5.0  # for a helper that finishes its batch; the worker has six seconds
log = logging.getLogger(__name__)


def read(stop: Flag) -> None:
    """Read the journal: at once while there is more, else after a pause that grows while nothing comes."""
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        if journey.read_journal(limit=BATCH, now=timezone.now()):
            pause = SHORTEST_PAUSE
        else:
            stop.wait(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)


def help_reading(stop: Flag) -> None:
    """Read as well, further on, while much waits."""
    while not stop.wait(LOOK_UP):
        while not stop.is_set() and waits(more_than=AHEAD + BATCH):
            journey.read_journal(limit=BATCH, now=timezone.now(), ahead=AHEAD)


def look_ahead(stop: Flag) -> None:
    """While much waits, look through it for danger to life, and read that first."""
    seen = 0
    while not stop.wait(LOOK_AHEAD):
        while not stop.is_set() and waits(more_than=2 * BATCH):
            before, seen = seen, read_urgent(after=seen, now=timezone.now())
            if seen == before:
                break


def keep_helpers(stop: Flag) -> None:
    """Keep RABTA_READERS - 1 helpers running, each a process of its own: Python thinks on one core only."""
    helpers = [_start() for _ in range(settings.READERS - 1)]
    try:
        while helpers and not stop.wait(LOOK_UP):
            if any(helper.poll() is not None for helper in helpers):
                raise RuntimeError("a helper ended")  # the worker begins this loop again
        stop.wait()
    finally:
        _end(helpers)


def _start() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "rabta", "helper"]
    return subprocess.Popen(command, preexec_fn=die_with_parent())


def _end(helpers: list["subprocess.Popen[bytes]"]) -> None:
    for helper in helpers:
        helper.terminate()
    for helper in helpers:
        try:
            helper.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            log.warning("worker: a helper does not come to an end, ending it")
            helper.kill()
            helper.wait()
