"""The file store: what went in comes out, nothing lies open on the disk, and safe means on the disk."""

import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from rabta.files import store
from rabta.files.models import StoredFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: object) -> Path:
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]
    return tmp_path / "files"


def blobs(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "pieces", [[], [b""], [b"one"], [b"a" * 70_000, b"", b"b" * 200_000], [b"x" * 65_536] * 3]
)
def test_what_went_in_comes_out(pieces: list[bytes]) -> None:
    stored = store.save(pieces, "document", "application/pdf", "letter.pdf", NOW)
    whole = b"".join(pieces)
    assert b"".join(store.read(stored)) == whole
    assert (stored.size, stored.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())


def test_nothing_lies_open_on_the_disk(own_folder: Path) -> None:
    store.save([b"the source is at the mill"] * 50, "document", "text/plain", "tip.txt", NOW)
    (path,) = blobs(own_folder)
    assert b"mill" not in path.read_bytes()
    assert "tip" not in str(path.relative_to(own_folder))
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_is_safe_with_its_folders_before_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content first, then its name, then the folders: and all of that before the row."""
    steps: list[str] = []
    fsync, rename = os.fsync, os.replace

    def watched_fsync(handle: int) -> None:
        steps.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "content")
        fsync(handle)

    def watched_rename(source: object, target: object) -> None:
        steps.append("rename")
        rename(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_rename)
    with connection.execute_wrapper(lambda execute, *words: (steps.append("row"), execute(*words))[1]):
        store.save([b"evidence"], "image", "image/jpeg", "", NOW)
    assert steps == ["content", "rename", "folder", "folder", "folder", "row"]


def test_too_much_is_refused_while_it_comes_and_leaves_nothing(own_folder: Path) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 10_000

    with pytest.raises(store.TooLarge, match="The limit is 1 MB"):
        store.save(endless(), "document", "application/pdf", "", NOW, limit=1024 * 1024)
    assert taken < 120
    assert blobs(own_folder) == []
    assert not StoredFile.objects.exists()


def test_a_source_that_breaks_off_leaves_nothing(own_folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError("cut off")

    with pytest.raises(ConnectionResetError):
        store.save(broken(), "image", "image/jpeg", "", NOW)
    assert blobs(own_folder) == []


@pytest.mark.parametrize("harm", ["cut off", "changed", "missing"])
def test_a_harmed_file_is_never_taken_for_whole(own_folder: Path, harm: str) -> None:
    stored = store.save([os.urandom(300_000)], "image", "image/jpeg", "", NOW)
    (path,) = blobs(own_folder)
    data = bytearray(path.read_bytes())
    if harm == "missing":
        path.unlink()
    elif harm == "cut off":
        path.write_bytes(data[:-100])
    else:
        data[200_000] ^= 1
        path.write_bytes(data)
    with pytest.raises(store.Damaged):
        b"".join(store.read(stored))


def test_reading_may_be_given_up(own_folder: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    stored = store.save([b"x" * 2_000_000], "video", "video/mp4", "", NOW)
    for _ in range(20):
        reading = store.read(stored)
        next(reading)
        reading.close()
    for thread in threading.enumerate():
        if thread.name == "decrypt":
            thread.join(5)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_only_old_files_without_a_row_are_swept(own_folder: Path) -> None:
    kept = store.save([b"kept"], "image", "image/jpeg", "", NOW)
    with transaction.atomic():
        store.save([b"its transaction failed"], "image", "image/jpeg", "", NOW)
        transaction.set_rollback(True)
    half = store.path_of(kept.public_id).parent / ".part-old"
    half.write_bytes(b"left by a power cut")
    long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in blobs(own_folder):
        os.utime(path, (long_ago, long_ago))
    fresh = store.write([b"its transaction still runs"])
    assert store.sweep_orphans(datetime.now(UTC) - timedelta(days=1)) == 2
    assert b"".join(store.read(kept)) == b"kept"
    assert b"".join(store.read_blob(fresh.public_id)) == b"its transaction still runs"
