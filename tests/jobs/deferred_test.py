"""Deferred jobs: they go with the transaction that defers them, and the worker's loop runs them."""

import threading
from collections.abc import Iterator
from threading import Event as Flag

import pytest
from django.db import connections, transaction
from procrastinate.contrib.django import app

from rabta.jobs import worker

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 60.0


@pytest.fixture
def running() -> Iterator[None]:
    """The loop of the worker that runs jobs."""
    stop = Flag()
    thread = threading.Thread(target=worker.run_jobs, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(SOON)
    assert not thread.is_alive()
    connections.close_all()


def test_a_job_runs_when_its_transaction_has_committed(running: None) -> None:
    done: dict[int, Flag] = {1: Flag(), 2: Flag()}

    @app.task(name="tests.jobs.note", queue="test")
    def note(number: int) -> None:
        done[number].set()

    with transaction.atomic():
        note.defer(number=1)
        transaction.set_rollback(True)
    with transaction.atomic():
        note.defer(number=2)
        assert not done[2].wait(0.3)
    assert done[2].wait(SOON)
    assert not done[1].is_set()
