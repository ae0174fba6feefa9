"""The mail office: mailboxes of the force, people who write to them, and every letter between the two."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, localtime
from typing import Any

from aiohttp import web

from simulator.store import Row, Store

TABLES = """
CREATE TABLE IF NOT EXISTS mail_boxes (
    username TEXT PRIMARY KEY, password TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mail_people (address TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mail_inbox (
    uid INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL, raw BLOB NOT NULL, at REAL NOT NULL,
    flags TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS mail_letters (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL, person TEXT NOT NULL, author TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE, answers TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, file TEXT NOT NULL,
    at REAL NOT NULL, automatic INTEGER NOT NULL DEFAULT 0);
"""


class Office:
    """What lies where. `heard` is told the login whose inbox has something new."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.define(TABLES)
        self.listeners: list[Callable[[str], None]] = []
        if not store.setting("mail_validity", 0):
            store.set_setting("mail_validity", secrets.randbelow(2**31 - 1) + 1)
        self.validity: int = store.setting("mail_validity", 1)

    def login(self, username: str, password: str) -> bool:
        """Whether this is a login of the force."""
        found = self.store.one("SELECT password FROM mail_boxes WHERE username = ?", username)
        return found is not None and secrets.compare_digest(str(found["password"]), password)

    def inbox(self, username: str) -> list[Row]:
        """Everything in an inbox, by UID, without the letters themselves."""
        return self.store.all(
            "SELECT uid, at, flags, length(raw) AS size FROM mail_inbox WHERE username = ? ORDER BY uid",
            username,
        )

    def raw(self, username: str, uid: int) -> bytes:
        """One letter as it lies in the inbox."""
        found = self.store.one("SELECT raw FROM mail_inbox WHERE username = ? AND uid = ?", username, uid)
        return bytes(found["raw"]) if found else b""

    def mark(self, username: str, uid: int, flag: str) -> None:
        """Set a flag."""
        self.store.run(
            "UPDATE mail_inbox SET flags = trim(flags || ' ' || ?) WHERE username = ? AND uid = ? AND flags NOT LIKE ?",
            flag, username, uid, f"%{flag}%",
        )  # fmt: skip

    def write(self, *, person: str, box: str, subject: str, text: str, file: Row | None = None) -> str:
        """A person writes to the force; returns the letter's id. ValueError for people and boxes that nobody knows."""
        author = self.store.one("SELECT * FROM mail_people WHERE address = ?", person)
        target = self.store.one("SELECT * FROM mail_boxes WHERE address = ?", box)
        if author is None or target is None:
            raise ValueError("nobody has this address")
        last = self.last(person=person, box=box)
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = f'"{author["name"]}" <{person}>' if author["name"].isascii() else person
        message["To"] = box
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = id = f"<{secrets.token_hex(8)}@{person.rpartition('@')[2]}>"
        answers = last["id"] if last and subject.casefold().startswith("re:") else ""
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(text + (_quoted(last, box) if last and answers else "") + "\n")
        if file:
            main, _, sub = str(file["type"]).partition("/")
            message.add_attachment(
                file["data"], maintype=main, subtype=sub or "octet-stream", filename=file["name"]
            )
        row = {
            "box": box,
            "person": person,
            "author": "person",
            "id": id,
            "answers": answers,
            "subject": subject,
        }
        self.store.insert(
            "mail_letters", row | {"text": text, "file": file["name"] if file else "", "at": time.time()}
        )
        self._arrive(target["username"], message.as_bytes())
        return id

    def _arrive(self, username: str, raw: bytes) -> None:
        self.store.insert("mail_inbox", {"username": username, "raw": raw, "at": time.time()})
        for listener in list(self.listeners):
            listener(username)

    def knows(self, address: str) -> bool:
        """Whether a person has this address."""
        return self.store.one("SELECT 1 FROM mail_people WHERE address = ?", address.casefold()) is not None

    def take(self, raw: bytes, *, sender: str, to: str) -> None:
        """The force sends a letter to a person."""
        message: Any = message_from_bytes(raw, policy=policy.default)
        body = message.get_body(("plain", "html"))
        files = [part.get_filename() or "file" for part in message.iter_attachments()]
        pairs = getaddresses([str(message["from"] or "")])
        row = {
            "box": pairs[0][1] if pairs else sender,
            "person": to.casefold(),
            "author": "force",
            "id": str(message["message-id"] or secrets.token_hex(8)),
            "answers": str(message["in-reply-to"] or ""),
            "subject": str(message["subject"] or ""),
            "text": body.get_content().strip().replace("\r\n", "\n") if body else "",
            "file": ", ".join(files),
            "at": time.time(),
            "automatic": int(str(message["auto-submitted"] or "no") != "no"),
        }
        if self.store.one("SELECT 1 FROM mail_letters WHERE id = ?", row["id"]) is None:
            self.store.insert("mail_letters", row)

    def last(self, *, person: str, box: str) -> Row | None:
        """The newest letter of the force to this person."""
        return self.store.one(
            "SELECT * FROM mail_letters WHERE person = ? AND box = ? AND author = 'force' ORDER BY seq DESC LIMIT 1",
            person, box,
        )  # fmt: skip

    def letters(self, *, person: str, box: str) -> list[Row]:
        """The newest letters between the two, oldest first."""
        rows = self.store.all(
            "SELECT * FROM mail_letters WHERE person = ? AND box = ? ORDER BY at DESC, seq DESC LIMIT 100",
            person,
            box,
        )
        return rows[::-1]


OFFICE: web.AppKey[Office] = web.AppKey("mail_office", Office)


def _quoted(last: Row, box: str) -> str:
    """What mail programs put below an answer."""
    at = time.strftime("%a, %d %b %Y at %H:%M", time.gmtime(last["at"]))
    lines = "\n".join(f"> {line}" for line in last["text"].splitlines())
    return f"\n\nOn {at}, <{box}> wrote:\n\n{lines}"
