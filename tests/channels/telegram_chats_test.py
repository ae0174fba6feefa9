"""Telegram against the simulated Bot API: what hooks bring, all ways of sending, listening, and its bad days."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from rabta.channels.contract import (
    AccountFacts,
    Arrived,
    Button,
    HookRequest,
    Letter,
    Place,
    Read,
    Trouble,
    TroubleCode,
)
from rabta.channels.telegram import CHANNEL, asking, media
from rabta.channels.telegram.sending import send
from tests.simulator.stage import PIXEL
from tests.simulator.telegram import BOT, GROUP, GUL, HOOK_SECRET, SMALL, TAIMUR, Chats, at_telegram


def told(home: Path, story: Callable[[Chats], Awaitable[None]]) -> None:
    """Tell the story before a simulated Telegram."""

    async def run() -> None:
        async with at_telegram(home) as chats:
            await story(chats)

    asyncio.run(run())


async def troubled(work: Awaitable[Any]) -> Trouble:
    with pytest.raises(Trouble) as caught:
        await work
    return caught.value


def letter(text: str = "", *, to: int = GUL, **facts: Any) -> Letter:
    return Letter(to=str(to), token="3f6f0f9e-57a5-4f49-9d0c-2b1f6b1f7a11", text=text, **facts)


def test_hooks_carry_the_secret_and_are_read(tmp_path: Path) -> None:
    async def story(chats: Chats) -> None:
        await chats.hook()
        items: list[Read] = []

        async def hears(work: Awaitable[Any], number: int = 1) -> Any:
            made = await work
            for body, headers in await chats.hooks(number):
                lower = {name.lower(): value for name, value in headers.items()}
                request = HookRequest(headers=lower, query={}, body=body)
                assert CHANNEL.verify and CHANNEL.verify(request, {"secret": HOOK_SECRET})
                assert not CHANNEL.verify(request, {"secret": "another"})
                items.extend(CHANNEL.read(body))
            return made

        await hears(chats.act("write", text="/start"))
        first = await hears(chats.act("write", text="My bag was stolen"))
        await hears(chats.act("edit", message=first["seq"], text="My bag and phone were stolen"))
        await hears(chats.photographs(PIXEL, "the thief"))
        await hears(chats.act("write", latitude=34.009, longitude=71.598))
        await send(
            chats.client, chats.facts(), letter("Is it safe?", buttons=(Button(key="safe:yes", title="Yes"),))
        )
        asked = (await chats.talk())[-1]
        pressed = (await hears(chats.act("press", message=asked["seq"], data="safe:yes")))["pressed"]
        await hears(chats.act("react", message=asked["seq"], emoji="👍"))
        await hears(chats.act("write", chat=GROUP, text="A phone was snatched"))
        await hears(chats.act("grow", group=SMALL, becomes=-1001550099), number=2)
        await hears(chats.act("stop"))
        assert [type(one).__name__ for one in items] == [
            "Arrived", "Arrived", "Changed", "Arrived", "Arrived", "Arrived", "Changed", "Arrived", "Changed",
            "Changed", "Ignored",
        ]  # fmt: skip
        start, _said, change, photo, point, button, reaction, group, grew, again, _stopped = items
        assert isinstance(start, Arrived) and start.choices == {"word": "bot start"}
        assert change.provider_id == f"{GUL}:{first['number']}"  # type: ignore[union-attr]
        assert isinstance(point, Arrived) and point.place == Place(lat=34.009, lng=71.598)
        assert isinstance(button, Arrived) and (button.text, button.choices["id"]) == ("Yes", "safe:yes")
        assert reaction.provider_id == button.in_reply_to  # type: ignore[union-attr]
        assert isinstance(group, Arrived) and group.group == str(GROUP) and grew.key == again.key
        assert isinstance(photo, Arrived) and photo.text == "the thief"
        pieces = [one async for one in media.fetch(chats.client, chats.facts(), photo.media[0].ref)]
        assert b"".join(pieces) == PIXEL
        gone = media.fetch(chats.client, chats.facts(), "nothing")
        assert (await troubled(anext(gone))).code == TroubleCode.MEDIA
        assert CHANNEL.complete and await CHANNEL.complete(chats.client, chats.facts(), button.ask) == b""
        assert (await chats.stage.call("GET", f"/telegram/pressed/{pressed}"))[1] == {"answered": True}
        late = await troubled(CHANNEL.complete(chats.client, chats.facts(), button.ask))
        assert (late.code, late.retry) == (TroubleCode.REFUSED, False)

    told(tmp_path, story)


def test_everything_that_can_be_sent_is_taken(tmp_path: Path) -> None:
    async def story(chats: Chats) -> None:
        asked = await chats.act("write", text="Salaam")
        facts, quoted = chats.facts(), f"{GUL}:{asked['number']}"
        letters = [
            letter("وعلیکم السلام", in_reply_to=quoted),
            letter("seen", media=PIXEL, media_kind="image", media_mime="image/png"),
            letter(media=b"%PDF-", media_kind="document", media_mime="application/pdf", media_name="fir.pdf"),
            letter(media=b"OggS", media_kind="audio", media_mime="audio/ogg"),
            letter(place=Place(lat=34.01, lng=71.57, name="Kotwali, Peshawar")),
            letter(place=Place(lat=34.01, lng=71.57)),
            letter("Which? " * 900, buttons=(Button(key="kind:tip", title="A tip"),)),
        ]
        sent = [(await send(chats.client, facts, one)).provider_id for one in letters]
        shown = [row for row in await chats.talk() if row["author"] == BOT]
        assert len(set(sent)) == len(letters) and len(shown) == len(letters) + 1
        assert shown[0]["answers"] == asked["number"]
        kinds = [next(iter(row["content"])) for row in shown]
        assert kinds == ["text", "photo", "document", "voice", "location", "location", "text", "text"]
        assert shown[4]["content"]["venue"]["title"] == "Kotwali"
        assert "reply_markup" not in shown[6]["content"] and "reply_markup" in shown[7]["content"]
        again = await send(chats.client, facts, letter("x", in_reply_to=f"{GUL}:999"))
        assert again.provider_id, "what is answered was deleted meanwhile"

    told(tmp_path, story)


def test_the_providers_refusals_and_bad_days(tmp_path: Path) -> None:
    async def story(chats: Chats) -> None:
        async def code(given: Letter, **values: str) -> tuple[TroubleCode, bool]:
            trouble = await troubled(send(chats.client, chats.facts(**values), given))
            assert "its-secret" not in trouble.text
            return trouble.code, trouble.retry

        assert await code(letter("x", to=TAIMUR)) == (TroubleCode.RECIPIENT, False), "never started"
        assert await code(letter("x", to=42)) == (TroubleCode.RECIPIENT, False)
        await chats.act("write", text="Salaam")
        assert await code(letter("x"), token=f"{BOT}:other") == (TroubleCode.CREDENTIALS, False)
        await chats.faults(http_429=1.0)
        assert await code(letter("x")) == (TroubleCode.BUSY, True)
        await chats.faults(http_429=0, http_5xx=1.0)
        assert await code(letter("x")) == (TroubleCode.UNCERTAIN, False)
        await chats.faults(http_5xx=0, lost_response=1.0)
        assert await code(letter("taken, and nobody knows")) == (TroubleCode.UNCERTAIN, False)
        assert await chats.said() == ["taken, and nobody knows"]
        await chats.faults(lost_response=0)
        assert await code(letter("x"), api_url="http://127.0.0.1:9") == (TroubleCode.UNREACHABLE, True)
        await chats.act("stop")
        assert await code(letter("x")) == (TroubleCode.RECIPIENT, False)
        for _n in range(20):
            await send(chats.client, chats.facts(), letter("x", to=GROUP))
        assert await code(letter("x", to=GROUP)) == (TroubleCode.BUSY, True), "20 a minute"

    told(tmp_path, story)


def test_updates_are_asked_for_where_no_hook_is_set(tmp_path: Path) -> None:
    async def story(chats: Chats) -> None:
        facts = chats.facts()
        bodies = asking.listen(chats.client, facts)
        waiting = asyncio.ensure_future(anext(bodies))
        await asyncio.sleep(0.05)
        assert not waiting.done(), "it waits for the first"
        await chats.act("write", text="One")
        first = CHANNEL.read(await waiting)
        assert [one.text for one in first if isinstance(one, Arrived)] == ["One"]
        await bodies.aclose()  # died before it was durable: nothing is lost
        bodies = asking.listen(chats.client, facts)
        again = CHANNEL.read(await anext(bodies))
        assert [one.key for one in again] == [one.key for one in first]
        await chats.act("write", text="Two")
        assert [one.text for one in CHANNEL.read(await anext(bodies))] == ["Two"], (
            "the first is forgotten there"
        )  # type: ignore[union-attr]
        waiting = asyncio.ensure_future(anext(bodies))
        while not waiting.done():
            await chats.bot("getUpdates")  # somebody else asks with the same token
            await asyncio.sleep(0.01)
        trouble = await troubled(waiting)
        assert (trouble.code, trouble.retry) == (TroubleCode.BUSY, True)
        await chats.hook()
        assert [body async for body in asking.listen(chats.client, facts)] == [], "the hook brings them"

    told(tmp_path, story)


def test_the_test_button_says_what_is_wrong(tmp_path: Path) -> None:
    async def story(chats: Chats) -> None:
        assert CHANNEL.check
        facts = chats.facts()
        assert await CHANNEL.check(chats.client, facts) == "@KPPoliceDemoBot · KP Police"
        other = AccountFacts(external_id="7", values=facts.values, hook=facts.hook)
        assert (await troubled(CHANNEL.check(chats.client, other))).code == TroubleCode.CREDENTIALS
        wrong = await troubled(CHANNEL.check(chats.client, chats.facts(token=f"{BOT}:other")))
        assert wrong.code == TroubleCode.CREDENTIALS
        await chats.hook()
        assert await CHANNEL.check(chats.client, facts) == "@KPPoliceDemoBot · KP Police"
        elsewhere = AccountFacts(
            external_id=str(BOT), values=facts.values, hook="https://rabta.example/hooks/x"
        )
        assert "another one" in (await troubled(CHANNEL.check(chats.client, elsewhere))).text
        chats.stage.business.answers = [403] * 1000
        await chats.act("write", text="Salaam")
        await chats.hooks(1)
        while (await chats.bot("getWebhookInfo"))[1]["result"].get("last_error_message") is None:
            await asyncio.sleep(0.01)
        assert "1 updates wait at Telegram" in (await troubled(CHANNEL.check(chats.client, facts))).text
        chats.stage.business.answers = []
        await chats.settled()

    told(tmp_path, story)
