"""Webhooks out: signed, persisted, repeated until the receiver answers 200."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from simulator.faults import Faults
from simulator.store import Row, Store

AT_ONCE = 32
GIVE_UP_AFTER = 7 * 86_400
log = logging.getLogger(__name__)


def signature(*, app_secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256 for these raw bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def signature_of_x(*, secret: str, body: bytes) -> str:
    """The value of x-twitter-webhooks-signature for these raw bytes, and the answer to a challenge."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Courier:
    """Carries webhooks from the store to the accounts' addresses.

    One task sleeps until something is due, so an idle courier costs nothing; what is not delivered stays in the
    store and goes on after a restart.
    """

    def __init__(
        self,
        store: Store,
        *,
        faults: Callable[[], Faults],
        delivered: Callable[[Row], None],
        note: Callable[..., None],
    ) -> None:
        self._store = store
        self._faults = faults
        self._delivered = delivered
        self._note = note
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: ClientSession | None = None

    def hand_over(self, *, account: str, body: bytes, kind: str, message_id: str | None = None) -> None:
        """Queue a webhook, with the faults of the day."""
        faults, now = self._faults(), time.time()
        due = now + faults.delay_ms / 1000
        if faults.happens(faults.reorder):
            due += faults.random.uniform(0.3, 1.5)
        times = [due]
        if faults.happens(faults.duplicate):
            times.append(due + faults.random.uniform(0, 0.5))
        for due_at in times:
            row = {
                "account": account,
                "body": body,
                "kind": kind,
                "message_id": message_id,
                "created_at": now,
            }
            self._store.insert("webhooks", row | {"due_at": due_at})
        self._wake.set()

    def pending(self) -> int:
        """How many webhooks wait for their 200."""
        return int(self._store.value("SELECT count(*) FROM webhooks WHERE done_at IS NULL"))

    async def run(self) -> None:
        """Deliver what is due, for ever."""
        self._store.run("UPDATE webhooks SET taken = 0 WHERE taken = 1 AND done_at IS NULL")
        async with ClientSession(timeout=ClientTimeout(total=10), trust_env=False) as self._client:
            try:
                while True:
                    self._wake.clear()
                    self._start_due()
                    await self._sleep()
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_due(self) -> None:
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return
        due = self._store.all(
            "UPDATE webhooks SET taken = 1 WHERE seq IN (SELECT seq FROM webhooks WHERE done_at IS NULL "
            "AND taken = 0 AND due_at <= ? ORDER BY due_at, seq LIMIT ?) RETURNING *",
            time.time(),
            room,
        )
        for row in sorted(due, key=lambda row: (row["due_at"], row["seq"])):
            task = asyncio.create_task(self._deliver(row))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("webhook task failed", exc_info=task.exception())
        self._wake.set()

    async def _sleep(self) -> None:
        timeout: float | None = None
        if len(self._tasks) < AT_ONCE:
            next_due = self._store.value(
                "SELECT min(due_at) FROM webhooks WHERE done_at IS NULL AND taken = 0"
            )
            if next_due is not None:
                timeout = max(0.0, next_due - time.time())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout)

    async def _deliver(self, row: Row) -> None:
        account = self._receiver(row["account"])
        if account is None or not account["webhook_url"]:
            self._close(row, answer="no account or no address")
            return
        status, answer = await self.post(account, body=row["body"])
        self._note(
            "webhook",
            account=row["account"],
            what=row["kind"],
            message_id=row["message_id"],
            attempt=row["attempts"] + 1,
            answer=answer,
        )
        if status == 200:
            self._close(row, answer=answer)
            self._delivered(row)
        else:
            self._try_later(row, answer)

    def _receiver(self, name: str) -> Row | None:
        """The number, the page, the account at X or the bot that a webhook is for."""
        if name.startswith("x:"):
            return self._store.one("SELECT * FROM x_accounts WHERE id = ?", name[2:])
        if name.startswith("telegram:"):
            return self._store.one("SELECT * FROM tg_bots WHERE id = ?", int(name[9:]))
        if name.startswith("kannel:"):
            user = "SELECT *, get_url AS webhook_url FROM kannel_users WHERE number = ?"
            return self._store.one(user, name[7:])
        number = self._store.one("SELECT * FROM accounts WHERE phone_number_id = ?", name)
        return number or self._store.one("SELECT * FROM pages WHERE id = ?", name)

    async def post(self, account: Row, *, body: bytes, sign: str = "good") -> tuple[int, str]:
        """Send the bytes once; the HTTP status (0 if there was none) and a line about it."""
        assert self._client is not None
        if "get_url" in account:  # a gateway asks, with everything in the query
            return await self._get(f"{account['get_url']}?{body.decode()}")
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "Accept": "*/*"}
        if "secret" in account:  # a bot at Telegram
            headers["X-Telegram-Bot-Api-Secret-Token"] = account["secret"]
        elif "consumer_secret" in account:
            headers["x-twitter-webhooks-signature"] = signature_of_x(
                secret=account["consumer_secret"], body=body
            )
        elif sign == "good":
            headers["X-Hub-Signature-256"] = signature(app_secret=account["app_secret"], body=body)
        elif sign == "bad":
            headers["X-Hub-Signature-256"] = "sha256=" + secrets.token_hex(32)
        try:
            async with self._client.post(
                account["webhook_url"], data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status, f"HTTP {answer.status}"
        except (ClientError, TimeoutError, OSError) as trouble:
            return 0, f"{type(trouble).__name__}: {trouble}"[:200]

    async def _get(self, url: str) -> tuple[int, str]:
        assert self._client is not None
        try:
            async with self._client.get(URL(url, encoded=True), allow_redirects=False) as answer:
                await answer.read()
                return answer.status, f"HTTP {answer.status}"
        except (ClientError, TimeoutError, OSError) as trouble:
            return 0, f"{type(trouble).__name__}: {trouble}"[:200]

    def _close(self, row: Row, *, answer: str) -> None:
        self._store.run(
            "UPDATE webhooks SET done_at = ?, attempts = attempts + 1, last_answer = ? WHERE seq = ?",
            time.time(),
            answer,
            row["seq"],
        )

    def _try_later(self, row: Row, answer: str) -> None:
        now = time.time()
        if now - row["created_at"] > GIVE_UP_AFTER:
            self._close(row, answer=f"given up: {answer}")
            return
        faults = self._faults()
        wait = min(faults.retry_max_ms, faults.retry_base_ms * 2 ** min(row["attempts"], 30)) / 1000
        self._store.run(
            "UPDATE webhooks SET taken = 0, attempts = attempts + 1, due_at = ?, last_answer = ? WHERE seq = ?",
            now + wait,
            answer,
            row["seq"],
        )

    async def challenge_of_x(self, account: Row) -> tuple[bool, str]:
        """Ask the address for the HMAC of a token (CRC), as X does every hour; whether it was right, and why not."""
        assert self._client is not None
        token = secrets.token_urlsafe(16)
        try:
            async with self._client.get(account["webhook_url"], params={"crc_token": token}) as answer:
                said = await answer.json()  # which refuses whatever is not called JSON
        except (ClientError, TimeoutError, OSError, ValueError) as trouble:
            return False, f"the address did not answer: {type(trouble).__name__}: {trouble}"
        expected = signature_of_x(secret=account["consumer_secret"], body=token.encode())
        right = answer.status == 200 and isinstance(said, dict) and said.get("response_token") == expected
        return (
            right,
            "subscribed" if right else f"the challenge was not answered rightly (HTTP {answer.status})",
        )

    async def handshake(self, account: Row) -> tuple[bool, str]:
        """Ask the address to prove its verify token; whether it did, and why not."""
        assert self._client is not None
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": account["verify_token"],
        }
        try:
            async with self._client.get(
                account["webhook_url"], params=query, allow_redirects=False
            ) as answer:
                text = await answer.text()
        except (ClientError, TimeoutError, OSError) as trouble:
            return False, f"the address did not answer: {type(trouble).__name__}: {trouble}"
        if answer.status != 200:
            return False, f"the address answered HTTP {answer.status} instead of 200"
        if text != challenge:
            return False, "the address answered 200 without the bare challenge"
        return True, "subscribed"
