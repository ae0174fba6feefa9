"""A backup is a backup: restored elsewhere, every row of every table is the same."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from rabta import embedded
from rabta.commands import database
from rabta.commands.backup import BackupError, backup, restore, row_hashes
from tests.conftest import HOME
from tests.ground_server import QUICK, copy_cluster


def fill(home: Path) -> None:
    """A table of rows, one of them protected by row-level security, and a stored file."""
    server = database.server(home)
    with psycopg.connect(server.dsn("rabta_migrate")) as connection:
        connection.execute("CREATE TABLE letters (id int PRIMARY KEY, words text)")
        connection.execute("INSERT INTO letters SELECT n, 'شکریہ ' || n FROM generate_series(1, 500) n")
        connection.execute("ALTER TABLE letters ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE letters FORCE ROW LEVEL SECURITY")
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "abcdef").write_bytes(b"sealed")


@pytest.fixture(scope="module")
def site(new_home: Callable[[], Path]) -> Iterator[Path]:
    """A running, filled site."""
    home = new_home()
    copy_cluster(HOME, to=home)
    embedded.start(home, **QUICK)
    fill(home)
    yield home
    embedded.stop(home)


@pytest.fixture
def other_home(new_home: Callable[[], Path]) -> Iterator[Path]:
    """An empty site whose server runs."""
    home = new_home()
    copy_cluster(HOME, to=home, kind="fresh")
    embedded.start(home, **QUICK)
    yield home
    embedded.stop(home)


def hashes(home: Path) -> dict[str, dict[str, object]]:
    with psycopg.connect(database.server(home).dsn("rabta_backup")) as connection:
        return row_hashes(connection)


def test_every_row_and_file_comes_back(site: Path, other_home: Path, tmp_path: Path) -> None:
    saved = backup(home=site, target=tmp_path)
    assert restore(home=other_home, source=saved) >= 500
    assert hashes(other_home) == hashes(site)
    assert hashes(site)["letters"]["rows"] == 500
    assert (other_home / "files" / "ab" / "abcdef").read_bytes() == b"sealed"
    with psycopg.connect(database.server(other_home).dsn("rabta_migrate")) as connection:
        owners = {
            row[0]
            for row in connection.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")
        }
        grants = connection.execute(
            "SELECT has_table_privilege('rabta_web', 'force_unit', 'SELECT')"
        ).fetchone()
    assert owners == {"rabta_migrate"}
    assert grants == (True,)


def test_the_hashes_notice_a_changed_row(site: Path) -> None:
    before = hashes(site)
    with psycopg.connect(database.server(site).dsn("rabta_migrate")) as connection:
        connection.execute("UPDATE letters SET words = words || '.' WHERE id = 7")
    after = hashes(site)
    assert {name for name in after if after[name] != before[name]} == {"letters"}


def test_keys_are_not_in_a_backup(site: Path, tmp_path: Path) -> None:
    (site / "keys").mkdir(exist_ok=True)
    (site / "keys" / "relay.key").write_text("AGE-SECRET-KEY")
    saved = backup(home=site, target=tmp_path)
    assert not [path for path in saved.rglob("*") if "key" in path.name]


def test_a_site_with_data_is_not_overwritten(site: Path, tmp_path: Path) -> None:
    saved = backup(home=site, target=tmp_path)
    with pytest.raises(BackupError, match="data here already"):
        restore(home=site, source=saved)


def test_a_damaged_backup_is_refused_before_anything_is_written(
    site: Path, other_home: Path, tmp_path: Path
) -> None:
    saved = backup(home=site, target=tmp_path)
    dump = saved / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        restore(home=other_home, source=saved)
    assert not (other_home / "files").exists()


def test_a_restore_that_differs_is_reported(site: Path, other_home: Path, tmp_path: Path) -> None:
    saved = backup(home=site, target=tmp_path)
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["tables"]["letters"]["rows"] = 501
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="letters"):
        restore(home=other_home, source=saved)


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is not a backup"):
        restore(home=tmp_path / "home", source=tmp_path)
