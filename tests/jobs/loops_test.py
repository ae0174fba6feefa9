"""The loops of the worker: none ends another, and each finishes what it began."""

import threading
import time
from threading import Event as Flag

import psycopg
import pytest
from django.db import connection, connections

from rabta.jobs import tailer, worker
from rabta.jobs.worker import Loop
from tests.web import small_force

SOON = 60.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_TROUBLE", 0.01)


def at_work(*loops: Loop) -> tuple[threading.Thread, Flag]:
    """The worker with these loops, in a thread."""
    stop = Flag()
    thread = threading.Thread(target=worker.work, args=(loops, stop))
    thread.start()
    return thread, stop


def test_a_loop_that_fails_begins_again_and_leaves_the_others_alone() -> None:
    tries, steady = [], Flag()

    def fails(stop: Flag) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise RuntimeError("trouble")
        stop.wait()

    def works(stop: Flag) -> None:
        steady.set()
        stop.wait()

    thread, stop = at_work(Loop("fails", fails), Loop("works", works))
    until = time.monotonic() + SOON
    while len(tries) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(SOON)
    assert len(tries) == 3
    assert steady.is_set()
    assert not thread.is_alive()


def test_what_was_begun_is_finished_before_the_end() -> None:
    begun, finished = Flag(), Flag()

    def batch(_stop: Flag) -> None:
        begun.set()
        time.sleep(0.3)
        finished.set()

    thread, stop = at_work(Loop("batch", batch))
    assert begun.wait(SOON)
    stop.set()
    thread.join(SOON)
    assert finished.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_fails_does_not_keep_the_next_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Flag()

    def fails() -> None:
        raise RuntimeError("trouble")

    monkeypatch.setattr(worker, "SWEEPS", (("fails", 60, fails), ("works", 60, stop.set)))
    worker.sweep(stop)
    assert stop.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_loop_gets_a_new_connection_after_the_database_was_away() -> None:
    asked: list[int] = []
    killed = Flag()

    def ask(stop: Flag) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            asked.append(cursor.fetchone()[0])
            if not killed.is_set():
                _kill(asked[0])
                killed.set()
                cursor.execute("SELECT 1")  # fails: the server has closed the line
        stop.wait()

    thread, stop = at_work(Loop("ask", ask))
    until = time.monotonic() + SOON
    while len(set(asked)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(SOON)
    assert len(set(asked)) == 2


def _kill(pid: int) -> None:
    from rabta import embedded
    from tests.conftest import HOME

    with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.django_db(transaction=True)
def test_events_are_told_in_the_order_of_their_commits() -> None:
    """An event whose transaction began first and ends last must neither be passed over nor told twice."""
    force = small_force.make()
    early, late = (
        small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account) for _ in range(2)
    )
    insert = "INSERT INTO cases_event (case_id, at, what, system_reason, data) VALUES (%s, now(), 'x', 'test', '{}')"
    settings = tailer.connection_settings()
    with psycopg.connect(**settings) as slow, psycopg.connect(**settings, autocommit=True) as reader:
        start = reader.execute(tailer._START).fetchone()
        assert start is not None
        position = tailer.Position(*start)
        slow.execute(insert, [early.pk])
        small_force.happens(late)  # commits at once
        position, count = tailer.step(reader, after=position)
        assert count == 0, "a transaction that began earlier is still open"
        slow.commit()
        told, until = 0, time.monotonic() + SOON
        while told < 2 and time.monotonic() < until:
            position, count = tailer.step(reader, after=position)
            told += count
        assert told == 2
        assert tailer.step(reader, after=position)[1] == 0
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_another_database_holds_no_event_back() -> None:
    """Other databases of the cluster are not waited for, and the worker's own role can tell which they are."""
    from rabta import embedded
    from tests.conftest import HOME

    force = small_force.make()
    case = small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account)
    with (
        psycopg.connect(embedded.dsn(HOME, database="postgres")) as elsewhere,
        psycopg.connect(**tailer.connection_settings(), autocommit=True) as reader,
    ):
        elsewhere.execute("SELECT pg_current_xact_id()")
        reader.execute("SET ROLE rabta_worker")
        position = tailer.Position(*tailer._one(tailer._START, reader))
        small_force.happens(case)
        assert tailer.step(reader, after=position)[1] == 1
    connections.close_all()
