"""POST /messages: what is accepted, what is refused and what becomes of it."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError

from simulator.errors import GraphError
from simulator.limits import Limits
from tests.simulator.stage import CITIZEN, NUMBER, Stage, a_simulator

ORDER = {
    "name": "order_to_station",
    "language": {"code": "ur"},
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "KP-7"}, {"type": "text", "text": "چوری"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "abc"}]},
    ],
}


def details(answer: dict[str, dict[str, dict[str, str]]]) -> str:
    return answer["error"]["error_data"]["details"]


def test_an_accepted_text_is_sent_delivered_and_read_and_each_status_carries_the_callback_data(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            status, answer = await stage.text("We have your complaint", biz_opaque_callback_data="delivery-1")
            assert status == 200
            assert answer["contacts"] == [{"input": CITIZEN, "wa_id": CITIZEN}]
            name = answer["messages"][0]["id"]
            assert CITIZEN.encode() in base64.b64decode(name.removeprefix("wamid."))
            await stage.until(lambda: "delivered" in stage.business.reached(name))
            await stage.call("POST", "/phone/read", {"phone": CITIZEN, "account": NUMBER})
            await stage.until(lambda: "read" in stage.business.reached(name))
            statuses = stage.business.statuses(name)
            assert sorted(s["status"] for s in statuses) == ["delivered", "read", "sent"]
            assert {s["biz_opaque_callback_data"] for s in statuses} == {"delivery-1"}
            assert {s["recipient_id"] for s in statuses} == {CITIZEN}
            sent = next(s for s in statuses if s["status"] == "sent")
            assert sent["pricing"]["category"] == "service" and isinstance(sent["timestamp"], str)

    asyncio.run(story())


def test_free_text_outside_the_window_is_accepted_and_then_fails_with_131047(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await stage.text("Hello?", biz_opaque_callback_data="never-wrote")
            assert status == 200
            await _fails(stage, answer["messages"][0]["id"], callback="never-wrote")
            await stage.writes()
            assert (await stage.text("In time"))[0] == 200
            await stage.call("POST", "/phone/clock", {"phone": CITIZEN, "account": NUMBER})
            status, answer = await stage.text("Too late", biz_opaque_callback_data="late")
            await _fails(stage, answer["messages"][0]["id"], callback="late")
            await stage.call("PUT", "/sim/faults", {"fail_sync_131047": True})
            status, answer = await stage.text("Too late again")
            assert (status, answer["error"]["code"]) == (400, 131047)

    asyncio.run(story())


async def _fails(stage: Stage, name: str, *, callback: str) -> None:
    await stage.until(lambda: stage.business.reached(name))
    failed = stage.business.statuses(name)[0]
    assert failed["status"] == "failed" and failed["biz_opaque_callback_data"] == callback
    assert failed["errors"][0]["code"] == 131047
    assert "pricing" not in failed and "conversation" not in failed


def test_a_template_goes_outside_the_window_and_is_shown_with_its_parameters(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await stage.graph({"type": "template", "template": ORDER})
            assert status == 200, answer
            name = answer["messages"][0]["id"]
            await stage.until(lambda: "delivered" in stage.business.reached(name))
            _, outbox = await stage.call("GET", f"/sim/outbox?phone=%2B{CITIZEN}")
            sent = outbox["messages"][0]
            assert sent["text"] == "حکم KP-7: چوری"
            assert sent["template"] == {
                "name": "order_to_station",
                "language": "ur",
                "params": ["KP-7", "چوری"],
            }
            assert sent["shown"]["buttons"][0]["url"] == "http://127.0.0.1:8000/o/abc"
            assert [s["status"] for s in sent["statuses"]] == ["sent", "delivered"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"name": "unknown_one"}, 132001, "does not exist in ur"),
        ({"language": {"code": "hi"}}, 132001, "does not exist in hi"),
        ({"components": ORDER["components"][1:]}, 132000, "number of localizable_params (0)"),
        ({"components": ORDER["components"][:1]}, 132000, "button 0"),
        (
            {"components": [{"type": "body", "parameters": [{"type": "text", "text": "a\nb"}] * 2}]},
            100,
            "new-line",
        ),
    ],
)
def test_a_template_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], code: int, says: str
) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await stage.graph({"type": "template", "template": ORDER | change})
            assert (status, answer["error"]["code"]) == (404 if code == 132001 else 400, code)
            assert says in details(answer)
            assert answer["error"]["type"] == "OAuthException" and answer["error"]["fbtrace_id"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"type": "text", "text": {"body": "x" * 4097}}, "at most 4096"),
        ({"type": "text"}, "text is required"),
        ({"type": "poem"}, "must be one of"),
        ({"type": "image", "image": {"id": "12345"}}, "media attachment ID"),
        ({"type": "location", "location": {"latitude": "north"}}, "as numbers"),
        ({"to": "12", "type": "text", "text": {"body": "x"}}, "not a phone number"),
        ({"messaging_product": "sms", "type": "text", "text": {"body": "x"}}, "messaging_product"),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "button",
                    "body": {"text": "?"},
                    "action": {
                        "buttons": [
                            {"type": "reply", "reply": {"id": str(i), "title": "x"}} for i in range(4)
                        ]
                    },
                },
            },
            "Max allowed",
        ),
    ],
)
def test_a_wrong_body_is_refused_with_code_100(tmp_path: Path, body: dict[str, object], says: str) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await stage.graph(body)
            assert (status, answer["error"]["code"]) == (400, 100)
            assert says in details(answer)
            assert (await stage.call("GET", "/sim/outbox"))[1]["messages"] == []

    asyncio.run(story())


def test_a_wrong_token_is_refused_with_code_190(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            for token in ("", "somebody-elses"):
                status, answer = await stage.graph({"type": "text", "text": {"body": "x"}}, token=token)
                assert (status, answer["error"]["code"]) == (401, 190)

    asyncio.run(story())


def test_the_pair_limit_lets_a_burst_of_45_through(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            for _ in range(45):
                assert (await stage.text("again"))[0] == 200
            status, answer = await stage.text("once too often")
            assert (status, answer["error"]["code"]) == (429, 131056)

    asyncio.run(story())


def test_a_number_sends_80_a_second() -> None:
    limits = Limits()

    def sent(count: int, *, now: float) -> int:
        done = 0
        for n in range(count):
            with suppress(GraphError):
                limits.check(account=NUMBER, per_second=80, phone=f"{now}-{n}", now=now)
                done += 1
        return done

    assert sent(100, now=0) == 80
    assert sent(100, now=0.5) == 40
    assert sent(100, now=60) == 80


def test_what_is_sent_too_fast_is_refused_with_130429(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.account(per_second=1)
            letters = ({"to": f"92300{n:07d}", "type": "template", "template": ORDER} for n in range(30))
            answers = await asyncio.gather(*(map(stage.graph, letters)))
            refused = [answer["error"]["code"] for status, answer in answers if status == 429]
            assert refused and set(refused) == {130429} and len(refused) < 30

    asyncio.run(story())


def test_a_repeat_is_a_second_message_unless_the_provider_dedupes(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            first = (await stage.text("one", biz_opaque_callback_data="d"))[1]["messages"][0]["id"]
            second = (await stage.text("one", biz_opaque_callback_data="d"))[1]["messages"][0]["id"]
            await stage.call("PUT", "/sim/faults", {"dedupe": True})
            third = (await stage.text("one", biz_opaque_callback_data="d"))[1]["messages"][0]["id"]
            assert first != second and third == first
            assert len((await stage.call("GET", "/sim/outbox"))[1]["messages"]) == 2

    asyncio.run(story())


def test_a_lost_response_breaks_the_connection_after_the_message_was_accepted(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            await stage.call("PUT", "/sim/faults", {"lost_response": 1.0})
            with pytest.raises(ClientError):
                await stage.text("did it go?", biz_opaque_callback_data="in-doubt")
            sent = (await stage.call("GET", "/sim/outbox"))[1]["messages"]
            assert [message["callback_data"] for message in sent] == ["in-doubt"]

    asyncio.run(story())


def test_a_refusal_by_switch_accepts_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            await stage.call("PUT", "/sim/faults", {"http_5xx": 1.0})
            assert (await stage.text("x"))[0] in (500, 503)
            await stage.call("PUT", "/sim/faults", {"http_5xx": 0, "http_429": 1})
            assert (await stage.text("x"))[1]["error"]["code"] == 130429
            assert (await stage.call("GET", "/sim/outbox"))[1]["messages"] == []

    asyncio.run(story())


def test_a_phone_that_is_off_gets_its_messages_when_it_comes_on(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            await stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "off"})
            name = (await stage.text("are you there"))[1]["messages"][0]["id"]
            await stage.until(lambda: stage.business.reached(name) == ["sent"])
            await asyncio.sleep(0.1)
            assert stage.business.reached(name) == ["sent"]
            await stage.call("PUT", f"/sim/people/{CITIZEN}/state", {"state": "on"})
            await stage.until(lambda: stage.business.reached(name) == ["sent", "delivered"])

    asyncio.run(story())


def test_marking_as_read_turns_the_persons_ticks_blue(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            name = await stage.writes()
            status, answer = await stage.graph(
                {"status": "read", "message_id": name, "typing_indicator": {"type": "text"}}
            )
            assert (status, answer) == (200, {"success": True})
            _, chat = await stage.call("GET", f"/phone/messages?phone={CITIZEN}&account={NUMBER}")
            assert [message["status"] for message in chat["messages"]] == ["read"]
            status, answer = await stage.graph({"status": "read", "message_id": "wamid.unknown"})
            assert (status, answer["error"]["code"]) == (400, 100)

    asyncio.run(story())


def test_a_person_is_also_reached_by_the_business_scoped_id(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.writes()
            await stage.until(stage.business.messages)
            bsuid = stage.business.messages()[0]["from_user_id"]
            status, answer = await stage.graph(
                {"to": None, "recipient": bsuid, "type": "text", "text": {"body": "x"}}
            )
            assert status == 200 and answer["contacts"] == [{"input": bsuid, "wa_id": CITIZEN}]

    asyncio.run(story())
