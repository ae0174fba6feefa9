"""The embedded PostgreSQL starts, stops, survives crashes and copes with awkward folders."""

import os
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from rabta import embedded
from tests.conftest import HOME
from tests.ground_server import QUICK, copy_cluster


@pytest.fixture
def home(new_home: Callable[[], Path]) -> Iterator[Path]:
    """A home whose server, if a test leaves one, is stopped."""
    folder = new_home()
    yield folder
    embedded.stop(folder)


@pytest.fixture
def made(home: Path) -> Path:
    """A home with a cluster, for what does not ask how it was made."""
    copy_cluster(HOME, to=home, kind="fresh")
    return home


def ask(home: Path, question: str) -> object:
    """The one answer of a query to the server of this home."""
    with psycopg.connect(embedded.dsn(home, database="postgres"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


def test_first_start_makes_a_cluster_that_understands_urdu_and_hindi(home: Path) -> None:
    assert not embedded.is_running(home)
    embedded.start(home, **QUICK)
    assert embedded.is_running(home)
    assert ask(home, "SHOW server_encoding") == "UTF8"
    assert ask(home, "SHOW listen_addresses") == ""
    words = ask(home, "SELECT to_tsvector('simple', 'सड़क। پانی۔')::text")
    assert words == "'پانی':2 'सड़क':1"


def test_durability_is_on_unless_a_test_turns_it_off() -> None:
    assert embedded.SETTINGS["fsync"] == embedded.SETTINGS["synchronous_commit"] == "on"


def test_only_the_owner_may_enter_cluster_and_socket_folder(home: Path) -> None:
    embedded.prepare(home)
    for folder in (embedded.cluster_folder(home), embedded.socket_folder(home)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_second_start_keeps_the_data(made: Path) -> None:
    first = embedded.start(made, **QUICK)
    with psycopg.connect(embedded.dsn(made, database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(made)
    assert first is not None
    assert first.wait(5) == 0
    assert not embedded.is_running(made)
    embedded.start(made, **QUICK)
    assert ask(made, "SELECT number FROM kept") == 7


def test_starting_a_running_server_changes_nothing(made: Path) -> None:
    assert embedded.start(made, **QUICK) is not None
    assert embedded.start(made, **QUICK) is None


def test_start_after_a_kill_recovers(made: Path) -> None:
    child = embedded.start(made, **QUICK)
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert (embedded.cluster_folder(made) / "postmaster.pid").exists()
    assert not embedded.is_running(made)
    embedded.start(made, **QUICK)
    assert ask(made, "SELECT 1") == 1


def test_a_pid_file_that_names_a_stranger_is_ignored(made: Path) -> None:
    """After a power cut the number of the old server may belong to any process, here to this one."""
    embedded.prepare(made)
    pid_file = embedded.cluster_folder(made) / "postmaster.pid"
    pid_file.write_text(
        f"{os.getpid()}\n{embedded.cluster_folder(made)}\n0\n5432\n/nowhere\n\n  1 1\nready\n"
    )
    assert not embedded.is_running(made)
    embedded.start(made, **QUICK)
    assert ask(made, "SELECT 1") == 1


def test_a_home_too_deep_for_a_socket_gets_a_short_one(new_home: Callable[[], Path]) -> None:
    home = new_home() / ("deep" * 30)
    embedded.start(home, **QUICK)
    try:
        socket = embedded.socket_folder(home) / ".s.PGSQL.5432"
        assert len(str(socket)) < 104
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert ask(home, "SELECT 1") == 1
    finally:
        embedded.stop(home)
        socket.parent.rmdir()


def test_a_socket_folder_of_a_stranger_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 30)
    folder = embedded.socket_folder(home)
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(embedded.EmbeddedError, match="belongs to somebody else"):
            embedded.prepare(home)
    finally:
        folder.unlink()


def test_an_interrupted_first_start_leaves_nothing_half(home: Path) -> None:
    unfinished = home / "pg.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    embedded.start(home, **QUICK)
    assert ask(home, "SELECT 1") == 1
    assert not unfinished.exists()


def test_a_server_that_cannot_start_says_why(made: Path) -> None:
    with pytest.raises(embedded.EmbeddedError, match="shared_buffers"):
        embedded.start(made, shared_buffers="nonsense")
