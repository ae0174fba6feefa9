"""The provider's bad days by switch, on every channel over HTTP, as the channel itself meets them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from rabta.channels.contract import AccountFacts, Letter, Trouble, TroubleCode
from rabta.channels.registry import BY_KIND
from tests.simulator.pages import INSTAGRAM, INSTAGRAM_TOKEN, PAGE, PAGE_TOKEN
from tests.simulator.stage import CITIZEN, NUMBER, SECRET, TOKEN, VERIFY, Business, Stage, a_simulator
from tests.simulator.telegram import BOT, GUL, HOOK_SECRET
from tests.simulator.telegram import TOKEN as BOT_TOKEN

X_ACCOUNT, X_PERSON, SMS = "11", "21", "8302"
BUSY, UNCERTAIN, UNREACHABLE = TroubleCode.BUSY, TroubleCode.UNCERTAIN, TroubleCode.UNREACHABLE


class Everybody(Business):
    """Receives the hooks of all providers; `came` are their bodies or queries, with the time."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[float, str]] = []

    async def hook(self, request: web.Request) -> web.Response:
        said = request.query_string if request.method == "GET" else (await request.read()).decode()
        self.came.append((time.monotonic(), said))
        return web.Response()

    def of(self, word: str) -> list[float]:
        """When the word came, each time."""
        return [at for at, said in self.came if word in said]


@dataclass
class Way:
    """A channel in the simulator: how somebody writes, how we send, and what stands on that person's screen."""

    kind: str
    facts: AccountFacts
    to: str
    writes: Callable[[str], Awaitable[Any]]
    screen: str


@dataclass
class Scene:
    stage: Stage
    business: Everybody
    session: Any
    way: Way

    async def faults(self, **switches: Any) -> None:
        assert (
            await self.stage.call(
                "PUT", "/sim/faults", {"reset": True, "seed": 7, "status_delay_ms": 1} | switches
            )
        )[0] == 200

    async def sends(self, text: str) -> TroubleCode | None:
        """What the channel makes of the provider's answer."""
        send, session = BY_KIND[self.way.kind].send, self.session
        assert send is not None
        try:
            await send(session, self.way.facts, Letter(to=self.way.to, token="t" * 22, text=text))
        except Trouble as trouble:
            return trouble.code
        return None

    async def arrives(self, text: str) -> None:
        """The person reads it after a moment."""
        async with asyncio.timeout(30):
            while not await self.stands(text):
                await asyncio.sleep(0.02)

    async def stands(self, text: str) -> bool:
        """Whether the person can read it."""
        return text in json.dumps((await self.stage.call("GET", self.way.screen))[1])


async def pages(stage: Stage) -> None:
    secrets = {"webhook_url": stage.hook, "app_secret": SECRET, "verify_token": VERIFY}
    rows = [
        {"id": PAGE, "kind": "page", "name": "Police", "access_token": PAGE_TOKEN} | secrets,
        {"id": INSTAGRAM, "kind": "instagram", "name": "police", "access_token": INSTAGRAM_TOKEN} | secrets,
    ]
    await stage.put("pages", rows)


async def whatsapp(stage: Stage, url: str) -> Way:
    facts = AccountFacts(external_id=NUMBER, values={"access_token": TOKEN, "api_url": url})
    screen = f"/phone/messages?phone={CITIZEN}&account={NUMBER}"
    return Way("whatsapp", facts, f"+{CITIZEN}", lambda text: stage.writes(text), screen)


async def page(stage: Stage, url: str, *, kind: str = "facebook") -> Way:
    await pages(stage)
    name, token = (PAGE, PAGE_TOKEN) if kind == "facebook" else (INSTAGRAM, INSTAGRAM_TOKEN)

    async def writes(text: str) -> None:
        assert (await stage.call("POST", f"/sim/pages/{name}/say", {"by": CITIZEN, "text": text}))[0] == 200

    await writes("first")
    await stage.until(lambda: stage.business.of("first"))  # type: ignore[attr-defined]
    body = next(json.loads(said) for _at, said in stage.business.came if "first" in said)  # type: ignore[attr-defined]
    person = body["entry"][0]["messaging"][0]["sender"]["id"]
    facts = AccountFacts(external_id=name, values={"access_token": token, "api_url": url})
    return Way(kind, facts, person, writes, f"/wall/shown?page={name}&by={CITIZEN}")


async def instagram(stage: Stage, url: str) -> Way:
    return await page(stage, url, kind="instagram")


async def x(stage: Stage, url: str) -> Way:
    account = {"id": X_ACCOUNT, "consumer_key": "key", "consumer_secret": "secret", "token": f"{X_ACCOUNT}-t"}
    users = [(X_ACCOUNT, "Police", "force"), (X_PERSON, "mariam", "citizen")]
    rows = [{"id": id, "username": name, "name": name, "kind": kind} for id, name, kind in users]
    account |= {"token_secret": "ts", "webhook_url": stage.hook}
    assert (await stage.call("PUT", "/sim/x", {"users": rows, "accounts": [account]}))[0] == 200
    values = {"consumer_key": "key", "consumer_secret": "secret", "access_tokens": f"{X_ACCOUNT}-t:ts"}

    async def writes(text: str) -> None:
        given = {"as": X_PERSON, "to": X_ACCOUNT, "text": text}
        assert (await stage.call("POST", "/x/message", given))[0] < 300

    facts = AccountFacts(external_id=X_ACCOUNT, values=values | {"api_url": url})
    return Way("x", facts, X_PERSON, writes, f"/x/state?as={X_PERSON}")


