"""The worker's two loops for the record: one seals it about each second, one checks all of it once a day."""

import logging
import time
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone

from rabta import keys
from rabta.audit import checking, heads, sealing
from rabta.jobs.tailer import connection_settings

PAUSE_SECONDS = 1.0
TAKE_OVER_SECONDS = 2.0
HEAD_EVERY = timedelta(hours=1)
CHECK_EVERY = timedelta(days=1)
log = logging.getLogger(__name__)
Database = psycopg.Connection[Any]
_LAST_HEAD = "SELECT at, position FROM audit_head ORDER BY at DESC LIMIT 1"
_LAST_CHECK = "SELECT max(at) FROM audit_verification"
_FOUND = "INSERT INTO audit_verification (at, position, seconds, problem) VALUES (%s, %s, %s, %s)"


def seal(stop: Flag) -> None:
    """Seal until `stop`; raises psycopg.Error when the database goes away (call it again then)."""
    with psycopg.connect(**connection_settings(), autocommit=True) as database:
        while not stop.is_set():
            (ours,) = database.execute("SELECT pg_try_advisory_lock(%s)", [sealing.LOCK]).fetchone() or [
                False
            ]
            while ours and not stop.is_set():
                count = sealing.step(database, now=timezone.now())
                if count < sealing.BATCH:
                    send_head(database, now=timezone.now())
                    stop.wait(PAUSE_SECONDS)
            stop.wait(TAKE_OVER_SECONDS)


def send_head(database: Database, *, now: datetime) -> bool:
    """Let a head leave the host, once an hour while there is news; True when one was tried."""
    last_at, last_position = database.execute(_LAST_HEAD).fetchone() or (None, 0)
    if last_at is not None and now - last_at < HEAD_EVERY:
        return False
    head = heads.newest(database)
    if head is None or head.position <= last_position:
        return False
    heads.send(database, head, folder=settings.HEADS_DIR, address=settings.HEADS_URL, now=now)
    return True


def check(stop: Flag) -> None:
    """Check the whole record once a day, until `stop`."""
    with psycopg.connect(**connection_settings(), autocommit=True) as database:
        while not stop.is_set():
            check_if_due(database, now=timezone.now())
            stop.wait(60)


def check_if_due(database: Database, *, now: datetime) -> bool:
    """Check and keep what was found, unless that was done less than a day ago; True when it was due."""
    ((last,),) = database.execute(_LAST_CHECK).fetchall()
    if last is not None and now - last < CHECK_EVERY:
        return False
    started = time.monotonic()
    found = checking.verify(database, public_keys=keys.verifiers("sealer"))
    if not found.links and not found.problem:
        return False  # a new desk: there is nothing to vouch for yet
    problem = str(found.problem or "")
    if problem:
        log.error("The record was tampered with, or damaged: %s", problem)
    database.execute(_FOUND, [now, found.links, time.monotonic() - started, problem[:300]])
    return True
