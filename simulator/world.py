"""The simulated world: everything the request handlers share."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.chats import Chats
from simulator.events import Hub
from simulator.faults import Faults, read_faults
from simulator.ids import user_id
from simulator.limits import Limits
from simulator.media import Media
from simulator.payloads import encode, status_payload
from simulator.store import Row, Store
from simulator.webhooks import Courier

LOG_LENGTH = 5000


class World:
    """Accounts, people, messages, and the courier between them."""

    def __init__(self, home: Path) -> None:
        self.store = Store(home)
        self.chats = Chats(self.store)
        self.media = Media(self.store, home)
        self.hub = Hub()
        self.limits = Limits()
        self.faults: Faults = read_faults(self.store.setting("faults", {}), start=Faults())
        self.log: deque[Row] = deque(maxlen=LOG_LENGTH)
        self._logged = 0
        self.courier = Courier(
            self.store, faults=lambda: self.faults, delivered=self._webhook_delivered, note=self.note
        )
        self._timers: set[asyncio.TimerHandle] = set()

    def note(self, kind: str, **facts: Any) -> None:
        """Remember one happening for GET /sim/log (the newest 5000 of this run)."""
        self._logged += 1
        self.log.append({"seq": self._logged, "at": time.time(), "kind": kind, **facts})

    def set_faults(self, given: object) -> None:
        """Change the switches and keep them over a restart; ValueError for a wrong one."""
        self.faults = read_faults(given, start=self.faults)
        self.store.set_setting("faults", self.faults.as_dict())

    def account(self, phone_number_id: str) -> Row | None:
        """The business number of this id."""
        return self.store.one("SELECT * FROM accounts WHERE phone_number_id = ?", phone_number_id)

    def person(self, phone: str) -> Row:
        """The person with this number, also one whom nobody entered."""
        found = self.store.one("SELECT * FROM people WHERE phone = ?", phone)
        return found or {"phone": phone, "name": f"+{phone}", "kind": "citizen", "role": "", "state": "on"}

    def remember_user_id(self, account: Row, phone: str) -> None:
        """Let messages to this person's business-scoped id find the phone."""
        name = user_id(waba_id=account["waba_id"], phone=phone)
        self.store.run("INSERT OR IGNORE INTO user_ids VALUES (?, ?)", name, phone)

    def tell(self, message: Row, kind: str = "message") -> None:
        """Show a message, or its change, on the phone page."""
        self.hub.publish(
            {
                "kind": kind,
                "phone": message["phone"],
                "account": message["account"],
                "message": for_phone(message),
            }
        )

    # What becomes of a message of the business -----------------------------------------------------------------

    def later(self, seconds: float, call: Any, *values: Any) -> None:
        """Call after a while; forgotten at shutdown (the start resumes what was open)."""

        def fire() -> None:
            self._timers.discard(handle)
            call(*values)

        handle = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(handle)

    def stop_timers(self) -> None:
        """Forget what was to happen later."""
        for handle in self._timers:
            handle.cancel()

    def carry(self, message_id: str) -> None:
        """Take an accepted message one step further: failed, or sent, then delivered if the phone is on."""
        message = self.chats.find(message_id)
        if message is None:
            return
        pause = self.faults.status_delay_ms / 1000
        if message["status"] == "accepted":
            if message["fails_with"]:
                self.advance(message, "failed", error=message["fails_with"])
                return
            self.advance(message, "sent")
            self.later(pause, self.carry, message_id)
        elif message["status"] == "sent" and self.person(message["phone"])["state"] == "on":
            self.advance(message, "delivered")

    def advance(self, message: Row, status: str, *, error: int = 0) -> None:
        """Change a message's status, tell the business by webhook and the page by event."""
        now = time.time()
        if not self.chats.advance(message, status, now=now, error=error):
            return
        account = self.account(message["account"])
        if account is not None:
            category = message["shown"].get("category", "service")
            payload = status_payload(account, message, status=status, at=now, error=error, category=category)
            self.courier.hand_over(
                account=message["account"],
                body=encode(payload),
                kind=f"status {status}",
                message_id=message["id"],
            )
        self.tell(message, "message" if status in ("delivered", "failed") else "status")

    def switched_on(self, phone: str) -> None:
        """Deliver what waited for this phone."""
        for row in self.store.all(
            "SELECT id FROM messages WHERE phone = ? AND author = 'business' AND status = 'sent' ORDER BY seq",
            phone,
        ):
            self.carry(row["id"])

    def opened(self, *, account: str, phone: str) -> int:
        """The person opens a chat: everything that reached the phone becomes read; how many did."""
        count = 0
        for message in self.chats.unread(account=account, phone=phone):
            if message["status"] == "delivered":
                self.advance(message, "read")
                count += 1
        return count

    def resume(self) -> None:
        """After a start: go on with messages that were on their way."""
        for row in self.store.all(
            "SELECT id FROM messages WHERE author = 'business' AND status IN ('accepted', 'sent') ORDER BY seq"
        ):
            self.later(0, self.carry, row["id"])

    def _webhook_delivered(self, row: Row) -> None:
        """Two grey ticks for the person once the business has their message."""
        if row["kind"].startswith("message") and row["message_id"]:
            message = self.chats.find(row["message_id"])
            if message and self.chats.advance(message, "delivered", now=time.time()):
                self.tell(message, "status")


WORLD: web.AppKey[World] = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    """The world of this request's application."""
    return request.app[WORLD]


def for_phone(message: Row) -> Row:
    """What the phone page may know about a message."""
    names = (
        "seq",
        "id",
        "author",
        "type",
        "shown",
        "context_id",
        "forwarded",
        "at",
        "status",
        "fails_with",
        "edited",
        "revoked",
        "reactions",
        "account",
        "phone",
    )
    return {name: message[name] for name in names}
