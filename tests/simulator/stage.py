"""The stage for the simulator's tests: a simulator, a business that receives webhooks, and a client."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, web

from simulator.app import make_app

NUMBER, TOKEN, SECRET, VERIFY = "109876543210001", "token-of-the-desk", "secret-of-the-app", "verify-me"
CITIZEN, OFFICER = "923001234567", "923457654321"
SEND = f"/v23.0/{NUMBER}/messages"
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


class Business:
    """A business that keeps every webhook with its raw bytes; `answers` are its next HTTP statuses."""

    def __init__(self) -> None:
        self.posts: list[tuple[bytes, dict[str, str]]] = []
        self.answers: list[int] = []
        self.challenge = True

    async def hook(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            right = request.query["hub.verify_token"] == VERIFY and request.query["hub.mode"] == "subscribe"
            return web.Response(text=request.query["hub.challenge"]) if right else web.Response(status=403)
        self.posts.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def values(self) -> list[dict[str, Any]]:
        return [json.loads(body)["entry"][0]["changes"][0]["value"] for body, _ in self.posts]

    def messages(self) -> list[dict[str, Any]]:
        return [item for value in self.values() for item in value.get("messages", [])]

    def statuses(self, message_id: str) -> list[dict[str, Any]]:
        return [s for value in self.values() for s in value.get("statuses", []) if s["id"] == message_id]

    def reached(self, message_id: str) -> list[str]:
        return [status["status"] for status in self.statuses(message_id)]


class Stage:
    """What a test has in hand."""

    def __init__(self, client: ClientSession, business: Business, hook: str) -> None:
        self.client, self.business, self.hook = client, business, hook

    async def call(self, method: str, path: str, body: Any = None, *, token: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.client.request(method, path, json=body, headers=headers) as answer:
            return answer.status, await _opened(answer)

    async def graph(self, body: dict[str, Any], *, token: str = TOKEN) -> tuple[int, Any]:
        whole = {"messaging_product": "whatsapp", "to": CITIZEN} | body
        return await self.call("POST", SEND, whole, token=token)

    async def text(self, text: str, **more: Any) -> tuple[int, Any]:
        return await self.graph({"type": "text", "text": {"body": text}} | more)

    async def writes(self, text: str = "Assalam o alaikum", **more: Any) -> str:
        """The citizen writes; the id of the message."""
        given = {"from": CITIZEN, "account": NUMBER, "type": "text", "text": text} | more
        status, answer = await self.call("POST", "/sim/send", given)
        assert status == 200, answer
        return str(answer["id"])

    async def until(self, true: Callable[[], Any], *, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"did not happen within {seconds} s"
            await asyncio.sleep(0.01)

    async def account(self, *, per_second: int = 80) -> None:
        """The one business number, with its sending rate."""
        account = {
            "phone_number_id": NUMBER,
            "display_phone_number": "+92 91 9210000",
            "waba_id": "200100",
            "name": "Police Help Desk",
            "webhook_url": self.hook,
            "app_secret": SECRET,
            "access_token": TOKEN,
            "verify_token": VERIFY,
            "per_second": per_second,
        }
        await self.put("accounts", [account])

    async def put(self, what: str, rows: list[dict[str, Any]]) -> None:
        status, answer = await self.call("PUT", f"/sim/{what}", rows)
        assert status == 200, answer

    async def set_up(self) -> None:
        people = [
            {"phone": "+" + CITIZEN, "name": "Gul Bibi", "kind": "citizen", "role": "trader"},
            {"phone": "+" + OFFICER, "name": "Inspector Khan", "kind": "officer", "role": "SHO"},
        ]
        order = {
            "name": "order_to_station",
            "language": "ur",
            "body": "حکم {{1}}: {{2}}",
            "buttons": [{"type": "URL", "text": "کھولیں", "url": "http://127.0.0.1:8000/o/{{1}}"}],
        }
        await self.account()
        await self.put("people", people)
        await self.put("templates", [order])
        await self.call("PUT", "/sim/faults", {"status_delay_ms": 5, "retry_base_ms": 5, "seed": 7})


async def _opened(answer: ClientResponse) -> Any:
    return await answer.json() if answer.content_type == "application/json" else await answer.read()


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@asynccontextmanager
async def a_simulator(home: Path, *, business: Business | None = None) -> AsyncIterator[Stage]:
    """A simulator on a free port, set up with one number, two people and one template."""
    business = business or Business()
    receiver = web.Application(client_max_size=8 * 1024**2)
    receiver.router.add_route("*", "/hook", business.hook)
    hook_runner, hook = await _serve(receiver)
    runner, base = await _serve(make_app(home=home))
    try:
        async with ClientSession(base) as client:
            stage = Stage(client, business, hook + "/hook")
            await stage.set_up()
            yield stage
    finally:
        await runner.cleanup()
        await hook_runner.cleanup()
