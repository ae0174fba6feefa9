"""A citizen writes to the bot: from the hook, or from long polling, to the answer in the chat.

Simulator, channel, journal, reading, outbox and relay are the real ones; only the gateway's own process is left out (it
knows no channel and is tried in `tests/intake`).
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from typing import Any

import aiohttp
import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case, Message, Order
from rabta.channels.accounts import AccountError, create_account, open_values, seal
from rabta.channels.contract import HookRequest
from rabta.channels.models import Account, Credential
from rabta.channels.telegram import CHANNEL
from rabta.force import access
from rabta.intake import journal, ledger
from rabta.intake.models import Journal
from rabta.jobs import asking, listening, tailer
from rabta.journey.posts.accounts import health
from rabta.outbox.models import Delivery
from rabta.outbox.relay import Relay
from rabta.rules.accounts import Finding
from tests import cast as players
from tests.outbox.stage import relay_conninfo, running, until
from tests.running import wait_until
from tests.simulator.stage import PIXEL
from tests.simulator.telegram import BOT, GROUP, HOOK_SECRET, TAIMUR, Chats, at_telegram

pytestmark = pytest.mark.django_db(transaction=True)
THEFT = "My motorcycle was stolen near Kotwali last night"


class World:
    """Telegram in a thread of its own, and our side of it."""

    def __init__(self, chats: Chats, do: Callable[[Coroutine[Any, Any, Any]], Any], account: Account) -> None:
        self.chats, self.call, self.account, self.taken = chats, do, account, 0

    def does(self, what: str, **given: Any) -> Any:
        """A person does something there, and its hooks are read here."""
        made = self.call(self.chats.act(what, **given))
        self.hear()
        return made

    def hear(self) -> None:
        """Take the hooks as the gateway does, and read them as the worker does."""
        self.call(self.chats.settled())
        posts = self.chats.stage.business.posts
        for body, headers in posts[self.taken :]:
            request = HookRequest(headers={k.lower(): v for k, v in headers.items()}, query={}, body=body)
            assert CHANNEL.verify and CHANNEL.verify(request, {"secret": HOOK_SECRET})
            journal.append(self.account.credential, body, timezone.now())
        self.taken = len(posts)
        read_all()

    def relay(self, done: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Let the relay send until the bot's letters are as wanted."""

        async def play() -> None:
            async with aiohttp.ClientSession() as session:
                relay = Relay(conninfo=relay_conninfo(), channels={"telegram": CHANNEL}, session=session)
                async with running(relay):
                    mine = self.account.pk
                    await until(lambda rows: done([r for r in rows if r["account_id"] == mine]), seconds=60)

        asyncio.run(play())

    def said(self, **where: int) -> list[str]:
        return self.call(self.chats.said(**where))


def read_all() -> None:
    while journey.read_journal(limit=100, now=timezone.now()):
        pass


