"""The posts, people and direct messages of the simulated X, in the simulator's database."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from simulator.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS x_users (
    id TEXT PRIMARY KEY, username TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    open_to TEXT NOT NULL DEFAULT 'all', position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS x_accounts (
    id TEXT PRIMARY KEY, webhook_url TEXT NOT NULL, consumer_key TEXT NOT NULL, consumer_secret TEXT NOT NULL,
    token TEXT NOT NULL, token_secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS x_posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, author TEXT NOT NULL, text TEXT NOT NULL,
    relation TEXT NOT NULL DEFAULT '', other TEXT NOT NULL DEFAULT '', first TEXT NOT NULL, at REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS x_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, person TEXT NOT NULL,
    author TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS x_media (
    id TEXT PRIMARY KEY, mime TEXT NOT NULL, content BLOB NOT NULL, state TEXT NOT NULL, alt TEXT NOT NULL DEFAULT '',
    total INTEGER NOT NULL DEFAULT 0, pieces INTEGER NOT NULL DEFAULT 0, post TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS x_follows (person TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (person, account));
"""
RELATIONS = {"reply": "replied_to", "quote": "quoted", "repost": "retweeted"}


class Square:
    """What everybody at X can see, and what two people wrote to each other."""

    def __init__(self, store: Store) -> None:
        self.store = store
        for statement in filter(str.strip, SCHEMA.split(";")):
            store.run(statement)

    def user(self, user_id: str) -> Row:
        """Somebody by number; ValueError for nobody."""
        found = self.store.one("SELECT * FROM x_users WHERE id = ?", user_id)
        if found is None:
            raise ValueError(f"x: nobody has the number {user_id}")
        return found

    def post(self, post_id: str) -> Row | None:
        """A post that still stands."""
        return self.store.one("SELECT * FROM x_posts WHERE id = ? AND deleted = 0", post_id)

    def new_id(self) -> str:
        """A number that grows, as those of X do."""
        highest = self.store.value("SELECT max(cast(id AS INTEGER)) FROM x_posts") or 0
        messages = self.store.value("SELECT max(cast(id AS INTEGER)) FROM x_messages") or 0
        return str(max(int(time.time() * 1000) << 22, int(highest) + 1, int(messages) + 1))

    def add(
        self,
        *,
        author: str,
        text: str,
        relation: str = "",
        other: str = "",
        first: str = "",
        media: Sequence[str] = (),
    ) -> Row:
        """A new post, perhaps with media that were brought before."""
        self.user(author)
        if relation and (relation not in RELATIONS or self.post(other) is None):
            raise ValueError("x: reply, quote or repost of a post that stands")
        if not text.strip() and relation != "repost":
            raise ValueError("x: write something")
        made = self.new_id()
        row = {"id": made, "author": author, "text": text, "relation": relation, "other": other}
        self.store.insert("x_posts", row | {"first": first or made, "at": time.time()})
        for one in media:
            self.store.run("UPDATE x_media SET post = ? WHERE id = ?", made, one)
        return self.store.one("SELECT * FROM x_posts WHERE id = ?", made) or {}

    def remember(self, post: Row) -> None:
        """A post of the past, about which nobody is told; a known one is left alone."""
        names = ("id", "author", "text", "relation", "other")
        row = {name: str(post.get(name, "")) for name in names}
        if self.store.value("SELECT 1 FROM x_posts WHERE id = ?", row["id"]) is None:
            self.store.insert("x_posts", row | {"first": row["id"], "at": float(post["at"])})

    def remove(self, post_id: str) -> None:
        """Take a post away."""
        self.store.run("UPDATE x_posts SET deleted = 1 WHERE id = ?", post_id)

    def tell(self, *, account: str, person: str, author: str, text: str) -> Row:
        """A direct message."""
        row = {"id": self.new_id(), "account": account, "person": person, "author": author, "text": text}
        self.store.insert("x_messages", row | {"at": time.time()})
        return row

    def accounts(self) -> list[Row]:
        """The force's accounts."""
        return self.store.all("SELECT * FROM x_accounts ORDER BY id")

    def concerned(self, post: Row) -> list[tuple[str, str, str]]:
        """(account, event, whose events): which of the force's accounts hear of a post, and why."""
        other = self.post(post["other"]) if post["other"] else None
        found: list[tuple[str, str, str]] = []
        for account in self.accounts():
            own = account["id"]
            if post["author"] == own:
                found.append((own, "post.create", own))
            elif other and other["author"] == own and post["relation"] in ("reply", "quote"):
                found.append((own, f"post.{post['relation']}.create", own))
            elif mentions(post["text"], self.user(own)["username"]) and post["relation"] != "repost":
                found.append((own, "post.mention.create", own))
        rows = self.store.all("SELECT account FROM x_follows WHERE person = ?", post["author"])
        told = {account for account, _event, _watched in found}
        return found + [
            (r["account"], "post.create", post["author"]) for r in rows if r["account"] not in told
        ]

    def may_reply(self, *, account: str, other: Row) -> bool:
        """X lets an app answer only where the author mentioned or quoted the account, or it is its own thread."""
        if other["author"] == account or mentions(other["text"], self.user(account)["username"]):
            return True
        quoted = self.post(other["other"]) if other["other"] else None
        return quoted is not None and quoted["author"] == account

    def may_write(self, *, account: str, person: str) -> bool:
        """Whoever lets everybody write, and whoever wrote first."""
        wrote = "SELECT 1 FROM x_messages WHERE account = ? AND person = ? AND author = person"
        return self.user(person)["open_to"] == "all" or bool(self.store.value(wrote, account, person))

    def lately(self, account: str, *, posts: bool, since: float) -> int:
        """How many posts or direct messages of an account there were."""
        if posts:
            sql = "SELECT count(*) FROM x_posts WHERE author = ? AND at > ?"
        else:
            sql = "SELECT count(*) FROM x_messages WHERE author = ? AND at > ?"
        return int(self.store.value(sql, account, since))


