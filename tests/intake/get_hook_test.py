"""Providers that bring messages by GET: checked by the secret in the query, kept as it came."""

import asyncio
import base64
import hashlib
import hmac
import json
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.channels import kannel, whatsapp, x
from rabta.intake.gateway import Gateway, Refusal
from rabta.intake.hooks import Hook

MESSAGE = "secret=hooksecret&kind=mo&from=%2B923001234567&to=8300&text=%06%86&coding=2&charset=UTF-16BE&id=1"


def asked(query: str, *, channel: Any = kannel.CHANNEL) -> tuple[int, list[bytes]]:
    """The status of a GET, and what went into the journal."""
    (status, _text, _form), kept = answered(query, channel=channel)
    return status, kept


def answered(query: str, *, channel: Any) -> tuple[tuple[int, str, Any], list[bytes]]:
    """The status, text and headers of the answer to a GET, and what went into the journal."""
    kept: list[bytes] = []
    secrets = {"hook_secret": "hooksecret", "verify_token": "word", "app_secret": "x", "consumer_secret": "x"}

    async def find(word: str) -> Hook:
        return Hook(1, channel, secrets, b"")

    async def append(credential: int, body: bytes) -> None:
        kept.append(body)

    async def play() -> tuple[int, str, Any]:
        gateway = Gateway()
        gateway.hooks = SimpleNamespace(find=find, refuse=lambda hook: None)  # type: ignore[assignment]
        gateway.journal = SimpleNamespace(append=append)  # type: ignore[assignment]
        scope = SimpleNamespace(path="/hooks/word", method="GET", query_string=query, headers={})
        try:
            return await gateway._answer(scope, None)  # type: ignore[arg-type]
        except Refusal as refusal:
            return refusal.status, "", []

    return asyncio.run(play()), kept


def test_the_query_is_kept_as_it_came() -> None:
    status, (body,) = asked(MESSAGE)
    assert status == 200
    assert json.loads(body) == {"query": MESSAGE}
    assert kannel.read(body)[0].text == "چ"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "query", ["", "secret=", "secret=wrong", MESSAGE.replace("hooksecret", "hooksecreT")]
)
def test_without_the_secret_nothing_is_kept(query: str) -> None:
    assert asked(query) == (403, [])


def test_a_get_of_other_channels_is_a_handshake_and_kept_nowhere() -> None:
    assert asked("secret=hooksecret", channel=whatsapp.CHANNEL) == (403, [])
    right = "hub.mode=subscribe&hub.challenge=7&hub.verify_token=word"
    assert asked(right, channel=whatsapp.CHANNEL) == (200, [])


def test_a_challenge_of_x_is_answered_as_json_and_of_others_as_text() -> None:
    (status, text, form), kept = answered("crc_token=Y2hhbGxlbmdl", channel=x.CHANNEL)
    said = "sha256=" + base64.b64encode(hmac.digest(b"x", b"Y2hhbGxlbmdl", hashlib.sha256)).decode()
    assert (status, json.loads(text), kept) == (200, {"response_token": said}, [])
    assert dict(form)["content-type"] == "application/json"
    assert asked("crc_token=", channel=x.CHANNEL) == (403, [])
    right = "hub.mode=subscribe&hub.challenge=7&hub.verify_token=word"
    (_status, text, form), _kept = answered(right, channel=whatsapp.CHANNEL)
    assert (text, dict(form)["content-type"]) == ("7", "text/plain; charset=utf-8")
