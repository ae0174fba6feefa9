"""What people send: webhooks signed, repeated until 200, in the provider's shapes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from tests.simulator.stage import CITIZEN, NUMBER, PIXEL, SECRET, TOKEN, Stage, a_simulator


def test_a_webhook_is_signed_over_its_raw_bytes(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            name = await stage.writes("میرا فون چوری ہو گیا / stolen")
            await stage.until(lambda: stage.business.posts)
            body, headers = stage.business.posts[0]
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
            assert body.isascii() and b"\\/" in body, "escaped as the provider escapes it"
            value = json.loads(body)["entry"][0]["changes"][0]["value"]
            assert value["metadata"] == {"display_phone_number": "92919210000", "phone_number_id": NUMBER}
            message, contact = value["messages"][0], value["contacts"][0]
            assert message["id"] == name and message["from"] == CITIZEN
            assert message["text"]["body"] == "میرا فون چوری ہو گیا / stolen"
            assert isinstance(message["timestamp"], str) and message["from_user_id"] == contact["user_id"]
            assert contact["profile"]["name"] == "Gul Bibi" and contact["wa_id"] == CITIZEN

    asyncio.run(story())


def test_a_webhook_is_repeated_until_the_answer_is_200(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            stage.business.answers = [503, 500, 201, 404]
            await stage.writes()
            await stage.until(lambda: len(stage.business.posts) == 5)
            assert len({body for body, _ in stage.business.posts}) == 1, "the same bytes each time"
            await asyncio.sleep(0.2)
            assert len(stage.business.posts) == 5
            assert (await stage.call("GET", "/sim/health"))[1]["pending_webhooks"] == 0

    asyncio.run(story())


def test_what_was_not_delivered_goes_on_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.call("PUT", "/sim/faults", {"retry_base_ms": 400})
            stage.business.answers = [503]
            name = await stage.writes("remember me")
            await stage.until(lambda: stage.business.posts)
            await stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "off"})
            sent = (await stage.text("waits for the phone"))[1]["messages"][0]["id"]
            await stage.until(lambda: stage.business.reached(sent) == ["sent"])
        async with a_simulator(tmp_path) as stage:
            await stage.until(lambda: [m["id"] for m in stage.business.messages()] == [name])
            _, outbox = await stage.call("GET", "/sim/outbox")
            assert [message["id"] for message in outbox["messages"]] == [sent]
            await stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "on"})
            await stage.until(lambda: stage.business.reached(sent) == ["delivered"])

    asyncio.run(story())


def test_duplicates_and_delays_come_by_switch(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.call("PUT", "/sim/faults", {"duplicate": 1.0, "delay_ms": 150})
            await stage.writes()
            await asyncio.sleep(0.1)
            assert stage.business.posts == []
            await stage.until(lambda: len(stage.business.posts) == 2)
            assert stage.business.posts[0][0] == stage.business.posts[1][0]

    asyncio.run(story())


def test_reordering_lets_later_messages_overtake(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.call("PUT", "/sim/faults", {"reorder": 0.5, "seed": 3})
            names = [await stage.writes(str(n)) for n in range(12)]
            await stage.until(lambda: len(stage.business.posts) == 12)
            came = [message["id"] for message in stage.business.messages()]
            assert sorted(came) == sorted(names) and came != names

    asyncio.run(story())


def test_media_of_a_person_is_fetched_with_the_bearer_and_ours_is_uploaded(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            photo = {"data": base64.b64encode(PIXEL).decode(), "mime_type": "image/png", "filename": "p.png"}
            await stage.writes(type="image", caption="the shop", media=photo)
            await stage.until(stage.business.messages)
            image = stage.business.messages()[0]["image"]
            assert image["caption"] == "the shop" and image["sha256"] == hashlib.sha256(PIXEL).hexdigest()
            status, facts = await stage.call("GET", f"/v23.0/{image['id']}", token=TOKEN)
            assert status == 200 and facts["file_size"] == len(PIXEL) and facts["mime_type"] == "image/png"
            assert (await stage.call("GET", facts["url"], token=TOKEN)) == (200, PIXEL)
            assert (await stage.call("GET", facts["url"]))[0] == 401
            assert (await stage.call("GET", facts["url"], token="other"))[0] == 401
            status, answer = await stage.call("GET", "/v23.0/1234567890123456", token=TOKEN)
            assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)
            await _upload_and_send(stage)

    asyncio.run(story())


async def _upload_and_send(stage: Stage) -> None:
    form = FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", PIXEL, filename="proof.png", content_type="image/png")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with stage.client.post(f"/v23.0/{NUMBER}/media", data=form, headers=headers) as answer:
        media = (await answer.json())["id"]
    status, answer = await stage.graph({"type": "image", "image": {"id": media, "caption": "proof"}})
    assert status == 200, answer
    await stage.until(lambda: "delivered" in stage.business.reached(answer["messages"][0]["id"]))
    assert (await stage.call("GET", f"/phone/media/{media}")) == (200, PIXEL)


@pytest.mark.parametrize(
    ("size", "mime_type", "says"),
    [
        (5 * 1024 * 1024 + 1, "image/jpeg", "exceeds"),
        (10, "application/x-msdownload", "following types"),
    ],
)
def test_an_upload_too_large_or_of_a_wrong_kind_is_refused(
    tmp_path: Path, size: int, mime_type: str, says: str
) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            form = FormData({"messaging_product": "whatsapp"})
            form.add_field("file", io.BytesIO(b"x" * size), filename="f", content_type=mime_type)
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with stage.client.post(f"/v23.0/{NUMBER}/media", data=form, headers=headers) as answer:
                assert answer.status == 400
                assert says in (await answer.json())["error"]["error_data"]["details"]
            assert list((tmp_path / "media").iterdir()) == []

    asyncio.run(story())


SHAPES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"type": "location", "latitude": 34.01, "longitude": 71.57, "name": "Qissa Khwani"},
        {"location": {"latitude": 34.01, "longitude": 71.57, "name": "Qissa Khwani"}},
    ),
    (
        {"type": "contacts", "contacts": [{"name": "Ali Shah", "phone": "+92300"}]},
        {
            "contacts": [
                {
                    "name": {"formatted_name": "Ali Shah", "first_name": "Ali"},
                    "phones": [{"phone": "+92300", "type": "CELL"}],
                }
            ]
        },
    ),
    (
        {"type": "reaction", "message_id": "wamid.x", "emoji": "👍"},
        {"reaction": {"message_id": "wamid.x", "emoji": "👍"}},
    ),
    ({"type": "reaction", "message_id": "wamid.x"}, {"reaction": {"message_id": "wamid.x"}}),
    (
        {"type": "button", "text": "Accept", "payload": "accept:1"},
        {"button": {"payload": "accept:1", "text": "Accept"}},
    ),
    (
        {"type": "interactive", "list_reply": {"id": "c3", "title": "Theft"}},
        {"interactive": {"type": "list_reply", "list_reply": {"id": "c3", "title": "Theft"}}},
    ),
    (
        {"type": "interactive", "button_reply": {"id": "y", "title": "Yes"}},
        {"interactive": {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}},
    ),
    (
        {"type": "edit", "message_id": "wamid.x", "text": "corrected"},
        {
            "edit": {
                "original_message_id": "wamid.x",
                "message": {"type": "text", "text": {"body": "corrected"}},
            }
        },
    ),
    ({"type": "revoke", "message_id": "wamid.x"}, {"revoke": {"original_message_id": "wamid.x"}}),
    (
        {"type": "system", "new_phone": "+923111111111"},
        {
            "system": {
                "body": f"User changed from {CITIZEN} to 923111111111",
                "wa_id": "923111111111",
                "type": "user_changed_number",
            }
        },
    ),
    (
        {"type": "text", "text": "fwd", "frequently_forwarded": True},
        {"context": {"frequently_forwarded": True, "forwarded": True}, "text": {"body": "fwd"}},
    ),
]


@pytest.mark.parametrize(("given", "holds"), SHAPES)
def test_each_type_has_the_providers_shape(
    tmp_path: Path, given: dict[str, Any], holds: dict[str, Any]
) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes(**given)
            await stage.until(stage.business.messages)
            message = stage.business.messages()[0]
            assert message["type"] == given["type"]
            assert {name: message.get(name) for name in holds} == holds

    asyncio.run(story())


def test_an_unsupported_message_comes_with_131051_and_a_reply_with_its_context(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            first = await stage.writes(type="unsupported")
            await stage.until(stage.business.messages)
            assert stage.business.messages()[0]["errors"][0]["code"] == 131051
            await stage.writes("about that", context_id=first)
            await stage.until(lambda: len(stage.business.messages()) == 2)
            assert stage.business.messages()[1]["context"] == {"from": CITIZEN, "id": first}

    asyncio.run(story())


def test_a_person_may_hide_the_number_behind_the_business_scoped_id(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes(hide_phone=True)
            await stage.until(lambda: stage.business.posts)
            value = stage.business.values()[0]
            assert "from" not in value["messages"][0] and "wa_id" not in value["contacts"][0]
            assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"]

    asyncio.run(story())


def test_history_fills_a_chat_once_and_without_webhooks(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            told = [
                {
                    "id": "wamid.1",
                    "account": NUMBER,
                    "phone": CITIZEN,
                    "text": "earlier",
                    "timestamp": 1700000000,
                },
                {
                    "id": "wamid.2",
                    "account": NUMBER,
                    "phone": CITIZEN,
                    "text": "answer",
                    "timestamp": 1700000060,
                }
                | {"author": "business"},
            ]
            assert (await stage.call("POST", "/sim/history", told))[1] == {"added": 2}
            assert (await stage.call("POST", "/sim/history", told))[1] == {"added": 0}
            _, chat = await stage.call("GET", f"/phone/messages?phone={CITIZEN}&account={NUMBER}")
            said = [(m["author"], m["shown"]["text"], m["at"]) for m in chat["messages"]]
            assert said == [("person", "earlier", 1700000000), ("business", "answer", 1700000060)]
            assert chat["window_closes"] == 1700000000 + 24 * 3600
            assert (await stage.call("GET", "/sim/health"))[1]["pending_webhooks"] == 0
            assert stage.business.posts == []

    asyncio.run(story())


def test_any_bytes_can_be_delivered_with_a_good_or_a_bad_signature(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            for sign in ("good", "bad", "none"):
                given = {"account": NUMBER, "body": "this is not json", "signature": sign}
                assert (await stage.call("POST", "/sim/raw", given))[1]["status"] == 200
            right = "sha256=" + hmac.new(SECRET.encode(), b"this is not json", hashlib.sha256).hexdigest()
            signs = [headers.get("X-Hub-Signature-256") for _, headers in stage.business.posts]
            assert signs[0] == right and signs[1] not in (right, None) and signs[2] is None

    asyncio.run(story())
