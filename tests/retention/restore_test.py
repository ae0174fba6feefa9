"""Erased is erased: a backup from before brings nothing back, and a fresh dump holds nothing of it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from rabta import embedded
from rabta.commands import database
from rabta.commands.backup import DUMP, backup, restore
from tests.conftest import HOME
from tests.figures import Figure
from tests.ground_server import QUICK, copy_cluster

CANARY = b"Canary Gul Zarmina +923001119999"
ROWS = """
INSERT INTO people_person (public_id, alias, language, protected, first_seen_at)
  VALUES ('canaryperson0001', 'K1TE', '', true, now()), ('otherperson00001', 'HAWK', '', true, now());
INSERT INTO people_handle (person_id, scheme, digest, shown, address, safe, created_at)
  SELECT id, 'phone', decode(md5(public_id), 'hex'), %(canary)s, %(canary)s, '', now()
  FROM people_person WHERE public_id = 'canaryperson0001';
INSERT INTO intake_journalkey (sealed_key, created_at) VALUES (%(canary)s, now());
"""


@pytest.fixture
def sites(new_home: Callable[[], Path]) -> Iterator[tuple[Path, Path]]:
    """A migrated site with a canary in it, and an empty one."""
    first, second = new_home(), new_home()
    copy_cluster(HOME, to=first)
    copy_cluster(HOME, to=second, kind="fresh")
    for home in (first, second):
        embedded.start(home, **QUICK)
    server = database.server(first)
    with psycopg.connect(server.dsn("rabta_migrate"), cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(ROWS, {"canary": CANARY})
    yield first, second
    for home in (first, second):
        embedded.stop(home)


def in_dump(folder: Path) -> bool:
    """Whether a backup holds the canary, as it is or as PostgreSQL writes bytes."""
    command = [embedded.binary("pg_restore"), "--file=-", str(folder / DUMP)]
    text = subprocess.run(command, check=True, capture_output=True).stdout
    return CANARY in text or CANARY.hex().encode() in text


@pytest.mark.security
def test_a_restored_backup_is_erased_again(sites: tuple[Path, Path], tmp_path: Path, figure: Figure) -> None:
    first, second = sites
    saved = backup(home=first, target=tmp_path / "before")
    assert in_dump(saved)
    ledger = tmp_path / "erasures.jsonl"
    common = {"of": "tip", "digest": "", "rows": 0, "files": 0, "at": "2026-03-02T09:00:00+00:00"}
    lines = [
        {"id": 1, "what": "person", "subject": "canaryperson0001"} | common,
        {"id": 2, "what": "journal", "subject": "1"} | common,
        {"id": 3, "what": "case", "subject": "a case after it"} | common,
    ]
    ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))
    restore(home=second, source=saved, ledger=ledger)
    with psycopg.connect(database.server(second).dsn("rabta_backup")) as connection:
        proved = connection.execute("SELECT what, subject FROM retention_erasure ORDER BY id").fetchall()
        kept = connection.execute("SELECT count(*) FROM people_person").fetchone()
    assert proved == [("person", "canaryperson0001"), ("journal", "1")]
    assert kept == (2,)
    left = in_dump(backup(home=second, target=tmp_path / "after"))
    figure("fresh dumps after a restore that hold what was erased", f"{int(left)} of 1", "0")
    assert not left
