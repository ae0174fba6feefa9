"""Sending to, and fetching from, the simulated provider; and every way in which that can fail."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from rabta.channels.contract import (
    AccountFacts,
    Button,
    Letter,
    Place,
    Template,
    TemplateDraft,
    TemplateNews,
    Trouble,
    TroubleCode,
)
from rabta.channels.whatsapp import CHANNEL, graph
from rabta.channels.whatsapp.troubles import trouble_of
from tests.simulator.stage import CITIZEN, NUMBER, OFFICER, PIXEL, TOKEN, Stage, a_simulator

WABA = "200100"
send, fetch = CHANNEL.send, CHANNEL.fetch
assert send
assert fetch


def letter(**facts: Any) -> Letter:
    return Letter(**({"to": "+" + CITIZEN, "token": "our-token"} | facts))


def account_at(url: str, **values: str) -> AccountFacts:
    return AccountFacts(external_id=NUMBER, values={"access_token": TOKEN, "api_url": url} | values)


def with_simulator(home: Path, story: Callable[[Stage, AccountFacts], Awaitable[None]]) -> None:
    """Tell the story before a simulated provider."""

    async def run() -> None:
        async with a_simulator(home) as stage:
            await story(stage, account_at(str(stage.client._base_url)))

    asyncio.run(run())


async def troubled(work: Awaitable[Any]) -> Trouble:
    with pytest.raises(Trouble) as caught:
        await work
    return caught.value


def test_everything_that_can_be_sent_is_taken(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        plain = {"name": "plain", "language": "ur", "body": "{{1}}: {{2}}"}
        await stage.call("PUT", "/sim/templates", [plain])
        question = await stage.writes()
        letters = [
            letter(text="السلام علیکم", in_reply_to=question),
            letter(media=PIXEL, media_kind="image", media_mime="image/png", text="seen"),
            letter(media=b"%PDF-1.4", media_kind="document", media_mime="application/pdf", text="receipt"),
            letter(media=b"OggS", media_kind="audio", media_mime="audio/ogg"),
            letter(place=Place(lat=34.01, lng=71.57, name="Station")),
            letter(
                to="+" + OFFICER,
                template=Template(name="plain", language="ur", params=("A\n1", "")),
            ),
        ]
        for number, each in enumerate(letters):
            sent = await send(stage.client, account, each)
            assert sent.provider_id.startswith("wamid."), number
        _, box = await stage.call("GET", "/sim/outbox")
        kinds = [entry["type"] for entry in box["messages"]]
        assert kinds == ["text", "image", "document", "audio", "location", "template"]
        assert {entry["callback_data"] for entry in box["messages"]} == {"our-token"}
        assert box["messages"][0]["context_id"] == question
        assert [entry["text"] for entry in box["messages"][1:3]] == ["seen", "receipt"]
        assert box["messages"][5]["template"]["params"] == ["A 1", "-"]

    with_simulator(tmp_path, story)


def test_person_without_a_number_is_reached_by_user_id(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        await stage.writes()
        await stage.until(lambda: stage.business.posts)
        user_id = stage.business.messages()[0]["from_user_id"]
        await send(stage.client, account, letter(to=user_id, text="hello"))
        _, box = await stage.call("GET", "/sim/outbox")
        assert box["messages"][0]["phone"] == CITIZEN

    with_simulator(tmp_path, story)


def test_what_a_person_sent_is_fetched_and_checked(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        import base64

        photo = {"data": base64.b64encode(PIXEL).decode(), "mime_type": "image/png"}
        await stage.writes(type="image", media=photo)
        await stage.until(lambda: stage.business.posts)
        (item,) = CHANNEL.read(stage.business.posts[0][0])
        chunks = [chunk async for chunk in fetch(stage.client, account, item.media[0].ref)]
        assert b"".join(chunks) == PIXEL

        async def whole(ref: str, facts: AccountFacts) -> None:
            async for _ in fetch(stage.client, facts, ref):
                pass

        assert (await troubled(whole("1", account))).code == TroubleCode.REFUSED
        assert (await troubled(whole("../7", account))).code == TroubleCode.REFUSED
        stranger = account_at(account.values["api_url"], access_token="wrong")
        assert (await troubled(whole(item.media[0].ref, stranger))).code == TroubleCode.CREDENTIALS

    with_simulator(tmp_path, story)


def test_the_providers_refusals(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        async def code(given: Letter, facts: AccountFacts = account) -> tuple[TroubleCode, bool]:
            trouble = await troubled(send(stage.client, facts, given))
            return trouble.code, trouble.retry

        await stage.call("PUT", "/sim/faults", {"fail_sync_131047": True})
        assert await code(letter(text="outside the window")) == (TroubleCode.WINDOW_CLOSED, False)
        unknown = Template(name="nothing", language="ur")
        assert await code(letter(template=unknown)) == (TroubleCode.TEMPLATE, False)
        stranger = account_at(account.values["api_url"], access_token="wrong")
        assert await code(letter(text="x"), stranger) == (TroubleCode.CREDENTIALS, False)
        assert await code(letter(text="x" * 5000)) == (TroubleCode.REFUSED, False)
        assert await code(letter(media=b"x", media_kind="audio", media_mime="audio/ogg", text="x")) == (
            TroubleCode.REFUSED, False,
        )  # fmt: skip
        await stage.call("PUT", "/sim/faults", {"http_429": 1.0})
        assert await code(letter(text="x")) == (TroubleCode.BUSY, True)
        await stage.call("PUT", "/sim/faults", {"http_429": 0, "http_5xx": 1.0})
        assert await code(letter(text="x")) == (TroubleCode.UNREACHABLE, True)
        await stage.call("PUT", "/sim/faults", {"http_5xx": 0, "lost_response": 1.0})
        await stage.writes()
        assert await code(letter(text="x")) == (TroubleCode.UNCERTAIN, False)

    with_simulator(tmp_path, story)


def test_no_connection_is_safe_to_try_again() -> None:
    async def story() -> None:
        async with ClientSession() as session:
            trouble = await troubled(send(session, account_at("http://127.0.0.1:9"), letter(text="x")))
            assert (trouble.code, trouble.retry) == (TroubleCode.UNREACHABLE, True)

    asyncio.run(story())


def test_a_connection_that_breaks_after_the_request_is_uncertain() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, ClientSession() as session:
            trouble = await troubled(send(session, account_at(url), letter(text="x")))
            assert (trouble.code, trouble.retry) == (TroubleCode.UNCERTAIN, False)
            photo = letter(media=PIXEL, media_kind="image", media_mime="image/png")
            trouble = await troubled(send(session, account_at(url), photo))  # only the upload broke
            assert (trouble.code, trouble.retry) == (TroubleCode.UNREACHABLE, True)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("numbers", "code", "retry"),
    [
        ([4, 80007, 130429, 131048, 131056, 133016], TroubleCode.BUSY, True),
        ([131000, 131016], TroubleCode.UNREACHABLE, True),
        ([131053], TroubleCode.MEDIA, True),
        ([131026, 131049, 131050, 131062], TroubleCode.RECIPIENT, False),
        ([131047], TroubleCode.WINDOW_CLOSED, False),
        (list(range(132000, 132017)), TroubleCode.TEMPLATE, False),
        ([190], TroubleCode.CREDENTIALS, False),
        ([100, 131051, 999999], TroubleCode.REFUSED, False),
    ],
)
def test_meaning_of_the_providers_numbers(numbers: list[int], code: TroubleCode, retry: bool) -> None:
    assert {(trouble_of(number).code, trouble_of(number).retry) for number in numbers} == {(code, retry)}


@pytest.mark.parametrize(
    ("status", "raw", "code"),
    [
        (502, b"<html>", TroubleCode.UNCERTAIN),
        (200, b"<html>", TroubleCode.UNCERTAIN),
        (500, b'{"error":{"code":77}}', TroubleCode.UNCERTAIN),
        (429, b"", TroubleCode.BUSY),
        (403, b"", TroubleCode.CREDENTIALS),
        (400, b"", TroubleCode.REFUSED),
        (400, b'{"error":{"code":"x"}}', TroubleCode.REFUSED),
    ],
)
def test_answers_without_a_number(status: int, raw: bytes, code: TroubleCode) -> None:
    with pytest.raises(Trouble) as caught:
        graph.understood(status, raw, "7", TroubleCode.UNCERTAIN)
    assert caught.value.code == code


def test_buttons_become_buttons_or_a_list_and_are_never_refused(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        await stage.writes()
        few = tuple(Button(key=f"k{n}", title="A title of more than twenty letters") for n in range(3))
        many = tuple(
            Button(
                key=f"k{n}", title="A line of more than twenty-four letters", note="n" * 100, opens="Choose"
            )
            for n in range(12)
        )
        for buttons in (few, few[:1], many, few + many[3:5]):
            await send(stage.client, account, letter(text="Choose", buttons=buttons))
        await send(stage.client, account, letter(text="x" * 1200, buttons=few))
        _, box = await stage.call("GET", "/sim/outbox")
        kinds = [entry["body"].get("interactive", {}).get("type") for entry in box["messages"]]
        assert kinds == ["button", "button", "list", "list", None]
        rows = box["messages"][2]["shown"]["list"]
        assert (rows["button"], len(rows["sections"][0]["rows"])) == ("Choose", 10)
        assert box["messages"][4]["text"].endswith("3 A title of more than twenty letters")

    with_simulator(tmp_path, story)


def test_templates_are_listed_in_pages_and_handed_in(tmp_path: Path) -> None:
    assert CHANNEL.templates
    assert CHANNEL.submit
    list_all, submit = CHANNEL.templates, CHANNEL.submit

    async def story(stage: Stage, account: AccountFacts) -> None:
        many = [{"name": f"t{n:03d}", "language": "en", "body": "Hello {{1}}"} for n in range(130)]
        await stage.call("PUT", "/sim/templates", many)
        found = await list_all(stage.client, account)
        assert len(found) == 130
        assert (found[0].state, found[0].quality, found[0].category) == ("approved", "green", "utility")
        draft = TemplateDraft(
            name="order_v1", language="ur", category="utility", body="حکم {{1}}: {{2}}",
            examples=("PRY-1", "x"), buttons=("قبول", "مکمل", "واپس"),
        )  # fmt: skip
        handed_in = await submit(stage.client, account, draft)
        assert handed_in.state == "pending"
        twice = await troubled(submit(stage.client, account, draft))
        assert (twice.code, twice.retry) == (TroubleCode.REFUSED, False)
        buttons = tuple(Button(key=f"order:x:{n}", title="t") for n in ("accept", "done", "return"))
        wanted = letter(template=Template(name="order_v1", language="ur", params=("1", "2")), buttons=buttons)
        assert (await troubled(send(stage.client, account, wanted))).code == TroubleCode.TEMPLATE
        await stage.call("PUT", "/sim/templates/order_v1/ur/state", {"state": "approved"})
        await stage.until(lambda: any(b"APPROVED" in raw for raw, *_ in stage.business.posts))
        (news,) = CHANNEL.read(stage.business.posts[-1][0])
        assert (type(news), news.name, news.state) == (TemplateNews, "order_v1", "approved")
        await send(stage.client, account, wanted)
        _, box = await stage.call("GET", "/sim/outbox")
        assert [b["payload"] for b in box["messages"][-1]["shown"]["buttons"]] == [b.key for b in buttons]
        await stage.call("PUT", "/sim/templates/order_v1/ur/state", {"state": "paused"})
        assert (await troubled(send(stage.client, account, wanted))).code == TroubleCode.TEMPLATE
        nowhere = account_at(account.values["api_url"])
        assert (await troubled(list_all(stage.client, nowhere))).code == TroubleCode.CREDENTIALS

    def told(home: Path) -> None:
        async def run() -> None:
            async with a_simulator(home) as stage:
                url = str(stage.client._base_url)
                await story(stage, account_at(url, business_account=WABA))

        asyncio.run(run())

    told(tmp_path)


def test_what_was_read_is_marked(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        message = await stage.writes()
        sent = await send(stage.client, account, letter(mark_read=True, in_reply_to=message))
        assert sent.provider_id == ""
        unknown = letter(mark_read=True, in_reply_to="wamid.unknown")
        assert (await troubled(send(stage.client, account, unknown))).retry is False

    with_simulator(tmp_path, story)


def test_a_file_that_is_too_large_is_not_even_uploaded(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        await stage.writes()
        huge = letter(media=bytes(5 * 1024 * 1024 + 1), media_kind="image", media_mime="image/png")
        trouble = await troubled(send(stage.client, account, huge))
        assert (trouble.code, trouble.text) == (TroubleCode.MEDIA, "more than 5 MB as image")

    with_simulator(tmp_path, story)
