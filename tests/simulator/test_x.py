"""The stand-in for X: who may sign, who may be answered, what is told to the force, and the provider's bad days."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from oauthlib.oauth1 import Client

from rabta.channels.contract import AccountFacts, Letter
from rabta.channels.x import CHANNEL
from simulator.app import make_app

FORCE, MARIAM, DPO, SHY = "11", "21", "31", "41"
ACCOUNT = {
    "id": FORCE, "consumer_key": "key", "consumer_secret": "secret", "token": f"{FORCE}-t", "token_secret": "ts",
}  # fmt: skip
USERS = [
    {"id": FORCE, "username": "Police", "name": "Police", "kind": "force"},
    {"id": MARIAM, "username": "mariam", "name": "Mariam", "kind": "citizen"},
    {"id": DPO, "username": "dpo", "name": "DPO", "kind": "commander"},
    {"id": SHY, "username": "shy", "name": "Shy", "kind": "citizen", "open_to": "known"},
]


class Force:
    """Receives hooks, and answers challenges."""

    def __init__(self) -> None:
        self.bodies: list[tuple[bytes, str]] = []

    async def hook(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"response_token": mac(request.query["crc_token"].encode())})
        self.bodies.append((await request.read(), request.headers["x-twitter-webhooks-signature"]))
        return web.Response()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for body, _signature in self.bodies]


def mac(data: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(b"secret", data, hashlib.sha256).digest()).decode()


class Stage:
    def __init__(self, client: ClientSession, base: str, force: Force) -> None:
        self.client, self.base, self.force = client, base, force

    async def call(self, path: str, body: Any = None, *, method: str = "POST") -> tuple[int, Any]:
        async with self.client.request(method, self.base + path, json=body) as answer:
            return answer.status, await answer.json()

    async def api(self, path: str, body: Any, *, secret: str = "ts") -> tuple[int, Any]:
        signer = Client(
            "key", client_secret="secret", resource_owner_key=f"{FORCE}-t", resource_owner_secret=secret
        )
        _url, headers, _body = signer.sign(self.base + path, http_method="POST")
        async with self.client.post(self.base + path, json=body, headers=dict(headers)) as answer:
            return answer.status, await answer.json()

    async def says(self, who: str, text: str, **about: str) -> str:
        status, made = await self.call("/x/post", {"as": who, "text": text, **about})
        assert status == 201, made
        return str(made["id"])

    async def told(self, number: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(30):
            while len(self.force.bodies) < number:
                await asyncio.sleep(0.02)
        return self.force.events()


@asynccontextmanager
async def stage(home: Path) -> AsyncIterator[Stage]:
    force = Force()
    runners = []
    ports = []
    ours = web.Application()
    ours.router.add_route("*", "/hook", force.hook)
    for app in (ours, make_app(home=home)):
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        runners.append(runner)
        ports.append(runner.addresses[0][1])
    async with ClientSession() as client:
        made = Stage(client, f"http://127.0.0.1:{ports[1]}", force)
        account = ACCOUNT | {"webhook_url": f"http://127.0.0.1:{ports[0]}/hook"}
        facts = {"users": USERS, "accounts": [account], "follows": [[DPO, FORCE]]}
        assert (await made.call("/sim/x", facts, method="PUT"))[0] == 200
        assert (await made.call(f"/sim/x/{FORCE}/subscribe", {}))[0] == 200
        yield made
    for runner in reversed(runners):
        await runner.cleanup()


def test_it_tells_the_force_what_concerns_it_and_signs(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as x:
            first = await x.says(MARIAM, "@Police my bicycle is gone")
            await x.says(MARIAM, "nobody is named here")
            await x.says(DPO, "act", relation="quote", other=first)
            await x.says(MARIAM, "", relation="repost", other=first)
            events = await x.told(2)
            assert [event["event_type"] for event in events] == ["post.mention.create", "post.create"]
            assert events[1]["tag"] == FORCE and events[1]["filter"] == {"user_id": DPO}
            assert events[1]["includes"]["tweets"][0]["text"] == "@Police my bicycle is gone"
            assert all(signature == mac(body) for body, signature in x.force.bodies)

    asyncio.run(play())


def test_films_come_in_pieces_and_pictures_with_words(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as x:
            account = AccountFacts(
                external_id=FORCE,
                values={
                    "consumer_key": "key", "consumer_secret": "secret", "access_tokens": f"{FORCE}-t:ts",
                    "api_url": x.base,
                },
            )  # fmt: skip
            session: Any = x.client
            assert CHANNEL.check and CHANNEL.send
            assert await CHANNEL.check(session, account) == "Police · @Police"
            film = b"film" * (2 * 1024 * 1024)
            for kind, mime, content in (("video", "video/mp4", film), ("image", "image/png", b"picture")):
                letter = Letter(
                    to="", token="", text=kind, public=True, own_post=True,
                    media=content, media_kind=kind, media_mime=mime,
                    alt_text="A red bicycle",
                )  # fmt: skip
                await CHANNEL.send(session, account, letter)
            _status, state = await x.call("/x/state", method="GET")
            seen = {post["text"]: post["media"][0] for post in state["posts"]}
            assert (seen["video"]["mime"], seen["image"]["alt"]) == ("video/mp4", "A red bicycle")
            async with x.client.get(f"{x.base}/x/media/{seen['video']['id']}") as answer:
                assert await answer.read() == film

    asyncio.run(play())


def test_it_lets_nobody_answer_without_a_right_signature_or_a_mention(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as x:
            named = await x.says(MARIAM, "@police help")
            other = await x.says(MARIAM, "good morning")
            reply = {"text": "Thank you.", "reply": {"in_reply_to_tweet_id": named}}
            assert (await x.api("/2/tweets", reply, secret="wrong"))[0] == 401
            assert (await x.call("/2/tweets", reply))[0] == 401
            assert (await x.api("/2/tweets", reply))[0] == 201
            assert (await x.api("/2/tweets", reply))[0] == 403, "the same again"
            wrong = {"text": "Hello", "reply": {"in_reply_to_tweet_id": other}}
            assert (await x.api("/2/tweets", wrong))[0] == 403
            private = f"/2/dm_conversations/with/{SHY}/messages"
            assert (await x.api(private, {"text": "hello"}))[0] == 403
            await x.call("/x/message", {"as": SHY, "to": FORCE, "text": "may I ask?"})
            status, answer = await x.api(private, {"text": "hello"})
            assert status == 201 and answer["data"]["dm_event_id"]

    asyncio.run(play())


def test_it_has_bad_days_and_limits(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as x:
            path = f"/2/dm_conversations/with/{MARIAM}/messages"
            for number in range(15):
                assert (await x.api(path, {"text": f"{number}"}))[0] == 201
            assert (await x.api(path, {"text": "one more"}))[0] == 429
            await x.call("/sim/faults", {"limits": False, "http_5xx": 1.0}, method="PUT")
            assert (await x.api(path, {"text": "one more"}))[0] == 503

    asyncio.run(play())


def test_it_speaks_the_older_way_and_tells_of_edits_and_deletions(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as x:
            first = await x.says(MARIAM, "@police stolen")
            _status, better = await x.call(
                "/x/edit", {"as": MARIAM, "post": first, "text": "@police stolen today"}
            )
            await x.told(2)
            await x.call("/sim/x", {"older": True}, method="PUT")
            await x.call("/x/delete", {"as": MARIAM, "post": better["id"]})
            async with asyncio.timeout(30):
                while len(x.force.bodies) < 3:
                    await asyncio.sleep(0.02)
            bodies = [json.loads(body) for body, _signature in x.force.bodies]
            assert bodies[1]["data"]["payload"]["edit_history_tweet_ids"] == [first, better["id"]]
            assert bodies[2]["tweet_delete_events"][0]["status"]["id"] == better["id"]

    asyncio.run(play())
