"""One provider for all channels, in a thread: it takes every letter it gets, and remembers each time by the words."""

import json
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

WORDS = re.compile(r"letter (\w+) (\d+)")
LOST = 0  # of each channel the answer to the letter with this number never comes
TAKES = 0.03  # seconds between taking a letter and saying so: in between the sender may die


class Provider:
    """`taken`: how often each letter came, as (channel, number)."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, int]] = Counter()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(unquote_plus(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(json.dumps(json.loads(body)))

            def answer(self, said: str) -> None:
                channel, number = provider.take(said)
                time.sleep(TAKES)
                if number == LOST:
                    self.close_connection = True
                    return
                status, body = ANSWERS[channel](f"id-of-{channel}-{number}")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # the sender died meanwhile
                    self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def take(self, said: str) -> tuple[str, int]:
        """Remember that this letter came."""
        found = WORDS.search(said)
        assert found, said
        letter = found[1], int(found[2])
        self.taken[letter] += 1
        return letter

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(20)


def _json(body: object, status: int = 200) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()


ANSWERS = {
    "whatsapp": lambda id: _json({"messages": [{"id": id}]}),
    "facebook": lambda id: _json({"recipient_id": "1", "message_id": id}),
    "instagram": lambda id: _json({"recipient_id": "1", "message_id": id}),
    "x": lambda id: _json({"data": {"dm_event_id": str(sum(map(ord, id)))}}, 201),
    "kannel": lambda _id: (202, b"0: Accepted for delivery"),
    "telegram": lambda id: _json(
        {"ok": True, "result": {"message_id": sum(map(ord, id)), "chat": {"id": 1}}}
    ),
}
