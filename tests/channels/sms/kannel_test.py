"""Debian's Kannel with its fakesmsc: text both ways, reports, and what it refuses."""

import asyncio
import contextlib
import queue
import shutil
import socket
import subprocess
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from rabta.channels import kannel
from rabta.channels.contract import (
    AccountFacts,
    Arrived,
    HookRequest,
    Letter,
    Receipt,
    Sent,
    Session,
    Trouble,
    TroubleCode,
)
from rabta.outbox.relay import new_session
from tests import running

pytestmark = pytest.mark.skipif(
    not shutil.which("bearerbox"),
    reason="Debian's kannel is not installed (apt-get install kannel kannel-extras)",
)
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = bar
smsbox-port = {boxes}
log-level = 4
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = fake
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
http-request-retry = 20
http-queue-delay = 1
log-level = 4

group = sendsms-user
username = rabta
password = secret
concatenation = true
max-messages = 10

group = sms-service
keyword = default
get-url = "{hook}?secret=hooksecret&kind=mo&from=%p&to=%P&text=%b&coding=%c&charset=%C&udh=%u&id=%I&time=%T"
max-messages = 0
omit-empty = true
"""


class Gateway(ThreadingHTTPServer):
    """Takes hooks as our gateway does: the body of the journal, or 503 while it can't."""

    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: queue.Queue[bytes] = queue.Queue()
        self.refuse = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        status = 503 if self.server.refuse else 200
        self.server.refuse = max(0, self.server.refuse - 1)
        if status == 200:
            self.server.bodies.put(orjson.dumps({"query": urlsplit(self.path).query}))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


class Kannel:
    """bearerbox, smsbox, a fakesmsc to write as a phone, and our hook."""

    def __init__(self, folder: Path) -> None:
        self.hooks = Gateway()
        threading.Thread(target=self.hooks.serve_forever, daemon=True).start()
        first, second = running.free_ports(), running.free_ports()
        ports = {"admin": first, "boxes": first + 1, "fake": first + 2, "sendsms": second}
        self.fake = ports["fake"]
        hook = f"http://127.0.0.1:{self.hooks.server_port}/hooks/word"
        file = folder / "kannel.conf"
        file.write_text(CONFIGURATION.format(hook=hook, **ports))
        self.phone: subprocess.Popen[bytes] | None = None
        self.processes = [self._start("bearerbox", str(file))]
        _until_open(ports["boxes"])
        self.processes.append(self._start("smsbox", str(file)))
        _until_open(ports["sendsms"])
        values = {
            "hook_secret": "hooksecret", "username": "rabta", "password": "secret",
            "sendsms": f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms",
        }  # fmt: skip
        self.account = AccountFacts(external_id="8300", values=values, hook=hook)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def phone_writes(self, *words: str) -> None:
        """`SENDER RECEIVER text|ucs2 …`, once. There is one phone at a time, which stays on until the next one."""
        self._switch_off()
        command = [FAKESMSC, "-H", "127.0.0.1", "-r", str(self.fake), "-m", "1", " ".join(words)]
        self.phone = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _switch_off(self) -> None:
        if self.phone is not None:
            self.phone.kill()
            self.phone.wait()

    def next(self, kind: type) -> Any:
        """The next thing of this kind that the hook was told."""
        while True:
            item = kannel.read(self.hooks.bodies.get(timeout=60))[0]
            if isinstance(item, kind):
                return item

    def close(self) -> None:
        self._switch_off()
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self.hooks.shutdown()
        self.hooks.server_close()


def _until_open(port: int) -> None:
    def opens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
        return False

    running.wait_until(opens)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    kannel_peer = Kannel(tmp_path_factory.mktemp("kannel"))
    try:
        yield kannel_peer
    finally:
        kannel_peer.close()


def sending(work: Callable[[Session], Awaitable[Sent]]) -> Sent:
    async def play() -> Sent:
        async with new_session() as session:
            return await work(session)

    return asyncio.run(play())


@pytest.mark.parametrize("text", ["Chain snatched [near] Saddar", "چوری ہو گئی، مدد کریں", "चोरी हो गई"])
def test_what_a_phone_writes_arrives_as_it_was(peer: Kannel, text: str) -> None:
    peer.hooks.refuse = 1  # it comes again
    if text.isascii():
        peer.phone_writes("923001234567", "8300", "text", text)
    else:
        encoded = "".join(f"%{byte:02x}" for byte in text.encode("utf-16-be"))
        peer.phone_writes("923001234567", "8300", "ucs2", encoded)
    item = peer.next(Arrived)
    assert (item.account, item.text, item.sender.handle) == ("8300", text, "+923001234567")
    assert not item.repeats


@pytest.mark.parametrize("text", ["Reference PRY-7K3M {€}", "آپ کا حوالہ نمبر " * 10])
def test_letters_are_taken_and_their_reports_come_with_our_token(peer: Kannel, text: str) -> None:
    peer.phone_writes("923001112222", "8300", "text", "on")  # a phone that is there, so that reports come
    peer.next(Arrived)
    token = str(uuid.uuid4())
    letter = Letter(to="+923001234567", token=token, text=text)
    assert sending(lambda session: kannel.send(session, peer.account, letter)) == Sent(provider_id=token)
    told = {"sent"}
    while "delivered" not in told:  # reports of an earlier letter may still come
        report = peer.next(Receipt)
        assert report.account == "8300"
        told |= {report.status} if report.token == token else set()


def test_a_wrong_password_is_the_administrators_trouble(peer: Kannel) -> None:
    wrong = AccountFacts(
        external_id="8300", values={**peer.account.values, "password": "x"}, hook=peer.account.hook
    )
    letter = Letter(to="+923001234567", token="t", text="x")
    with pytest.raises(Trouble) as told:
        sending(lambda session: kannel.send(session, wrong, letter))
    assert told.value.code == "credentials"


def test_only_the_holder_of_the_secret_is_heard() -> None:
    def says(query: dict[str, str]) -> bool:
        return kannel.verify(HookRequest(headers={}, query=query, body=b""), {"hook_secret": "hooksecret"})

    assert says({"secret": "hooksecret"})
    assert not any(map(says, ({}, {"secret": ""}, {"secret": "hooksecre"}, {"secret": "\udcff"})))


def test_the_test_asks_for_the_password_and_sends_nothing(peer: Kannel) -> None:
    async def tested(**values: str) -> str:
        async with new_session() as session:
            account = replace(peer.account, values=dict(peer.account.values) | values)
            return await kannel.check(session, account)

    assert asyncio.run(tested()).startswith("rabta @ 127.0.0.1:")
    with pytest.raises(Trouble) as refused:
        asyncio.run(tested(password="wrong"))
    assert refused.value.code == TroubleCode.CREDENTIALS
    with pytest.raises(Trouble) as nobody:
        asyncio.run(tested(sendsms="http://127.0.0.1:1/cgi-bin/sendsms"))
    assert nobody.value.code == TroubleCode.UNREACHABLE