async def telegram(stage: Stage, url: str) -> Way:
    users = [{"id": GUL, "first_name": "Gul Bibi", "username": "gul_bibi", "language": "ur"}]
    bots = [{"id": BOT, "token": BOT_TOKEN, "username": "KPPoliceDemoBot", "name": "KP Police"}]
    assert (await stage.call("PUT", "/sim/telegram", {"users": users, "bots": bots, "groups": []}))[0] == 200
    hook = {"url": stage.hook, "secret_token": HOOK_SECRET}
    assert (await stage.call("POST", f"/bot{BOT_TOKEN}/setWebhook", hook))[0] == 200

    async def writes(text: str) -> None:
        given = {"as": GUL, "bot": BOT, "text": text}
        assert (await stage.call("POST", "/telegram/write", given))[0] < 300

    await writes("first")
    values = {"token": BOT_TOKEN, "secret": HOOK_SECRET, "api_url": url}
    facts = AccountFacts(external_id=str(BOT), values=values, hook=stage.hook)
    return Way("telegram", facts, str(GUL), writes, f"/telegram/state?as={GUL}&bot={BOT}&chat={GUL}")


async def kannel(stage: Stage, url: str) -> Way:
    user = {"username": "u", "password": "p", "number": SMS, "name": "SMS", "secret": "hooksecret"}
    users = {"users": [user | {"get_url": stage.hook}]}
    assert (await stage.call("PUT", "/sim/kannel", users))[0] == 200

    async def writes(text: str) -> None:
        given = {"from": CITIZEN, "to": SMS, "text": text}
        assert (await stage.call("POST", "/sim/sms/send", given))[0] == 200

    values = {"username": "u", "password": "p", "hook_secret": "hooksecret"}
    values |= {"sendsms": f"{url}/cgi-bin/sendsms"}
    facts = AccountFacts(external_id=SMS, values=values, hook=stage.hook)
    return Way("kannel", facts, f"+{CITIZEN}", writes, f"/phone/sms?phone={CITIZEN}&number={SMS}")


WAYS = {made.__name__: made for made in (whatsapp, page, instagram, x, telegram, kannel)}


def on_every_way(act: Callable[[Scene], Awaitable[None]], way: str, home: Path) -> None:
    async def play() -> None:
        business = Everybody()
        async with a_simulator(home, business=business) as stage, ClientSession() as session:
            made = await WAYS[way](stage, str(stage.client._base_url).rstrip("/"))
            await made.writes("good day")
            await stage.until(lambda: business.of("good day"), seconds=30)
            await act(Scene(stage, business, session, made))

    asyncio.run(play())


@pytest.mark.parametrize("way", WAYS)
def test_hooks_come_late_twice_and_out_of_order(way: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        of, writes = scene.business.of, scene.way.writes
        await scene.faults(delay_ms=200)
        begun = time.monotonic()
        await writes("delayed")
        await scene.stage.until(lambda: of("delayed"), seconds=30)
        assert of("delayed")[0] - begun >= 0.2
        await scene.faults(duplicate=1.0)
        await writes("doubled")
        await scene.stage.until(lambda: len(of("doubled")) == 2, seconds=30)
        await scene.faults(reorder=1.0)
        await writes("earlier")
        await scene.faults()
        await writes("later")
        await scene.stage.until(lambda: of("earlier") and of("later"), seconds=30)
        assert of("later")[0] < of("earlier")[0]

    on_every_way(act, way, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_a_provider_refuses_fails_or_loses_its_answer(way: str, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        assert await scene.sends("in good weather") is None
        await scene.arrives("in good weather")
        await scene.faults(http_429=1.0)
        assert await scene.sends("too much") is BUSY and not await scene.stands("too much")
        await scene.faults(http_5xx=1.0)
        assert await scene.sends("broken") in (UNCERTAIN, UNREACHABLE) and not await scene.stands("broken")
        await scene.faults(lost_response=1.0)
        assert await scene.sends("unanswered") is UNCERTAIN
        await scene.arrives("unanswered")

    on_every_way(act, way, tmp_path)


def test_the_gateway_reports_an_sms_as_delivered_only_when_the_phone_is_on(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        stage, reports = scene.stage, scene.business.of
        await scene.faults()
        state = f"/sim/people/{CITIZEN}/state"
        assert (await stage.call("PUT", state, {"state": "off"}))[0] == 200
        assert await scene.sends("an order") is None
        await stage.until(lambda: reports("status=8"))
        assert not await scene.stands("an order") and not reports("status=1")
        assert (await stage.call("PUT", state, {"state": "on"}))[0] == 200
        await stage.until(lambda: reports("status=1"))
        assert await scene.stands("an order")

    on_every_way(act, "kannel", tmp_path)
