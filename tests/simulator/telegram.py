"""A bot, two people and a group in the simulated Telegram."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import FormData

from rabta.channels.contract import AccountFacts
from rabta.channels.telegram.asking import WANTED
from tests.simulator.stage import Stage, a_simulator

BOT, GUL, TAIMUR, SMALL, GROUP = 7700000001, 5501, 5502, -4410, -1001550077
TOKEN, HOOK_SECRET = f"{BOT}:its-secret", "of-the-hook"


class Chats:
    """What a test does at Telegram."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.client = stage, stage.client
        self.taken = 0

    async def act(self, what: str, **given: Any) -> Any:
        """A person does something; what the page answers."""
        status, answer = await self.stage.call("POST", f"/telegram/{what}", {"as": GUL, "bot": BOT} | given)
        assert status < 300, answer
        return answer

    async def photographs(self, content: bytes, caption: str = "") -> Any:
        form = FormData({"as": str(GUL), "bot": str(BOT), "text": caption})
        form.add_field("file", content, filename="photo.jpg", content_type="image/jpeg")
        async with self.client.post("/telegram/write", data=form) as answer:
            return await answer.json()

    async def bot(self, method: str, **given: Any) -> Any:
        return await self.stage.call("POST", f"/bot{TOKEN}/{method}", given)

    async def hook(self) -> None:
        await self.bot(
            "setWebhook", url=self.stage.hook, secret_token=HOOK_SECRET, allowed_updates=list(WANTED)
        )

    async def hooks(self, number: int) -> list[tuple[bytes, dict[str, str]]]:
        """The next hooks that came, with their headers."""
        posts = self.stage.business.posts
        await self.stage.until(lambda: len(posts) >= self.taken + number, seconds=30)
        found = posts[self.taken : self.taken + number]
        self.taken += number
        return found

    async def settled(self) -> None:
        """All hooks so far were taken."""
        end = time.monotonic() + 60
        while (await self.stage.call("GET", "/sim/health"))[1]["pending_webhooks"]:
            assert time.monotonic() < end, "a hook was not delivered"
            await asyncio.sleep(0.01)

    async def faults(self, **switches: Any) -> None:
        await self.stage.call("PUT", "/sim/faults", switches)

    async def talk(self, *, person: int = GUL, chat: int = 0) -> list[Any]:
        """What stands in a chat."""
        query = f"as={person}&bot={BOT}&chat={chat or person}"
        return list((await self.stage.call("GET", f"/telegram/state?{query}"))[1]["messages"])

    async def said(self, *, person: int = GUL, chat: int = 0) -> list[str]:
        """The bot's words in a chat."""
        rows = await self.talk(person=person, chat=chat)
        return [row["content"].get("text", "") for row in rows if row["author"] == BOT]

    def facts(self, **values: str) -> AccountFacts:
        url = str(self.client._base_url).rstrip("/")
        known = {"token": TOKEN, "secret": HOOK_SECRET, "api_url": url}
        return AccountFacts(external_id=str(BOT), values=known | values, hook=self.stage.hook)


@asynccontextmanager
async def at_telegram(home: Path) -> AsyncIterator[Chats]:
    """A simulator with a bot whose hook is not set yet."""
    async with a_simulator(home) as stage:
        facts = {
            "users": [
                {"id": GUL, "first_name": "Gul Bibi", "username": "gul_bibi", "language": "ur"},
                {"id": TAIMUR, "first_name": "Taimur", "language": "en"},
            ],
            "bots": [{"id": BOT, "token": TOKEN, "username": "KPPoliceDemoBot", "name": "KP Police"}],
            "groups": [
                {"id": SMALL, "title": "Traders", "kind": "group", "bot": BOT},
                {"id": GROUP, "title": "Gulbahar", "bot": BOT},
            ],
        }
        status, answer = await stage.call("PUT", "/sim/telegram", facts)
        assert status == 200, answer
        yield Chats(stage)
