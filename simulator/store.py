"""Everything the simulator remembers, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    phone_number_id TEXT PRIMARY KEY, display_phone_number TEXT NOT NULL, waba_id TEXT NOT NULL,
    name TEXT NOT NULL, webhook_url TEXT NOT NULL, app_secret TEXT NOT NULL, access_token TEXT NOT NULL,
    verify_token TEXT NOT NULL, per_second INTEGER NOT NULL DEFAULT 80, position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS people (
    phone TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'on', position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS templates (
    name TEXT NOT NULL, language TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (name, language));
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS user_ids (user_id TEXT PRIMARY KEY, phone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, mime_type TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, filename TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, phone TEXT NOT NULL,
    author TEXT NOT NULL CHECK (author IN ('person', 'business')), type TEXT NOT NULL,
    body TEXT NOT NULL, shown TEXT NOT NULL, context_id TEXT, forwarded INTEGER NOT NULL DEFAULT 0,
    callback_data TEXT, at REAL NOT NULL, status TEXT NOT NULL, fails_with INTEGER NOT NULL DEFAULT 0,
    edited INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0,
    reactions TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS messages_chat ON messages (phone, account, seq);
CREATE INDEX IF NOT EXISTS messages_callback ON messages (account, callback_data);
CREATE INDEX IF NOT EXISTS messages_open ON messages (seq) WHERE status IN ('accepted', 'sent');
CREATE TABLE IF NOT EXISTS statuses (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL,
    error INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS statuses_message ON statuses (message_id);
CREATE TABLE IF NOT EXISTS webhooks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, body BLOB NOT NULL, kind TEXT NOT NULL,
    message_id TEXT, created_at REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0, last_answer TEXT NOT NULL DEFAULT '', done_at REAL);
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (taken, due_at) WHERE done_at IS NULL;
"""

KEYS = {
    "accounts": ["phone_number_id"], "people": ["phone"], "templates": ["name", "language"], "pages": ["id"],
}  # fmt: skip
Row = dict[str, Any]


class Store:
    """The database. Writes are short and synchronous: each call is one transaction of some microseconds."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(home / "simulator.sqlite3", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def define(self, tables: str) -> None:
        """Add the tables of another part of the simulator."""
        self._db.executescript(tables)

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Every row as a dict; columns that hold JSON are opened."""
        return [_opened(row) for row in self._db.execute(sql, values).fetchall()]

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row or None."""
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else _opened(row)

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row or None."""
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement; the number of rows that it changed."""
        return self._db.execute(sql, values).rowcount

    def insert(self, table: str, row: Row) -> int:
        """Insert a row, dicts and lists as JSON; its row number."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        cursor = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", _closed(row.values()))
        return int(cursor.lastrowid or 0)

    def replace_all(self, table: str, rows: list[Row], *, keep: str = "") -> None:
        """Make the table hold exactly these rows (upsert, then delete the rest unless `keep` matches)."""
        key = KEYS[table]
        self._db.execute("BEGIN")
        try:
            for row in rows:
                sets = ", ".join(f"{name} = excluded.{name}" for name in row)
                self._db.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) "
                    f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}",
                    _closed(row.values()),
                )
            wanted = {tuple(row[name] for name in key) for row in rows}
            where = f" WHERE NOT ({keep})" if keep else ""
            for found in self._db.execute(f"SELECT {', '.join(key)} FROM {table}{where}").fetchall():
                if tuple(found) not in wanted:
                    match = " AND ".join(f"{name} = ?" for name in key)
                    self._db.execute(f"DELETE FROM {table} WHERE {match}", tuple(found))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def setting(self, key: str, default: Any = None) -> Any:
        """A value kept under a name."""
        found = self.value("SELECT value FROM settings WHERE key = ?", key)
        return default if found is None else json.loads(found)

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, json.dumps(value)))


JSON_COLUMNS = {"shown", "reactions", "definition"}


def _opened(row: sqlite3.Row) -> Row:
    named = zip(row.keys(), row, strict=True)
    return {name: json.loads(value) if name in JSON_COLUMNS else value for name, value in named}


def _closed(values: Iterable[Any]) -> list[Any]:
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for v in values]
