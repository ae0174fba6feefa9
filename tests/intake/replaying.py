"""Every body that the tests know, sent as its provider would: signed over HTTP, over SMPP, or by our own pages."""

import base64
import hashlib
import hmac
import json
import random
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from rabta.channels.contract import Arrived, Changed, Channel, Read, Unreadable
from rabta.channels.registry import BY_KIND, CHANNELS
from tests import running
from tests.channels.bodies import of_both

SECRET = "replay-secret-0001"
NUMBER = "8300"
# Every secret field has this secret; what else a login must have to be made.
OTHERS = {
    "host": "127.0.0.1",
    "system_id": "replay",
    "username": "replay",
    "sendsms": "http://127.0.0.1:9/sendsms",
}
DELIVERS = (0x05, 0x103)  # deliver_sm and data_sm
BINDS = (0x01, 0x02, 0x09)


@dataclass(frozen=True)
class Sending:
    """One body, and whether it is signed by somebody else."""

    channel: Channel
    raw: bytes
    forged: bool = False

    @property
    def way(self) -> str:
        """`post`, `get`, `smpp`, or `page`: put into the journal by a process of ours."""
        if self.channel.process == "smpp":
            return "smpp" if whole_unit(self.raw) else "page"
        if self.channel.verify is None:
            return "page"
        if self.channel.by_get:
            return "get" if query_of(self.raw) else "page"
        return "post"


@cache
def external_ids(kind: str) -> tuple[str, ...]:
    """The accounts that are ours: those that most bodies name. All others belong to nobody here."""
    named: Counter[str] = Counter()
    for _name, body in of_both(kind):
        named.update(BY_KIND[kind].count(orjson.dumps(body)))
    if BY_KIND[kind].alone:
        return ("55",)
    del named[""]
    return tuple(name for name, _times in named.most_common(2)) or ("form",)


def values_of(channel: Channel, *, port: int) -> dict[str, str]:
    """The fields of a login."""
    given = {field.name: SECRET for field in channel.fields if field.secret}
    known = OTHERS | {"port": str(port)}
    names = {field.name for field in channel.fields}
    rest = {field.name: "replay" for field in channel.fields if field.required and not field.secret}
    return rest | {name: value for name, value in known.items() if name in names} | given


@cache
def all_in_order() -> tuple[Sending, ...]:
    """All bodies of all channels. Of those that say different things under one id, as fixtures do and providers do
    not, only the first."""
    known: dict[tuple[str, str, str], Read] = {}
    found = []
    for channel in CHANNELS:
        for _name, body in of_both(channel.kind):
            sending = Sending(channel, with_secret(channel, orjson.dumps(body)))
            named = {(channel.kind, item.account, item.key): item for item in items_of(sending) if item.key}
            if all(known.get(place, item) == item for place, item in named.items()):
                known |= named
                found.append(sending)
    return tuple(found)


def items_of(sending: Sending) -> list[Read]:
    """What the channel reads in it."""
    try:
        return sending.channel.read(sending.raw)
    except ValueError:
        return [Unreadable(account="", key="", reason="no shape")]


@cache
def often_changed_texts() -> frozenset[str]:
    """The words of messages that several bodies change, before and after: they hang on which of these comes last.
    So do those without words, for a revoked message has none."""
    items = [item for sending in all_in_order() for item in items_of(sending)]
    changes = {(i.account, i.provider_id, i.key): i for i in items if isinstance(i, Changed)}
    times = Counter((account, provider_id) for account, provider_id, _key in changes)
    targets = {target for target, often in times.items() if often > 1}
    texts = {
        item.text
        for item in items
        if isinstance(item, Arrived | Changed) and (item.account, item.provider_id) in targets
    }
    return frozenset({"", *texts})


@cache
def renamed() -> list[tuple[str, str]]:
    """Who is told to have another name, and the other name, as (scheme, handle): how many people these are hangs on
    whether they wrote before."""
    changes = [i for sending in all_in_order() for i in items_of(sending) if isinstance(i, Changed)]
    found = {(s.scheme, s.handle) for i in changes if i.becomes for s in (i.sender, i.becomes) if s}
    return sorted(found)


