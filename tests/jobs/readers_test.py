"""Who reads the journal: in order and alone while little waits, with helpers while more does."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from pytest_django import Settings

from rabta.channels.models import Credential
from rabta.intake import journal
from rabta.intake.reading import waits
from rabta.jobs import readers
from tests import running
from tests.conftest import AsRole


def test_the_journal_is_read_without_pause_while_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Flag()
    pauses: list[float] = []
    left = [200, 200, 7, 0, 0]

    def read(**_: object) -> int:
        if len(left) == 1:
            stop.set()
        return left.pop(0)

    monkeypatch.setattr(readers.journey, "read_journal", read)
    monkeypatch.setattr(stop, "wait", pauses.append)
    readers.read(stop)
    assert len(pauses) == 2  # after each empty look, and never between full batches
    assert all(pause <= readers.LONGEST_PAUSE for pause in pauses)


def test_a_helper_reads_further_on_and_only_while_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waiting, reads = Flag(), [False, True, True, False, False], []

    def waits(*, more_than: int) -> bool:
        assert more_than == readers.AHEAD + readers.BATCH
        if len(waiting) == 1:
            stop.set()
        return waiting.pop(0)

    monkeypatch.setattr(readers, "waits", waits)
    monkeypatch.setattr(readers, "LOOK_UP", 0.001)
    monkeypatch.setattr(
        readers.journey, "read_journal", lambda **words: reads.append((len(waiting), words["ahead"]))
    )
    readers.help_reading(stop)
    assert reads == [(3, readers.AHEAD), (2, readers.AHEAD)]  # after the second and the third look


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_counted_with_what_is_being_read(as_role: AsRole) -> None:
    app = Credential.objects.create(channel="whatsapp", name="App", sealed_values=b"")
    with as_role("rabta_web"):
        for number in range(3):
            journal.append(app, b"%d" % number, readers.timezone.now())
    with as_role("rabta_worker"):
        assert [waits(more_than=most) for most in (0, 2, 3)] == [True, True, False]


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[list[int]]:
    """The numbers of the helper processes that were started; here they only wait."""
    started: list[int] = []
    start = readers.subprocess.Popen

    def sleeping(_command: list[str], **words: object) -> "readers.subprocess.Popen[bytes]":
        child = start(["sleep", "600"], **words)  # type: ignore[call-overload]
        started.append(child.pid)
        return child  # type: ignore[no-any-return]

    monkeypatch.setattr(readers.subprocess, "Popen", sleeping)
    monkeypatch.setattr(readers, "LOOK_UP", 0.01)
    settings.READERS = 3
    yield started
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_helpers_end_with_their_worker(helpers: list[int]) -> None:
    stop = Flag()
    keeping = threading.Thread(target=readers.keep_helpers, args=(stop,))
    keeping.start()
    running.wait_until(lambda: len(helpers) == 2)
    stop.set()
    keeping.join(running.PATIENCE)
    assert not keeping.is_alive()


def test_a_helper_that_died_is_replaced_with_the_others(helpers: list[int]) -> None:
    died = threading.Timer(0.2, lambda: os.kill(helpers[0], 9))
    died.start()
    with pytest.raises(RuntimeError, match="helper ended"):  # the worker begins the loop again
        readers.keep_helpers(Flag())
    died.join()
    assert len(helpers) == 2


def test_without_helpers_the_loop_waits_for_the_end(settings: Settings) -> None:
    settings.READERS, stop = 1, Flag()
    stop.set()
    readers.keep_helpers(stop)
