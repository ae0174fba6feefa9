"""The public square: pages, what was posted and commented, private talks, and who is who there."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any

from simulator.errors import GraphError, no_such_object
from simulator.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('page', 'instagram')), name TEXT NOT NULL,
    webhook_url TEXT NOT NULL, app_secret TEXT NOT NULL, access_token TEXT NOT NULL, verify_token TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, page TEXT NOT NULL, root TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT '', author TEXT NOT NULL, text TEXT NOT NULL, photo TEXT NOT NULL DEFAULT '',
    elsewhere INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL, edited_at REAL, removed INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS posts_root ON posts (page, root, seq);
CREATE TABLE IF NOT EXISTS talks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, page TEXT NOT NULL, phone TEXT NOT NULL,
    author TEXT NOT NULL CHECK (author IN ('person', 'page')), text TEXT NOT NULL, body TEXT NOT NULL DEFAULT '{}',
    photo TEXT NOT NULL DEFAULT '', at REAL NOT NULL, edits INTEGER NOT NULL DEFAULT 0,
    unsent INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'sent', reaction TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS talks_chat ON talks (page, phone, seq);
CREATE TABLE IF NOT EXISTS scoped (id TEXT PRIMARY KEY, page TEXT NOT NULL, phone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS containers (id TEXT PRIMARY KEY, page TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
"""


class Square:
    """What is kept of all pages. Times are seconds; the person with a telephone number has another id on each page."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.define(SCHEMA)

    def page(self, name: str) -> Row | None:
        """The page or account of this id."""
        return self.store.one("SELECT * FROM pages WHERE id = ?", name)

    def needed_page(self, name: object) -> Row:
        """The page; ValueError when there is none."""
        found = self.page(str(name))
        if found is None:
            raise ValueError(f"page: no page {name!r} (PUT /sim/pages first)")
        return found

    def by_token(self, token: str) -> list[Row]:
        """The pages that this access token is for."""
        return self.store.all("SELECT * FROM pages WHERE access_token = ?", token)

    def scoped_id(self, page: str, phone: str) -> str:
        """A person's id on a page: always the same there, another on every other page."""
        known = self.store.value("SELECT id FROM scoped WHERE page = ? AND phone = ?", page, phone)
        if known is not None:
            return str(known)
        number = int.from_bytes(hashlib.sha256(f"{page}:{phone}".encode()).digest()[:8], "big")
        name = f"6{number % 10**15:015d}"
        self.store.run("INSERT OR IGNORE INTO scoped VALUES (?, ?, ?)", name, page, phone)
        return name

    def phone_of(self, page: str, name: str) -> str:
        """The person behind a scoped id; GraphError 100 when this page does not know it."""
        found = self.store.value("SELECT phone FROM scoped WHERE id = ? AND page = ?", name, page)
        if found is None:
            raise GraphError(100, "No matching user found", subcode=2018001, status=400)
        return str(found)

    def add_post(self, page: Row, *, author: str, text: str, **more: Any) -> Row:
        """A post, picture or comment, written down; `parent` is what a comment stands under."""
        parent = more.pop("parent", None)
        name = more.pop("id", None) or _post_id(page, parent)
        row = {"id": name, "page": page["id"], "author": author, "text": text, "at": time.time()} | more
        row |= {"root": parent["root"] if parent else name, "parent": parent["id"] if parent else ""}
        self.store.insert("posts", row)
        return self.needed_post(name)

    def needed_post(self, name: str, *, verb: str = "get") -> Row:
        """The post or comment that was not removed; the provider's answer for an unknown id otherwise."""
        found = self.store.one("SELECT * FROM posts WHERE id = ? AND NOT removed", name)
        if found is None:
            raise no_such_object(name, verb=verb)
        return found

    def change_post(self, name: str, **values: Any) -> Row:
        """Set columns of a post; the post as it is now."""
        sets = ", ".join(f"{column} = ?" for column in values)
        self.store.run(f"UPDATE posts SET {sets} WHERE id = ?", *values.values(), name)
        found = self.store.one("SELECT * FROM posts WHERE id = ?", name)
        if found is None:
            raise ValueError(f"post: no post {name!r}")
        return found

    def wall(self, page: str) -> list[Row]:
        """Everything public of a page, newest first by its root, comments in order below."""
        return self.store.all(
            "SELECT p.* FROM posts p JOIN posts r ON r.id = p.root WHERE p.page = ? "
            "ORDER BY r.seq DESC, p.seq LIMIT 500",
            page,
        )

    def say(self, page: str, phone: str, *, author: str, text: str, **more: Any) -> Row:
        """A private message, written down."""
        name = more.pop("id", None) or f"m_{secrets.token_urlsafe(40)}"
        row = {"id": name, "page": page, "phone": phone, "author": author, "text": text, "at": time.time()}
        self.store.insert("talks", row | more)
        return self.needed_message(name)

    def needed_message(self, name: str) -> Row:
        """The private message; ValueError when there is none."""
        found = self.store.one("SELECT * FROM talks WHERE id = ?", name)
        if found is None:
            raise ValueError(f"message: no message {name!r}")
        return found

    def talk(self, page: str, phone: str) -> list[Row]:
        """A private talk, oldest first."""
        rows = self.store.all(
            "SELECT * FROM talks WHERE page = ? AND phone = ? ORDER BY seq DESC LIMIT 200", page, phone
        )
        return rows[::-1]

    def last_word(self, page: str, phone: str) -> float | None:
        """When the person last wrote privately."""
        found = self.store.value(
            "SELECT max(at) FROM talks WHERE page = ? AND phone = ? AND author = 'person'", page, phone
        )
        return None if found is None else float(found)


def _post_id(page: Row, parent: Row | None) -> str:
    """Digits for Instagram; `page_post` and `post_comment` for Facebook."""
    fresh = str(10**14 + secrets.randbelow(9 * 10**14))
    if page["kind"] == "instagram":
        return f"17{fresh}"
    return f"{parent['root'].rpartition('_')[2]}_{fresh}" if parent else f"{page['id']}_{fresh}"