def all_in_disorder(seed: int) -> list[Sending]:
    """All bodies, a quarter of them twice, some forged, in an order that the seed gives."""
    chance = random.Random(seed)
    sendings = all_in_order()
    twice = random.Random(1).sample(sendings, len(sendings) // 4)  # the same ones whatever the order is
    forged = [Sending(s.channel, s.raw, True) for s in chance.sample(sendings, len(sendings) // 8)]
    everything = [*sendings, *twice, *(s for s in forged if s.way in ("post", "get"))]
    chance.shuffle(everything)
    return everything


def with_secret(channel: Channel, raw: bytes) -> bytes:
    """The body with our secret, where it lies in the body."""
    query = query_of(raw) if channel.by_get else ""
    if not query:
        return raw
    rest = re.sub(r"(^|&)secret=[^&]*", "", query).lstrip("&")
    return orjson.dumps({"query": f"secret={SECRET}&{rest}"})


def query_of(raw: bytes) -> str:
    """The query of a body that came by GET, if HTTP can carry it."""
    body = orjson.loads(raw)
    query = body.get("query") if isinstance(body, dict) else None
    return (
        query
        if isinstance(query, str) and query.isascii() and query.isprintable() and " " not in query
        else ""
    )


def whole_unit(raw: bytes) -> bytes:
    """The unit of SMPP in a body, if a connection can carry it: its length is right, and it brings something."""
    with suppress(ValueError, AttributeError, TypeError, LookupError, struct.error):
        body = orjson.loads(raw)
        unit = bytes.fromhex(body["pdu"])
        length, command = struct.unpack(">II", unit[:8])
        usual = body.get("alphabet", "gsm") == "gsm" and not body.get("hex") and body.get("account") == NUMBER
        return unit if length == len(unit) and command in DELIVERS and usual else b""
    return b""


def over_http(port: int, sending: Sending, hook: str) -> int:
    """Send it to the gateway; the status of the answer."""
    secret = "somebody-else" if sending.forged else SECRET
    if sending.way == "get":
        query = query_of(sending.raw).replace(f"secret={SECRET}", f"secret={secret}")
        return running.ask(port, f"/hooks/{hook}?{query}")[0]
    headers = signed(sending.raw, secret) | {"Content-Type": "application/json"}
    return running.ask(port, f"/hooks/{hook}", method="POST", body=sending.raw, headers=headers)[0]


def signed(raw: bytes, secret: str) -> dict[str, str]:
    """What Meta, X and Telegram each put beside a body."""
    mac = hmac.digest(secret.encode(), raw, hashlib.sha256)
    return {
        "X-Hub-Signature-256": f"sha256={mac.hex()}",
        "X-Twitter-Webhooks-Signature": "sha256=" + base64.b64encode(mac).decode(),
        "X-Telegram-Bot-Api-Secret-Token": secret,
    }


class Centre:
    """A message centre that writes given units, byte by byte, and counts what was acknowledged."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.units: list[bytes] = []
        self.acknowledged = self._sent = 0
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def deliver(self, units: Sequence[bytes]) -> None:
        """Bring these, as soon as somebody is bound."""
        with self._lock:
            self.units += units
            self._write()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        if self._line:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join(20)
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self._server.accept()
                with line, suppress(OSError, struct.error):
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        while start := line.recv(16, socket.MSG_WAITALL):
            length, command, status, sequence = struct.unpack(">IIII", start)
            given = line.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
            with self._lock:
                if command in (0x80000005, 0x80000103):
                    self.acknowledged += status == 0
                elif command < 0x80000000:
                    body = self.answer(command, given)
                    line.sendall(
                        struct.pack(">IIII", 16 + len(body), command | 0x80000000, 0, sequence) + body
                    )
                    if command in BINDS:
                        self._line = line
                        self._write()

    def answer(self, command: int, given: bytes) -> bytes:
        """What stands in the answer to a unit of the other side."""
        return b"centre\0" if command in BINDS else b""

    def _write(self) -> None:
        for unit in self.units[self._sent :] if self._line else []:
            assert self._line is not None
            self._sent += 1
            self._line.sendall(unit[:12] + struct.pack(">I", self._sent) + unit[16:])


def told(ledger: str) -> dict[str, Any]:
    """The lines of `rabta ledger --json` by the account's name."""
    found = json.loads(ledger)
    return {"balanced": found["balanced"], "unattributed": found["unattributed"]} | {
        line["name"]: line for line in found["accounts"]
    }
