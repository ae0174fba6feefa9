"""Erasing again, after a restore, what was erased since the backup was made.

The ledger lies beside the heads of the record (`rabta.retention.ledger`); keep it with them, off this machine.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

# What to call for each kind, and how the thing is found by the ledger's word for it.
_FOUND = {
    "case": ("rabta_erase_case", "SELECT id FROM cases_case WHERE public_id = %s"),
    "message": ("rabta_erase_message", "SELECT id FROM cases_message WHERE public_id = %s"),
    "person": ("rabta_forget_person", "SELECT id FROM people_person WHERE public_id = %s"),
    "address": ("rabta_forget_address", "SELECT id FROM people_handle WHERE id = %s::bigint"),
    "member": ("rabta_forget_member", "SELECT id FROM groups_member WHERE public_id = %s"),
    "journal": ("rabta_shred_journal", "SELECT id FROM intake_journalkey WHERE id = %s::bigint"),
}
_KNOWN = "SELECT 1 FROM retention_erasure WHERE what = %s AND subject = %s"
_PROVE = """
INSERT INTO retention_erasure (what, subject, "of", digest, rows, files, at) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
# As `rabta.audit.erasing.events_erased`: without its entry the record would be called broken.
_FORGET_SALTS = """
UPDATE audit_link SET salt = NULL
WHERE source = 1 AND salt IS NOT NULL AND row IN (SELECT id FROM cases_event WHERE case_id = %(case)s)
"""
_RECORD = """
INSERT INTO audit_record (at, system_reason, act, subject, subject_ids, detail, case_id)
SELECT now(), 'erasing again after a restore', 'erased', 'cases_event', coalesce(jsonb_agg(id ORDER BY id), '[]'), '{}',
  %(case)s FROM cases_event WHERE case_id = %(case)s
"""


def ledger_of(home: Path) -> Path:
    """Where the ledger of a site lies, unless somebody names another."""
    return Path(os.environ.get("RABTA_HEADS", home / "heads")) / "erasures.jsonl"


def replay(dsn: str, *, ledger: Path, folder: Path) -> int:
    """Erase everything that the ledger names and the database still has; returns how many things.

    In: the connection of the role that owns the tables, the ledger, and the folder of the stored files.
    """
    erased = 0
    files: list[str] = []
    with psycopg.connect(dsn) as connection:
        for line in _lines(ledger):
            gone = _erase(connection, line)
            if gone is not None:
                erased, files = erased + 1, files + gone
    for name in files:
        (folder / name[:2] / name[2:4] / name).unlink(missing_ok=True)
    return erased


def _erase(connection: psycopg.Connection[Any], line: dict[str, Any]) -> list[str] | None:
    """The files to remove; None when there is nothing to erase."""
    if connection.execute(_KNOWN, [line["what"], line["subject"]]).fetchone():
        return None
    function, question = _FOUND[line["what"]]
    found = connection.execute(question, [line["subject"]]).fetchone()
    if found is None:
        return None
    (files,) = connection.execute(f"SELECT {function}(%s)", found).fetchone() or ([],)
    if line["what"] == "case":
        for statement in (_FORGET_SALTS, _RECORD):
            connection.execute(statement, {"case": found[0]})
    facts = [line[name] for name in ("what", "subject", "of", "digest", "rows", "files", "at")]
    connection.execute(_PROVE, facts)
    return list(files)


def _lines(ledger: Path) -> Iterator[dict[str, Any]]:
    for line in ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # the machine lost its power while the line was written; its erasure is not in a backup either
