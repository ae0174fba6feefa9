"""Listening to providers whose updates no hook brings: what they tell goes into the journal as it comes.

One worker at a time listens for an account, by an advisory lock. A body is durable before the next is asked for, which
is what makes the provider forget it (`Channel.listen`); a worker that dies in between is told it again.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any

import psycopg
from cryptography.fernet import InvalidToken
from django.db import close_old_connections, transaction
from django.utils import timezone

from rabta.channels import reach
from rabta.channels.accounts import facts
from rabta.channels.contract import Session, Trouble, TroubleCode
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.intake import journal
from rabta.jobs.tailer import connection_settings
from rabta.outbox import hearing

LOCKS = 727_224  # class of our advisory locks; the object is the account's id
LOOKS = 10.0  # seconds between two looks at the accounts
AGAIN = 60.0  # … until an account is tried again that has a hook, or that refused
WELL_AFTER = (
    120.0  # … and until one that we listen to without trouble is said to be heard: longer than a question
)
SLICE = 1.0  # how long we hear before we see whether to stop
log = logging.getLogger(__name__)


@dataclass
class Ear:
    """An account that is listened to, and the question that waits for an answer."""

    account: Account
    bodies: AsyncIterator[bytes]
    question: "asyncio.Task[bytes | None]"
    since: float  # when we began to listen
    well: bool = False  # whether it was said that the account is heard


def listen(stop: Flag) -> None:
    """Listen until `stop`; raises psycopg.Error when the database goes away (call it again then)."""
    with psycopg.connect(**connection_settings(), autocommit=True) as database, asyncio.Runner() as runner:
        ears = Ears(runner, database)
        try:
            while not stop.is_set():
                ears.look()
                if not ears.hear():
                    stop.wait(SLICE)
        finally:
            ears.close()


class Ears:
    """The accounts that this worker listens to."""

    def __init__(self, runner: asyncio.Runner, database: psycopg.Connection[Any]) -> None:
        self._runner, self._database = runner, database
        self._session: Session | None = None
        self._ears: dict[int, Ear] = {}
        self._not_before: dict[int, float] = {}
        self._next_look = 0.0

    def look(self) -> None:
        """Begin with accounts that nobody listens to, and leave those that are paused or gone. Every few seconds."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOKS
        self._database.execute("SELECT 1")  # the locks live as long as this connection
        wanted = _accounts()
        for account_id in self._ears.keys() - wanted.keys():
            self._leave(account_id)
        for account_id, account in wanted.items():
            due = time.monotonic() >= self._not_before.get(account_id, 0.0)
            if account_id not in self._ears and due and self._lock(account_id):
                self._begin(account)
        for ear in self._ears.values():
            if time.monotonic() - ear.since > WELL_AFTER:
                self._is_well(ear)

    def hear(self) -> bool:
        """Wait a moment for what comes and put it into the journal; False when there is nobody to listen to."""
        if not self._ears:
            return False
        questions = [ear.question for ear in self._ears.values()]
        self._runner.run(_wait(questions))
        for account_id, ear in list(self._ears.items()):
            if ear.question.done():
                self._take(account_id, ear)
        return True

    def close(self) -> None:
        """Listen to nobody any more."""
        for account_id in list(self._ears):
            self._runner.run(_hang_up(self._ears.pop(account_id)))
        if self._session is not None:
            self._runner.run(self._session.close())  # type: ignore[attr-defined]

    def _lock(self, account_id: int) -> bool:
        row = self._database.execute(
            "SELECT pg_try_advisory_lock(%s, %s::int)", [LOCKS, account_id]
        ).fetchone()
        return bool(row and row[0])

    def _begin(self, account: Account) -> None:
        ask = BY_KIND[account.channel].listen
        assert ask is not None
        if self._session is None:
            self._session = self._runner.run(_new_session())
        try:
            told = facts(account)
        except InvalidToken:
            log.error("The secrets of account %s can't be opened; was accounts.key replaced?", account.pk)
            self._not_before[account.pk] = time.monotonic() + AGAIN
            _note(account.pk, (TroubleCode.CREDENTIALS.value, "the secrets can't be opened"))
            return
        bodies = ask(self._session, told)
        self._ears[account.pk] = Ear(account, bodies, self._ask(bodies), since=time.monotonic())

    def _is_well(self, ear: Ear) -> None:
        """Nothing keeps us from hearing this account; said once while we listen."""
        if not ear.well:
            _note(ear.account.pk, hearing.WELL)
            ear.well = True

    def _ask(self, bodies: AsyncIterator[bytes]) -> "asyncio.Task[bytes | None]":
        return self._runner.get_loop().create_task(_next(bodies))

    def _leave(self, account_id: int) -> None:
        self._runner.run(_hang_up(self._ears.pop(account_id)))
        self._database.execute("SELECT pg_advisory_unlock(%s, %s::int)", [LOCKS, account_id])
        self._not_before[account_id] = time.monotonic() + AGAIN

    def _take(self, account_id: int, ear: Ear) -> None:
        """The answer: a body, the end, or trouble."""
        try:
            body = ear.question.result()
        except Exception as trouble:  # noqa: BLE001 (a mistake of ours is one account's, and the others go on)
            code = trouble.code.value if isinstance(trouble, Trouble) else type(trouble).__name__
            log.warning("Account %s can't be listened to: %s", account_id, code)
            if isinstance(trouble, Trouble):
                _note(account_id, (code, trouble.text))
            self._leave(account_id)
            return
        self._is_well(ear)
        if body is None:  # its hook brings everything
            self._leave(account_id)
            return
        close_old_connections()
        with system("listening to a provider"), transaction.atomic():
            journal.append(ear.account.credential, body, timezone.now())
        ear.question = self._ask(ear.bodies)


def _accounts() -> dict[int, Account]:
    close_old_connections()
    kinds = [kind for kind, channel in BY_KIND.items() if channel.listen]
    with system("listening to a provider"):
        rows = Account.objects.filter(channel__in=kinds, paused=False).select_related("credential")
        return {account.pk: account for account in rows}


def _note(account_id: int, state: hearing.State) -> None:
    close_old_connections()
    with system("listening to a provider"):
        hearing.note(account_id, state)


async def _new_session() -> Any:
    return reach.new_session()


async def _next(bodies: AsyncIterator[bytes]) -> bytes | None:
    return await anext(bodies, None)


async def _wait(questions: "list[asyncio.Task[bytes | None]]") -> None:
    await asyncio.wait(questions, timeout=SLICE, return_when=asyncio.FIRST_COMPLETED)


async def _hang_up(ear: Ear) -> None:
    ear.question.cancel()
    await asyncio.gather(ear.question, return_exceptions=True)
    closing = getattr(ear.bodies, "aclose", None)
    if closing is not None:
        await closing()
