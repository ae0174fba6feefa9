"""The people, groups, bots and messages of the simulated Telegram, in the simulator's database."""

from __future__ import annotations

import json
import time
from typing import Any

from simulator.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS tg_users (
    id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, username TEXT NOT NULL, language TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS tg_bots (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL, username TEXT NOT NULL, name TEXT NOT NULL,
    webhook_url TEXT NOT NULL DEFAULT '', secret TEXT NOT NULL DEFAULT '', allowed TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS tg_groups (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'supergroup', bot INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tg_talks (
    person INTEGER NOT NULL, bot INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (person, bot));
CREATE TABLE IF NOT EXISTS tg_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, bot INTEGER NOT NULL, chat INTEGER NOT NULL, number INTEGER NOT NULL,
    author INTEGER NOT NULL, content TEXT NOT NULL, answers INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL,
    edited REAL NOT NULL DEFAULT 0, reaction TEXT NOT NULL DEFAULT '', UNIQUE (bot, chat, number));
CREATE TABLE IF NOT EXISTS tg_updates (
    number INTEGER PRIMARY KEY AUTOINCREMENT, bot INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tg_pressed (id TEXT PRIMARY KEY, bot INTEGER NOT NULL, answered INTEGER NOT NULL DEFAULT 0);
"""
Json = dict[str, Any]


class Square:
    """Who is there, and what was written in each chat. A chat with one person has the person's number."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.define(SCHEMA)

    def user(self, number: int) -> Row:
        """A person; ValueError for nobody."""
        found = self.store.one("SELECT * FROM tg_users WHERE id = ?", number)
        if found is None:
            raise ValueError(f"telegram: nobody has the number {number}")
        return found

    def bot(self, number: int) -> Row:
        """A bot; ValueError for none."""
        found = self.store.one("SELECT * FROM tg_bots WHERE id = ?", number)
        if found is None:
            raise ValueError(f"telegram: no bot has the number {number}")
        return found

    def group(self, number: int) -> Row | None:
        """A group, or None."""
        return self.store.one("SELECT * FROM tg_groups WHERE id = ?", number)

    def state(self, *, person: int, bot: int) -> str:
        """How a person stands to a bot: `started`, `stopped`, or empty for one who never wrote to it."""
        sql = "SELECT state FROM tg_talks WHERE person = ? AND bot = ?"
        return str(self.store.value(sql, person, bot) or "")

    def set_state(self, *, person: int, bot: int, state: str) -> None:
        """The person started or stopped the bot."""
        self.store.run("INSERT OR REPLACE INTO tg_talks VALUES (?, ?, ?)", person, bot, state)

    def add(
        self, *, bot: int, chat: int, author: int, content: Json, answers: int = 0, at: float = 0.0
    ) -> Row:
        """A new message, with the next number of its chat."""
        sql = "SELECT coalesce(max(number), 0) + 1 FROM tg_messages WHERE bot = ? AND chat = ?"
        row = {"bot": bot, "chat": chat, "number": self.store.value(sql, bot, chat), "author": author}
        row |= {"content": content, "answers": answers, "at": at or time.time()}
        return self.message(self.store.insert("tg_messages", row))

    def message(self, seq: int) -> Row:
        """A message by its place in the store; ValueError for none."""
        found = self.store.one("SELECT * FROM tg_messages WHERE seq = ?", seq)
        if found is None:
            raise ValueError("telegram: no such message")
        return found | {"content": json.loads(found["content"])}

    def change(self, seq: int, **values: Any) -> Row:
        """A message with other content, reaction or time of its last edit."""
        for name, value in values.items():
            kept = json.dumps(value, ensure_ascii=False) if name == "content" else value
            self.store.run(f"UPDATE tg_messages SET {name} = ? WHERE seq = ?", kept, seq)
        return self.message(seq)

    def talk(self, *, bot: int, chat: int, most: int) -> list[Row]:
        """The last messages of a chat, in order."""
        sql = "SELECT seq FROM tg_messages WHERE bot = ? AND chat = ? ORDER BY seq DESC LIMIT ?"
        return [self.message(row["seq"]) for row in self.store.all(sql, bot, chat, most)][::-1]

    def find(self, *, bot: int, chat: int, number: int) -> Row | None:
        """A message by the number that it has in its chat."""
        sql = "SELECT seq FROM tg_messages WHERE bot = ? AND chat = ? AND number = ?"
        seq = self.store.value(sql, bot, chat, number)
        return self.message(seq) if seq else None

    def lately(self, *, bot: int, since: float, chat: int | None = None) -> int:
        """How many messages a bot sent, in all or to one chat."""
        sql = "SELECT count(*) FROM tg_messages WHERE bot = ? AND author = bot AND at > ?"
        if chat is None:
            return int(self.store.value(sql, bot, since))
        return int(self.store.value(sql + " AND chat = ?", bot, since, chat))


def as_user(row: Row) -> Json:
    """A person as updates name them."""
    user = {
        "id": row["id"],
        "is_bot": False,
        "first_name": row["first_name"],
        "language_code": row["language"],
    }
    return user | ({"username": row["username"]} if row["username"] else {})


def as_bot(row: Row) -> Json:
    """A bot as updates name it."""
    return {"id": row["id"], "is_bot": True, "first_name": row["name"], "username": row["username"]}


def as_chat(square: Square, number: int) -> Json:
    """A chat: a group, or the talk with one person."""
    group = square.group(number)
    if group:
        return {"id": number, "title": group["title"], "type": group["kind"]}
    user = square.user(number)
    return {"id": number, "first_name": user["first_name"], "username": user["username"], "type": "private"}


def as_message(square: Square, row: Row, *, deep: bool = True) -> Json:
    """A message as updates and answers carry it."""
    bot = square.bot(row["bot"])
    author = as_bot(bot) if row["author"] == bot["id"] else as_user(square.user(row["author"]))
    shown: Json = {"message_id": row["number"], "from": author, "chat": as_chat(square, row["chat"])}
    shown |= {"date": int(row["at"])} | row["content"]
    if row["edited"]:
        shown["edit_date"] = int(row["edited"])
    other = square.find(bot=row["bot"], chat=row["chat"], number=row["answers"]) if row["answers"] else None
    if other and deep:
        shown["reply_to_message"] = as_message(square, other, deep=False)
    return shown