def mentions(text: str, username: str) -> bool:
    """Whether the text names this account."""
    return re.search(rf"@{re.escape(username)}\b", text, re.IGNORECASE) is not None


def as_v2(square: Square, post: Row) -> dict[str, Any]:
    """A post as API v2 shows it."""
    shown: dict[str, Any] = {
        "id": post["id"],
        "text": post["text"],
        "author_id": post["author"],
        "created_at": iso(post["at"]),
        "edit_history_tweet_ids": list(dict.fromkeys([post["first"], post["id"]])),
    }
    if post["relation"]:
        shown["referenced_tweets"] = [{"type": RELATIONS[post["relation"]], "id": post["other"]}]
    return shown


def as_older(square: Square, post: Row, *, deep: bool = True) -> dict[str, Any]:
    """A post as the older hooks showed it, with its people and posts within."""
    user = square.user(post["author"])
    shown: dict[str, Any] = {
        "id": int(post["id"]),
        "id_str": post["id"],
        "text": post["text"],
        "timestamp_ms": str(int(post["at"] * 1000)),
        "user": {"id_str": user["id"], "name": user["name"], "screen_name": user["username"]},
    }
    if post["first"] != post["id"]:
        versions = [post["first"], post["id"]]
        shown["edit_history"] = {"initial_tweet_id": post["first"], "edit_tweet_ids": versions}
    other = square.post(post["other"]) if post["other"] and deep else None
    if other and post["relation"] == "reply":
        shown |= {"in_reply_to_status_id_str": other["id"], "in_reply_to_user_id_str": other["author"]}
    elif other:
        name = "quoted_status" if post["relation"] == "quote" else "retweeted_status"
        shown[name] = as_older(square, other, deep=False)
    return shown


def iso(at: float) -> str:
    """A time as API v2 writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03d}Z"
