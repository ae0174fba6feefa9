"""Setting up: idempotent, checked, on this machine only; starting and stopping the process."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.simulator.stage import CITIZEN, NUMBER, a_simulator

ROOT = Path(__file__).parents[2]


def test_setting_up_twice_changes_nothing_and_secrets_stay_off_the_page(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            await stage.call("POST", "/sim/people", {"name": "Passer-by", "phone": "+92 345 0000000"})
            before = (await stage.call("GET", "/phone/setup"))[1]
            await stage.set_up()
            assert (await stage.call("GET", "/phone/setup"))[1] == before
            assert [p["name"] for p in before["people"]] == ["Gul Bibi", "Inspector Khan", "Passer-by"]
            assert "secret" not in json.dumps(before) and "token" not in json.dumps(before)

    asyncio.run(story())


def test_the_guide_names_addresses_on_this_machine_only(tmp_path: Path) -> None:
    here = {"desk": "http://127.0.0.1:8000/desk/", "review": "http://localhost:8000/supervisor/"}
    guide = here | {
        "logins": {"desk": "one", "review": "two"},
        "password": "p",
        "officer": "Khan",
        "phones": "?left=1",
        "samples": [{"label": "Theft", "text": "My bicycle is gone"}],
    }

    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            assert await stage.call("GET", "/phone/guide") == (200, {})
            away = guide | {"desk": "https://police.example/desk/"}
            assert (await stage.call("PUT", "/sim/guide", away))[0] == 400
            assert (await stage.call("GET", "/phone/guide"))[1] == {}
            assert (await stage.call("PUT", "/sim/guide", guide))[0] == 200
            assert (await stage.call("GET", "/phone/guide"))[1] == guide

    asyncio.run(story())


def test_the_handshake_tells_whether_the_address_proved_its_token(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            path = f"/sim/accounts/{NUMBER}/subscribe"
            assert await stage.call("POST", path) == (200, {"subscribed": True, "reason": "subscribed"})
            await _change_account(stage, verify_token="wrong")
            status, answer = await stage.call("POST", path)
            assert status == 502 and "HTTP 403" in answer["reason"]

    asyncio.run(story())


async def _change_account(stage, **change: str) -> tuple[int, dict[str, object]]:  # type: ignore[no-untyped-def]
    account = {
        "phone_number_id": NUMBER,
        "display_phone_number": "+92",
        "waba_id": "1",
        "name": "n",
        "webhook_url": stage.hook,
        "app_secret": "s",
        "access_token": "t",
        "verify_token": "v",
    }
    return await stage.call("PUT", "/sim/accounts", [account | change])


def test_addresses_beyond_this_machine_are_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await _change_account(stage, webhook_url="https://graph.facebook.com/hook")
            assert status == 400 and "on this machine" in answer["error"]
            async with stage.client.get("/sim/health", headers={"Host": "evil.example"}) as reply:
                assert reply.status == 403
            async with stage.client.put(
                "/sim/faults", json={}, headers={"Origin": "http://evil.example"}
            ) as reply:
                assert reply.status == 403

    asyncio.run(story())


@pytest.mark.parametrize("given", [{"duplicate": 2}, {"delay_ms": "much"}, {"dedupe": 1}, {"typo": 1}, []])
def test_a_wrong_switch_is_refused_with_a_sentence(tmp_path: Path, given: object) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage:
            status, answer = await stage.call("PUT", "/sim/faults", given)
            assert status == 400 and answer["error"]

    asyncio.run(story())


def test_the_page_allows_no_inline_script_and_no_other_host(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage, stage.client.get("/") as answer:
            policy, page = answer.headers["Content-Security-Policy"], await answer.text()
            assert "script-src 'self';" in policy and "unsafe" not in policy
            assert "<script>" not in page and "style=" not in page and "https://" not in page
            assert "simulator" in page.lower()

    asyncio.run(story())


def test_live_events_tell_of_each_message(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_simulator(tmp_path) as stage, stage.client.get("/phone/live") as stream:
            await stream.content.readuntil(b": hello\n\n")
            await stage.writes("seen at once")
            line = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 2)
            event = json.loads(line.removeprefix(b"data: "))
            assert event["kind"] == "message" and event["phone"] == CITIZEN
            assert event["message"]["shown"]["text"] == "seen at once"

    asyncio.run(story())


@contextmanager
def a_process(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The simulator as its own process, ready; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--home", str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"simulator: http://127.0.0.1:{port}\n"
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def ask(method: str, address: str, body: object = None) -> dict[str, object]:
    request = urllib.request.Request(
        address, method=method, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_the_process_ends_cleanly_on_sigterm_with_a_page_open(tmp_path: Path) -> None:
    with a_process(tmp_path) as (process, base), urllib.request.urlopen(f"{base}/phone/live"):
        assert ask("GET", f"{base}/sim/health")["status"] == "ok"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
        assert time.monotonic() - began < 2


def test_a_killed_simulator_has_lost_nothing_that_it_answered(tmp_path: Path) -> None:
    account = {
        "phone_number_id": NUMBER,
        "display_phone_number": "+92 91 9210000",
        "waba_id": "1",
        "name": "Desk",
        "webhook_url": "http://127.0.0.1:9/nobody-listens",
        "app_secret": "s",
        "access_token": "t",
        "verify_token": "v",
    }
    with a_process(tmp_path) as (process, base):
        ask("PUT", f"{base}/sim/accounts", [account])
        for number in range(20):
            text = {"from": CITIZEN, "account": NUMBER, "type": "text", "text": str(number)}
            ask("POST", f"{base}/sim/send", text)
        process.kill()
    with a_process(tmp_path) as (process, base):
        assert ask("GET", f"{base}/sim/health")["pending_webhooks"] == 20
        with urllib.request.urlopen(f"{base}/phone/messages?phone={CITIZEN}&account={NUMBER}") as answer:
            said = [message["shown"]["text"] for message in json.load(answer)["messages"]]
        assert said == [str(number) for number in range(20)]
