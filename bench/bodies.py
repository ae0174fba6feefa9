"""One message of one citizen over each channel that has hooks, as the provider would bring it, and its HTTP request."""

import json
from collections.abc import Callable
from typing import Any

from bench.messages import PADDING, body
from tests.intake.replaying import SECRET, signed

ACCOUNTS = {
    "whatsapp": "706500000000009", "facebook": "704510000000009", "instagram": "778410000000009",
    "x": "771600000000000009", "kannel": "7300", "telegram": "7755",
}  # fmt: skip
Json = dict[str, Any]


def text_of(n: int) -> str:
    """As long as people write, and hardly two the same."""
    return f"My bicycle was stolen near house {n}. {PADDING}"


def _whatsapp(n: int) -> bytes:
    return body(number=ACCOUNTS["whatsapp"], sender=n, message=n)


def _talk(kind: str) -> Callable[[int], bytes]:
    def made(n: int) -> bytes:
        event = {"sender": {"id": f"9{n:015d}"}, "recipient": {"id": ACCOUNTS[kind]}, "timestamp": 1795392000000,
                 "message": {"mid": f"m_bench{n:012d}", "text": text_of(n)}}  # fmt: skip
        return json.dumps(
            {"entry": [{"id": ACCOUNTS[kind], "time": 1795392000000, "messaging": [event]}]}
        ).encode()

    return made


def _x(n: int) -> bytes:
    payload = {"id": str(10**15 + n), "author_id": str(2 * 10**15 + n), "created_at": "2026-07-24T21:23:23.000Z",
               "text": f"@police {text_of(n)}", "edit_history_tweet_ids": [str(10**15 + n)]}  # fmt: skip
    event = {"event_uuid": str(n), "filter": {"user_id": ACCOUNTS["x"]}, "event_type": "post.mention.create"}
    return json.dumps({"data": event | {"payload": payload}}).encode()


def _telegram(n: int) -> bytes:
    person = {"id": 10**9 + n, "is_bot": False, "first_name": f"Citizen {n}"}
    chat = {"id": 10**9 + n, "type": "private"}
    message = {"message_id": 1, "from": person, "chat": chat, "date": 1795392000, "text": text_of(n)}
    return json.dumps({"update_id": 10**6 + n, "message": message}).encode()


BODIES: dict[str, Callable[[int], bytes]] = {
    "whatsapp": _whatsapp, "facebook": _talk("facebook"), "instagram": _talk("instagram"), "x": _x,
    "kannel": lambda n: str(n).encode(), "telegram": _telegram,
}  # fmt: skip


def request(kind: str, n: int, *, hook: str) -> bytes:
    """The whole HTTP request of message `n`, signed with the secret of all benches."""
    if kind == "kannel":
        query = f"secret={SECRET}&kind=mo&from=%2B92300{n:07d}&to={ACCOUNTS[kind]}&text=Stolen+near+house+{n}&id=b{n}"
        return f"GET {hook}?{query}&coding=0&charset=UTF-8 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    data = BODIES[kind](n)
    headers = signed(data, SECRET) | {"Content-Type": "application/json", "Content-Length": str(len(data))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {hook} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode() + data
