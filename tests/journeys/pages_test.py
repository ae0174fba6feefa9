"""A citizen writes on the Facebook page: from the provider's hook to the answers there, over HTTP all the way.

The simulator, the channel, journal, reading, outbox and relay are the real ones; only the gateway's own process is left
out (it knows no channel and is tried in `tests/intake`).
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.channels.accounts import seal
from rabta.channels.contract import HookRequest
from rabta.channels.facebook import CHANNEL
from rabta.channels.models import Account, Credential
from rabta.intake import journal, ledger
from rabta.jobs import asking
from rabta.outbox.models import Delivery
from rabta.outbox.relay import Relay
from tests import cast as players
from tests.outbox.stage import relay_conninfo, running, until
from tests.simulator.pages import PAGE, PAGE_TOKEN, Square, a_square
from tests.simulator.stage import SECRET, VERIFY

pytestmark = pytest.mark.django_db(transaction=True)
THEFT = "My motorcycle was stolen near Kotwali last night"
Act = Callable[..., Any]


class World:
    """The provider in a thread of its own, and our side of it."""

    def __init__(self, square: Square, do: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self.square, self._do, self.taken = square, do, 0

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._do(work)

    def does(self, act: str, **given: Any) -> Any:
        """A person does something there, and its hooks are read here."""
        made = self.call(self.square.does(act, **given))
        self.hear()
        return made

    def hear(self) -> None:
        """Take the hooks as the gateway does, and read them as the worker does."""
        account = Account.objects.select_related("credential").get(external_id=PAGE)
        posts = self.square.stage.business.posts
        for body, headers in posts[self.taken :]:
            request = HookRequest(headers={k.lower(): v for k, v in headers.items()}, query={}, body=body)
            assert CHANNEL.verify and CHANNEL.verify(request, {"app_secret": SECRET})
            journal.append(account.credential, body, timezone.now())
        self.taken = len(posts)
        read_all()

    def relay(self, done: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Let the relay send until the outbox is as wanted; then hear what the provider says of it."""

        async def play() -> None:
            async with aiohttp.ClientSession() as session:
                channels = {"facebook": CHANNEL}
                async with running(Relay(conninfo=relay_conninfo(), channels=channels, session=session)):
                    await until(done, seconds=60)

        asyncio.run(play())
        self.call(self.square.settled())
        self.hear()

    def wall(self) -> list[Any]:
        return [one for one in self.call(self.square.shown())["posts"] if one["author"] == "page"]

    def talk(self) -> list[str]:
        return [one["text"] for one in self.call(self.square.shown())["talk"] if one["author"] == "page"]


def read_all() -> None:
    while journey.read_journal(limit=100, now=timezone.now()):
        pass


def states() -> set[tuple[bool, str]]:
    return set(Delivery.objects.filter(account__external_id=PAGE).values_list("public", "state"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A force with a page at a simulated provider."""
    cast = players.make()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)  # type: ignore[arg-type]

    stack = contextlib.AsyncExitStack()
    try:
        square: Square = do(stack.enter_async_context(a_square(tmp_path)))
        values = {
            "app_secret": SECRET,
            "access_token": PAGE_TOKEN,
            "verify_token": VERIFY,
            "api_url": str(square.client._base_url).rstrip("/"),
        }
        credential = Credential.objects.create(channel="facebook", name="page", sealed_values=seal(values))
        Account.objects.create(
            credential=credential, channel="facebook", name="Page", external_id=PAGE, unit=cast.hq
        )
        yield World(square, do)
    finally:
        do(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def test_a_post_on_the_page_is_answered_there_with_thanks_and_the_rest_goes_privately(world: World) -> None:
    post = world.does("write", text=THEFT)
    case = Case.objects.get()
    assert case.category == "theft" and case.lead_unit is not None and case.lead_unit.code == "kotwali"
    first = Message.objects.get(direction="in")
    assert first.public and first.link.startswith("https://www.facebook.com/")

    page = first.conversation.account_id
    world.relay(lambda rows: {row["state"] for row in rows if row["account_id"] == page} == {"sent"})
    (thanks,) = world.wall()
    assert thanks["parent"] == post and case.reference not in thanks["text"]
    (private,) = world.talk()
    assert case.reference in private, "as the private answer to the post"
    assert Case.objects.count() == 1, "what we wrote ourselves opens nothing"
    assert states() == {(True, "sent"), (False, "delivered")}
    world.does("read")
    assert states() == {(True, "sent"), (False, "read")}

    world.does("write", text="It was a red Honda", parent=thanks["id"])
    said = world.does("say", text="The number plate is PSH 318")
    world.does("edit-message", message=said, text="The number plate is PSH 319")
    world.does("write", text="Good work", hide_author=True)
    ours = [m for m in Message.objects.filter(direction="in").order_by("id") if m.case_id == case.pk]
    assert [message.text for message in ours] == [THEFT, "It was a red Honda", "The number plate is PSH 319"]
    assert ours[1].in_reply_to and ours[1].in_reply_to.direction == "out", "under our own answer"
    world.does("remove", post=post)
    first.refresh_from_db()
    assert first.revoked_at and not first.text

    world.call(square_lost(world.square))
    account = Account.objects.get(external_id=PAGE)
    asking.catch_up(account.pk, now=timezone.now())
    read_all()
    assert Message.objects.filter(text="A lost comment on light at Gulbahar").count() == 1

    before = (Case.objects.count(), Message.objects.count(), Delivery.objects.count())
    again = [body for body, _headers in world.square.stage.business.posts]
    random.Random(7).shuffle(again)
    for body in again:
        journal.append(account.credential, body, timezone.now())
    read_all()
    assert before == (Case.objects.count(), Message.objects.count(), Delivery.objects.count())
    assert ledger.balance().balanced


async def square_lost(square: Square) -> None:
    """A post and a comment under it whose hooks never come."""
    post = await square.does("write", text="Nobody hears of this one", deliver=False)
    await square.does("write", text="A lost comment on light at Gulbahar", parent=post, deliver=False)
