"""India's registered texts over an HTTP gateway: the ids go along as meta-data, and what fits none is not sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from rabta.channels import kannel
from rabta.channels.contract import AccountFacts, Letter, Sent, Trouble, TroubleCode

REGISTERED = "1107160000000000001=Your reference number is {#var#}. Police"
VALUES = {
    "hook_secret": "hooksecret",
    "sendsms": "http://127.0.0.1:1/sendsms",
    "username": "u",
    "password": "p",
}


class Answer:
    """A gateway that takes everything and remembers the query."""

    def __init__(self) -> None:
        self.query: dict[str, str] = {}

    @asynccontextmanager
    async def get(self, _url: str, *, params: dict[str, str], **_options: Any) -> AsyncIterator[Any]:
        self.query = params

        async def read(_most: int) -> bytes:
            return b"0: Accepted for delivery"

        yield SimpleNamespace(status=202, content=SimpleNamespace(read=read))


def sent(text: str, **fields: str) -> dict[str, str]:
    session = Answer()
    account = AccountFacts(external_id="8300", values=VALUES | fields, hook="https://desk.example/hooks/w")
    letter = Letter(token="t" * 12, to="+919800000001", text=text)
    assert isinstance(asyncio.run(kannel.send(session, account, letter)), Sent)
    return session.query


def test_the_ids_of_entity_and_template_go_along() -> None:
    query = sent(
        "Your reference number is PRY-7K3M-92QF. Police",
        registered_texts=REGISTERED,
        parameters="dlt_entity=1101",
    )
    kind, _, tlvs = query["meta-data"].removeprefix("?").partition("?")
    assert (kind, parse_qs(tlvs)) == (
        "smpp",
        {"dlt_entity": ["1101"], "dlt_template": ["1107160000000000001"]},
    )


def test_without_them_nothing_goes_along() -> None:
    assert "meta-data" not in sent("Your reference number is PRY-7K3M-92QF. Police")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"registered_texts": REGISTERED}, TroubleCode.TEMPLATE),
        ({"registered_texts": "no id here"}, TroubleCode.CREDENTIALS),
        ({"parameters": "dlt entity"}, TroubleCode.CREDENTIALS),
    ],
)
def test_what_cannot_go_is_said(fields: dict[str, str], code: TroubleCode) -> None:
    with pytest.raises(Trouble) as refused:
        sent("Another text", **fields)
    assert refused.value.code is code
