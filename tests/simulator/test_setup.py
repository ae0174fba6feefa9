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


def test_the_process_starts_at_once_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--home", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"simulator: http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/health") as answer:
            assert json.load(answer)["status"] == "ok"
        live = urllib.request.urlopen(f"http://127.0.0.1:{port}/phone/live")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
        live.close()
        assert (process.returncode, errors) == (0, "")
        assert time.monotonic() - began < 2
    finally:
        process.kill()
        process.wait()
