"""A stage for the relay: accounts, a provider that does what a test wants, and a relay as its own database role."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

from rabta import keys
from rabta.channels.accounts import seal
from rabta.channels.contract import AccountFacts, Channel, Letter, Limits, Sent, Session, Template
from rabta.channels.models import Account, Credential
from rabta.force.models import Level, Unit
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.outbox.relay import Relay, conninfo
from rabta.outbox.windows import wrote

KIND = "pigeon"
ORDER = Template(name="order_v1", language="en", params=("PRY-7K3M-92QF",))
Answer = Callable[[Letter], Awaitable[Sent]]


@dataclass
class Provider:
    """Takes letters, remembers them with the time, and answers as `answer` says."""

    letters: list[tuple[float, Letter]] = field(default_factory=list)
    answer: Answer | None = None

    async def send(self, session: Session, account: AccountFacts, letter: Letter) -> Sent:
        self.letters.append((time.monotonic(), letter))
        if self.answer is not None:
            return await self.answer(letter)
        return Sent(provider_id=f"id-of-{letter.token}")

    @property
    def texts(self) -> list[str]:
        return [letter.text or letter.template.name for _at, letter in self.letters]  # type: ignore[union-attr]

    def channel(self, **limits: Any) -> Channel:
        """This provider as a channel."""
        chosen = {"text_length": 4096, "free_text_window": timedelta(hours=24), "per_second": 1000} | limits
        return Channel(
            kind=KIND,
            label="Pigeon",
            limits=Limits(**chosen),
            fields=(),
            count=lambda raw: Counter(),
            read=lambda raw: [],
            send=self.send,
        )


def account(*, name: str = "headquarters", paused: bool = False) -> Account:
    """An account of the force at the provider."""
    level, _made = Level.objects.get_or_create(code="force", defaults={"name": "Force", "rank": 0})
    unit, _made = Unit.objects.get_or_create(code="force", defaults={"name": "Force", "level": level})
    credential = Credential.objects.create(channel=KIND, name=name, sealed_values=seal({"token": "secret"}))
    return Account.objects.create(
        credential=credential, channel=KIND, name=name, external_id=f"of-{name}", unit=unit, paused=paused
    )


def digest_of(number: str) -> bytes:
    return keys.digest("handle", number)


def letter(to: Account, text: str = "hello", **facts: Any) -> Outgoing:
    """A letter to an officer who wrote a minute ago, unless told otherwise with `wrote=None` or a time."""
    number = facts.pop("number", "+923001234567")
    last_in_at = facts.pop("wrote", datetime.now(UTC) - timedelta(minutes=1))
    if last_in_at is not None:
        wrote([(to.pk, digest_of(number), last_in_at)])
    where = {} if facts.get("handle") else {"number": number}
    return Outgoing(account=to, address_digest=digest_of(number), text=text, visible_to=[1], **where, **facts)


def queue(*letters: Outgoing) -> list[Delivery]:
    """Into the outbox, now."""
    return post(letters, datetime.now(UTC))


def relay_conninfo() -> str:
    """The test's database, as the role that the relay has."""
    return psycopg.conninfo.make_conninfo(conninfo(), user="rabta_relay")


def relay_for(channel: Channel) -> Relay:
    return Relay(conninfo=relay_conninfo(), channels={KIND: channel}, session=None)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """The relays run meanwhile; afterwards they finish what they began."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)) for relay in relays]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def run_until(channel: Channel, done: Callable[[list[dict[str, Any]]], bool], *, seconds: float = 60) -> None:
    """Run one relay until `done(deliveries)`; a test that waits in vain fails."""

    async def play() -> None:
        async with running(relay_for(channel)):
            await until(done, seconds=seconds)

    asyncio.run(play())


async def until(done: Callable[[list[dict[str, Any]]], bool], *, seconds: float = 60) -> None:
    """Look at the outbox until it is as wanted."""
    deadline = time.monotonic() + seconds
    async with await psycopg.AsyncConnection.connect(
        conninfo(), autocommit=True, row_factory=dict_row
    ) as looking:
        while True:
            rows = await (await looking.execute("SELECT * FROM outbox_delivery ORDER BY id")).fetchall()
            if done(rows):
                return
            assert time.monotonic() < deadline, [(row["text"], row["state"], row["trouble"]) for row in rows]
            await asyncio.sleep(0.02)


async def aside(work: Callable[..., Any], *words: Any) -> Any:
    """Do something of Django's beside the running relay."""

    def there() -> Any:
        try:
            return work(*words)
        finally:
            connection.close()

    return await asyncio.to_thread(there)


async def queue_aside(to: Account, text: str, **facts: Any) -> list[Delivery]:
    """Into the outbox while a relay runs."""
    return await aside(lambda: queue(letter(to, text, **facts)))


async def cut_connections() -> None:
    """Let the database throw the relay out, as a restart of the server would."""
    async with await psycopg.AsyncConnection.connect(relay_conninfo(), autocommit=True) as cutter:
        await cutter.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )


def all_in(*states: str) -> Callable[[list[dict[str, Any]]], bool]:
    """Whether every delivery is in one of these states."""
    return lambda rows: bool(rows) and all(row["state"] in states for row in rows)


def states() -> list[str]:
    connection.close()
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
