"""Messages between people and business numbers: writing them down and finding them again."""

from __future__ import annotations

import time
from typing import Any

from simulator.store import Row, Store

WINDOW = 24 * 3600
RANKS = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


class Chats:
    """What was said, by whom, and what became of it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, **message: Any) -> Row:
        """Write a message down and return it as stored."""
        self.store.insert("messages", message)
        return self.get(message["id"])

    def get(self, message_id: str) -> Row:
        """The message; KeyError when there is none."""
        found = self.find(message_id)
        if found is None:
            raise KeyError(message_id)
        return found

    def find(self, message_id: str) -> Row | None:
        """The message or None."""
        return self.store.one("SELECT * FROM messages WHERE id = ?", message_id)

    def by_callback(self, *, account: str, callback_data: str) -> Row | None:
        """The first message that was accepted with this callback data."""
        return self.store.one(
            "SELECT * FROM messages WHERE account = ? AND callback_data = ? ORDER BY seq LIMIT 1",
            account,
            callback_data,
        )

    def window_closes(self, *, account: str, phone: str) -> float | None:
        """When free text to this person ends: 24 h after their last message; None if they never wrote."""
        last = self.store.value(
            "SELECT max(at) FROM messages WHERE account = ? AND phone = ? AND author = 'person'",
            account,
            phone,
        )
        return None if last is None else float(last) + WINDOW

    def rewind(self, *, account: str, phone: str, hours: float) -> int:
        """Move a chat into the past so that its last message of the person is `hours` old; rows changed."""
        closes = self.window_closes(account=account, phone=phone)
        if closes is None:
            return 0
        shift = hours * 3600 - (time.time() - (closes - WINDOW))
        return self.store.run(
            "UPDATE messages SET at = at - ? WHERE account = ? AND phone = ?", shift, account, phone
        )

    def advance(self, message: Row, status: str, *, now: float, error: int = 0) -> bool:
        """Give a message a later status; False when it is already as far."""
        current = str(message["status"])
        if current in ("failed", status) or RANKS.get(status, 9) <= RANKS.get(current, 0):
            return False
        self.store.run("UPDATE messages SET status = ? WHERE id = ?", status, message["id"])
        self.store.insert(
            "statuses", {"message_id": message["id"], "status": status, "at": now, "error": error}
        )
        message["status"] = status
        return True

    def unread(self, *, account: str, phone: str) -> list[Row]:
        """Messages of the business that reached or will reach the person and were not opened."""
        return self.store.all(
            "SELECT * FROM messages WHERE account = ? AND phone = ? AND author = 'business' "
            "AND status IN ('accepted', 'sent', 'delivered') AND fails_with = 0 ORDER BY seq",
            account,
            phone,
        )

    def history(self, *, account: str, phone: str, before: int, limit: int) -> list[Row]:
        """The newest messages of a chat before a sequence number, oldest first."""
        rows = self.store.all(
            "SELECT * FROM messages WHERE account = ? AND phone = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
            account,
            phone,
            before,
            limit,
        )
        return rows[::-1]

    def overview(self, *, phone: str) -> list[Row]:
        """Per business number: the last message and how many are unread."""
        return self.store.all(
            "SELECT account, max(seq) AS last_seq, "
            "sum(author = 'business' AND status = 'delivered' AND type != 'reaction') AS unread "
            "FROM messages WHERE phone = ? GROUP BY account",
            phone,
        )

    def statuses(self, message_id: str) -> list[Row]:
        """What became of a message, in order."""
        return self.store.all(
            "SELECT status, at, error FROM statuses WHERE message_id = ? ORDER BY seq", message_id
        )
