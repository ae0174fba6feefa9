"""Telegram against somebody else's Bot API (npm `telegram-test-api`): asking, sending, pressing, and the hook."""

import asyncio
import http.server
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from rabta.channels.contract import AccountFacts, Arrived, Button, Letter, Session
from rabta.channels.telegram import CHANNEL
from rabta.channels.telegram.asking import complete, listen
from rabta.channels.telegram.sending import send
from tests.peers.telegram import Peer, bot_api
from tests.running import wait_until

TOKEN = "7700000001:its-secret"


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    """One server for all tests of this file."""
    with bot_api(TOKEN) as running:
        yield running


def told(peer: Peer, story: Callable[[Session, AccountFacts], Awaitable[None]]) -> None:
    account = AccountFacts(external_id="7700000001", values={"token": TOKEN, "api_url": peer.url})

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            await story(session, account)

    asyncio.run(run())


def test_what_a_person_writes_is_asked_for_and_answered_and_a_button_is_heard(peer: Peer) -> None:
    async def story(session: Session, account: AccountFacts) -> None:
        peer.writes("گلبہار میں میری موٹر سائیکل چوری ہو گئی ہے")
        peer.writes("/start poster-7")
        bodies = listen(session, account)
        said, start = CHANNEL.read(await anext(bodies))
        assert isinstance(said, Arrived) and said.text.startswith("گلبہار")
        assert (said.sender.handle, said.sender.name, said.sender.language) == ("1", "Gul", "ur")
        assert isinstance(start, Arrived) and start.choices["start"] == "poster-7"

        yes = Button(key="safe:yes", title="Yes")
        letter = Letter(to="1", token="", text="Is it safe?", buttons=(yes,), in_reply_to=said.provider_id)
        sent = await send(session, account, letter)
        (shown,) = peer.heard()
        assert sent.provider_id == f"1:{shown['message_id']}"
        assert shown["text"] == "Is it safe?"
        assert shown["reply_parameters"]["message_id"] == int(said.provider_id.partition(":")[2])

        under = shown | {"chat": {"id": 1, "type": "private"}}
        peer.presses(under, "safe:yes")
        (pressed,) = CHANNEL.read(await anext(bodies))
        assert isinstance(pressed, Arrived)
        assert (pressed.text, pressed.in_reply_to) == ("Yes", sent.provider_id)
        assert await complete(session, account, pressed.ask) == b""
        await bodies.aclose()

    told(peer, story)


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what comes."""

    came: list[bytes] = []

    def do_POST(self) -> None:
        self.came.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Be quiet."""


def test_what_comes_by_its_hook_is_read_the_same(peer: Peer) -> None:
    Hook.came = []
    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            peer.call(
                f"bot{TOKEN}/setWebhook", url=f"http://127.0.0.1:{server.server_port}/", secret_token="x"
            )
            peer.writes("My bag was stolen", person=2)
            wait_until(lambda: Hook.came)
            peer.call(f"bot{TOKEN}/deleteWebhook")
        finally:
            server.shutdown()
            thread.join(20)
    (said,) = CHANNEL.read(Hook.came[0])
    assert isinstance(said, Arrived)
    assert (said.text, said.sender.handle, said.key) == (
        "My bag was stolen",
        "2",
        f"message:{said.provider_id}",
    )
    assert CHANNEL.count(Hook.came[0]).total() == 1
