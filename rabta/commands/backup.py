"""`rabta backup` and `rabta restore`: one folder with the database, the stored files and a manifest.

The manifest holds for each table the number of its rows and a hash over them, taken in the same snapshot as the
dump, so that a restore proves itself. Files are copied after the snapshot: a file is on the disk before the commit
that names it, so none is missing. The keys are not in it; without them a thief of the backup reads no identity.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

import rabta
from rabta import embedded
from rabta.commands import database, erasures, second_start
from rabta.supervisor import SupervisorError, only_one

DUMP, FILES, MANIFEST = "database.dump", "files", "manifest.json"


class BackupError(Exception):
    """The backup or restore was refused or failed; the text says why and what to do."""


def backup(*, home: Path, target: str | Path, now: datetime | None = None) -> Path:
    """Write a new folder under `target` and return it; runs beside a working site. Raises BackupError."""
    at = now or datetime.now(UTC)
    folder = Path(target) / f"rabta-{at:%Y%m%dT%H%M%SZ}"
    unfinished = folder.with_name(folder.name + ".unfinished")
    if folder.exists():
        raise BackupError(f"{folder} exists already.")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    with _server(home) as server, psycopg.connect(server.dsn("rabta_backup")) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        words = ["--format=custom", f"--snapshot={snapshot}", f"--file={unfinished / DUMP}"]
        _postgres_program("pg_dump", *words, dsn=server.dsn("rabta_backup"))
        tables = row_hashes(connection)
    if (home / FILES).exists():
        shutil.copytree(home / FILES, unfinished / FILES)
    manifest = {"version": rabta.__version__, "made_at": at.isoformat(), "tables": tables}
    manifest["sha256"] = _sha256(unfinished / DUMP)
    (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
    unfinished.rename(folder)
    return folder


def restore(*, home: Path, source: str | Path, ledger: Path | None = None) -> int:
    """Bring the backup in `source` into the empty site at `home`; returns the number of rows, all of them compared.

    Then what was erased since the backup was made is erased again, by the erasure ledger (default: that of the site).
    Raises BackupError when the site runs or is not empty, or when what came in is not what was saved.
    """
    folder = Path(source)
    manifest = _check_source(folder)
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(home))
        except SupervisorError as error:
            raise BackupError(str(error)) from None
        server = stack.enter_context(_server(home))
        database.create_roles(server)
        _check_empty(server, home)
        second_start.forget(home)
        words = ["--exit-on-error", "--single-transaction", str(folder / DUMP)]
        _postgres_program("pg_restore", *words, dsn=server.dsn("rabta_migrate"))
        if (folder / FILES).exists():
            shutil.copytree(folder / FILES, home / FILES, dirs_exist_ok=True)
        with psycopg.connect(server.dsn("rabta_backup")) as connection:
            tables = row_hashes(connection)
        wrong = [name for name, row in manifest["tables"].items() if tables.get(name) != row]
        if wrong:
            raise BackupError(f"These tables differ from what was saved: {', '.join(wrong)}.")
        ledger = ledger or erasures.ledger_of(home)
        erasures.replay(server.dsn("rabta_migrate"), ledger=ledger, folder=home / FILES)
    return sum(row["rows"] for row in tables.values())


def row_hashes(connection: psycopg.Connection[Any]) -> dict[str, dict[str, Any]]:
    """For each table its number of rows and the sum of the hashes of all of them (their order does not matter)."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL datestyle = 'ISO'")
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()
    question = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"
    hashes = {}
    for (name,) in names:
        rows, total = connection.execute(sql.SQL(question).format(sql.Identifier(name))).fetchone() or (
            0,
            "0",
        )
        hashes[name] = {"rows": rows, "hash": total}
    return hashes


@contextmanager
def _server(home: Path) -> Iterator[database.Server]:
    """The database server; an embedded one that does not run is started for the time."""
    server = database.server(home)
    started = None if server.outside else embedded.start(home)
    try:
        yield server
    except psycopg.OperationalError as error:
        raise BackupError(f"The database can't be used: {error}") from None
    finally:
        if started is not None:
            embedded.stop(home)


def _check_source(folder: Path) -> Mapping[str, Any]:
    """The manifest of a whole backup."""
    try:
        manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise BackupError(f"{folder} is not a backup: {MANIFEST} is missing or broken.") from None
    if _sha256(folder / DUMP) != manifest["sha256"]:
        raise BackupError(f"{folder / DUMP} is damaged: its checksum is not the one noted when it was made.")
    return manifest


def _check_empty(server: database.Server, home: Path) -> None:
    with psycopg.connect(server.dsn("rabta_migrate")) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    if found or any((home / FILES).glob("*")):
        raise BackupError(
            "There are data here already. Restore into an empty RABTA_HOME (and an empty database)."
        )


def _postgres_program(name: str, *words: str, dsn: str) -> None:
    """Run pg_dump or pg_restore; the password goes through the environment, where `ps` does not show it."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    environment = dict(os.environ) | {"PGPASSWORD": str(parts.pop("password", None) or "")}
    target = psycopg.conninfo.make_conninfo("", **parts)
    command = [embedded.binary(name), f"--dbname={target}", "--no-password", *words]
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode:
        raise BackupError(f"{name} failed:\n{result.stderr}")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BackupError(f"{path} can't be read: {error.strerror}.") from None
