"""The Bot API of `telegram.js`, started and asked by tests."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests import running
from tests.peers.smsc import NODE

HERE = Path(__file__).parent


class Peer:
    """What a person does there, and what the bot said."""

    def __init__(self, port: int, token: str) -> None:
        self.url, self.token = f"http://127.0.0.1:{port}", token
        command = [str(NODE), str(HERE / "telegram.js"), str(port), str(HERE.parent.parent)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "listening\n"

    def call(self, path: str, **given: Any) -> Any:
        """The `result` of a request of the person's side, or of the bot's."""
        data = json.dumps(given).encode()
        request = Request(f"{self.url}/{path}", data=data, headers={"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]

    def writes(self, text: str, *, person: int = 1) -> None:
        """A message to the bot."""
        who = {"id": person, "first_name": "Gul", "is_bot": False, "language_code": "ur"}
        chat = {"id": person, "first_name": "Gul", "type": "private"}
        self.call("sendMessage", botToken=self.token, **{"from": who}, chat=chat, date=1763720000, text=text)

    def presses(self, message: Any, data: str, *, person: int = 1) -> None:
        """A button under a message of the bot."""
        who = {"id": person, "first_name": "Gul", "is_bot": False}
        self.call("sendCallback", botToken=self.token, **{"from": who}, message=message, data=data)

    def heard(self, *, person: int = 1) -> list[Any]:
        """What the bot said to this person since the last time."""
        rows = self.call("getUpdates", token=self.token, chatId=person)
        return [row["message"] | {"message_id": row["messageId"]} for row in rows]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


@contextmanager
def bot_api(token: str) -> Iterator[Peer]:
    """A running Bot API."""
    peer = Peer(running.free_ports(), token)
    try:
        yield peer
    finally:
        peer.close()