def all_sent(rows: list[dict[str, Any]]) -> bool:
    return bool(rows) and {row["state"] for row in rows} == {"sent"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A force with a bot at a simulated Telegram, its hook set."""
    cast = players.make()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)  # type: ignore[arg-type]

    stack = contextlib.AsyncExitStack()
    try:
        chats: Chats = do(stack.enter_async_context(at_telegram(tmp_path)))
        credential = Credential.objects.create(
            channel="telegram", name="bot", sealed_values=seal(dict(chats.facts().values))
        )
        account = create_account(credential=credential, name="Bot", external_id=str(BOT), unit=cast.hq)
        do(chats.hook())
        yield World(chats, do, account)
    finally:
        do(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def test_what_is_told_the_bot_is_acknowledged_and_ordered(world: World) -> None:
    world.does("write", text="/start poster-7")
    world.relay(all_sent)
    (greeting,) = world.said()
    assert "السلام علیکم" in greeting, "in the language of their Telegram"
    assert not Case.objects.exists()
    world.does("write", text=THEFT)
    case = Case.objects.get()
    assert case.category == "theft" and case.lead_unit is not None and case.lead_unit.code == "kotwali"
    world.relay(all_sent)
    assert case.reference in world.said()[1]
    written = world.call(world.chats.talk())[2]  # after the word Start and the greeting
    world.does("edit", message=written["seq"], text=f"{THEFT}, a red one")
    assert Message.objects.get(text=f"{THEFT}, a red one").edited_at
    world.call(world.chats.photographs(PIXEL, "the place"))
    world.hear()
    photo = Message.objects.get(kind="image")
    assert photo.case == case and photo.attachments.count() == 1
    for body, _headers in world.chats.stage.business.posts:  # Telegram repeats what it is not sure of
        journal.append(world.account.credential, body, timezone.now())
    before = Message.objects.count(), Delivery.objects.count()
    read_all()
    assert (Message.objects.count(), Delivery.objects.count()) == before
    assert ledger.balance().balanced


def test_a_pressed_button_is_heard_and_let_rest(world: World) -> None:
    world.does("write", text="My husband beats me every night near Kotwali")
    world.relay(all_sent)
    asked = world.call(world.chats.talk())[-1]
    assert asked["content"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "safe:yes"
    pressed = world.does("press", message=asked["seq"], data="safe:yes")["pressed"]
    assert Case.objects.get().safe == "yes"
    item = Journal.objects.latest("id")
    asking.complete(item.pk, 0, now=timezone.now())
    rest = world.call(world.chats.stage.call("GET", f"/telegram/pressed/{pressed}"))
    assert rest[1] == {"answered": True}
    assert Journal.objects.latest("id") == item, "nothing comes of the answer"


def test_nothing_is_ever_said_in_a_group_nor_ordered_by_it(world: World) -> None:
    world.does("write", text=THEFT)
    world.does("write", chat=GROUP, **{"as": TAIMUR}, text="Good morning to all")
    world.does("write", chat=GROUP, **{"as": TAIMUR}, text="STATUS")
    world.does("write", chat=GROUP, text="A motorcycle was stolen near Kotwali, the thief is still here")
    world.relay(all_sent)
    assert world.said(chat=GROUP) == world.said(person=TAIMUR) == []
    assert len(world.said()) == 1, "the acknowledgement of what was told privately"
    mine, heard = Case.objects.order_by("id")
    assert mine.conversation_id != heard.conversation_id, "who writes privately is not known from the group"
    assert heard.waiting_why["code"] == "overheard" and not heard.orders.exists()
    assert Message.objects.get(case=heard).link == "https://t.me/c/1550077/3"
    assert not Order.objects.exclude(case=mine).exists()


def test_a_letter_whose_answer_was_lost_is_in_doubt_and_never_sent_twice(world: World) -> None:
    world.does("write", text=THEFT)
    world.call(world.chats.faults(lost_response=1.0))
    world.relay(lambda rows: [row["state"] for row in rows] == ["in_doubt"])
    world.call(world.chats.faults(lost_response=0.0))
    world.does("stop")
    world.does("write", text="Any news of my motorcycle? It is a red one", **{"as": TAIMUR})
    world.relay(lambda rows: [row["state"] for row in rows] == ["in_doubt", "sent"])
    assert len(world.said()) == 1, "it stands there once"


def test_without_a_hook_the_worker_listens_and_loses_nothing(world: World) -> None:
    world.call(world.chats.bot("deleteWebhook"))
    stop = Flag()

    def listens() -> None:
        try:
            listening.listen(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=listens)
    thread.start()
    try:
        world.call(world.chats.act("write", text=THEFT))
        wait_until(lambda: Journal.objects.exists(), seconds=60)
        world.call(world.chats.act("write", text="Its number ends in 318"))
        wait_until(lambda: Journal.objects.count() == 2, seconds=60)
    finally:
        stop.set()
        thread.join(60)
    read_all()
    assert [m.text for m in Message.objects.filter(direction="in").order_by("id")] == [
        THEFT,
        "Its number ends in 318",
    ]


def test_two_workers_never_listen_to_one_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.call(world.chats.bot("deleteWebhook"))
    monkeypatch.setattr(listening, "SLICE", 0.05)
    first, second = (psycopg.connect(**tailer.connection_settings(), autocommit=True) for _ in range(2))
    with first, second, asyncio.Runner() as one, asyncio.Runner() as other:
        mine, theirs = listening.Ears(one, first), listening.Ears(other, second)
        try:
            mine.look()
            theirs.look()
            assert mine.hear() and not theirs.hear()
            Account.objects.update(paused=True)
            mine._next_look = 0.0
            mine.look()
            assert not mine.hear(), "a paused account is left"
        finally:
            mine.close()
            theirs.close()


def test_a_refused_token_is_tried_again_later_and_hurts_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = open_values(world.account.credential.sealed_values)
    values = dict(world.chats.facts(token=f"{BOT}:other").values)
    Credential.objects.filter(pk=world.account.credential_id).update(sealed_values=seal(values))
    monkeypatch.setattr(listening, "SLICE", 0.05)
    with (
        psycopg.connect(**tailer.connection_settings(), autocommit=True) as database,
        asyncio.Runner() as runner,
    ):
        ears = listening.Ears(runner, database)
        try:
            ears.look()
            wait_until(lambda: not ears.hear(), seconds=30)
            ears._next_look = 0.0
            ears.look()
            assert not ears.hear(), "not before its time"
            assert alarm_of(world.account) is Finding.REFUSED
            Credential.objects.filter(pk=world.account.credential_id).update(sealed_values=seal(right))
            ears._next_look, ears._not_before = 0.0, {}
            ears.look()
            monkeypatch.setattr(listening, "WELL_AFTER", 0.0)
            ears._next_look = 0.0
            ears.look()
            assert alarm_of(world.account) is None
        finally:
            ears.close()
    assert "credentials" in caplog.text and "other" not in caplog.text


def alarm_of(account: Account) -> Finding | None:
    with access.system("a test"):
        (one,) = health([account], now=datetime.now(UTC))
    return one.alarm


def test_a_bot_has_one_account(world: World) -> None:
    with pytest.raises(AccountError, match="has its account already"):
        create_account(
            credential=world.account.credential, name="b", external_id="8", unit=world.account.unit
        )
