"""A page and an Instagram account in the simulator, beside the number that the stage has already."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rabta.channels.contract import AccountFacts
from tests.simulator.stage import CITIZEN, SECRET, VERIFY, Stage, a_simulator

PAGE, INSTAGRAM = "104512345678901", "17841400000000001"
PAGE_TOKEN, INSTAGRAM_TOKEN = "token-of-the-page", "token-of-the-account"
TOKENS = {PAGE: PAGE_TOKEN, INSTAGRAM: INSTAGRAM_TOKEN}


class Square:
    """What a test does on the pages."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.client = stage, stage.client

    async def does(self, act: str, *, page: str = PAGE, **given: Any) -> Any:
        """A person does something, and its hook is delivered before anything else happens; the id of what was made."""
        status, answer = await self.stage.call("POST", f"/sim/pages/{page}/{act}", {"by": CITIZEN} | given)
        assert status == 200, answer
        await self.settled()
        return answer.get("id", answer)

    async def settled(self) -> None:
        """All that was sent has arrived on the phones, and all hooks so far were taken."""
        end = time.monotonic() + 60
        while True:
            waits = (await self.stage.call("GET", "/sim/health"))[1]["pending_webhooks"]
            talks = [one for page in TOKENS for one in (await self.shown(page=page))["talk"]]
            on_the_way = [one for one in talks if one["author"] == "page" and one["status"] == "sent"]
            if not waits and not on_the_way:
                return
            assert time.monotonic() < end, "a hook was not delivered"
            await asyncio.sleep(0.01)

    async def faults(self, **switches: Any) -> None:
        await self.stage.call("PUT", "/sim/faults", switches)

    async def shown(self, *, page: str = PAGE) -> Any:
        return (await self.stage.call("GET", f"/wall/shown?page={page}&by={CITIZEN}"))[1]

    def facts(self, page: str = PAGE, **values: str) -> AccountFacts:
        url = str(self.client._base_url).rstrip("/")
        return AccountFacts(external_id=page, values={"access_token": TOKENS[page], "api_url": url} | values)

    def bodies(self) -> list[bytes]:
        """The bodies of all hooks so far."""
        return [body for body, _headers in self.stage.business.posts]

    async def hooks(self, number: int) -> list[bytes]:
        """The bodies, once that many have come."""
        await self.stage.until(lambda: len(self.bodies()) >= number)
        return self.bodies()

    def entries(self) -> list[Any]:
        return [entry for body in self.bodies() for entry in json.loads(body)["entry"]]


@asynccontextmanager
async def a_square(home: Path) -> AsyncIterator[Square]:
    """A simulator with one page and one Instagram account."""
    async with a_simulator(home) as stage:
        secrets = {"webhook_url": stage.hook, "app_secret": SECRET, "verify_token": VERIFY}
        pages = [
            {"id": PAGE, "kind": "page", "name": "Police", "access_token": PAGE_TOKEN} | secrets,
            {"id": INSTAGRAM, "kind": "instagram", "name": "police", "access_token": INSTAGRAM_TOKEN}
            | secrets,
        ]
        status, answer = await stage.call("PUT", "/sim/pages", pages)
        assert status == 200, answer
        yield Square(stage)
