"""The gateway: takes the providers' hooks, checks who signs, and answers 200 when the journal has them on disk.

A process of its own, without Django's handlers: RSGI under Granian, a few connections of its own, nothing parsed.
`/hooks/<word>` GET (handshake, or what a provider brings by GET) and POST, `/health`, `/metrics`.
"""

import asyncio
import logging
import re
import signal
from urllib.parse import parse_qsl

import orjson
import uvloop
from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.rsgi import HTTPProtocol, Scope
from granian.server.embed import Server

from rabta.channels.contract import HookRequest
from rabta.intake import metrics
from rabta.intake.hooks import Hook, Hooks
from rabta.intake.line import Unavailable
from rabta.intake.patience import Patience
from rabta.intake.writer import JournalWriter

LARGEST = 4 * 1024 * 1024
DRAINED = (
    32 * 1024 * 1024
)  # of a body that is too large, so that its sender reads our answer instead of a reset
BODY_SECONDS = 30.0
STOP_SECONDS = 8.0
NOSNIFF = ("x-content-type-options", "nosniff")
TEXT, JSON = (
    [("content-type", "text/plain; charset=utf-8"), NOSNIFF],
    [("content-type", "application/json"), NOSNIFF],
)
Form = list[tuple[str, str]]  # the headers of an answer
HOOK, LENGTH = re.compile(r"/hooks/([0-9a-z]{1,40})/?"), re.compile(r"\d{1,18}")
log = logging.getLogger(__name__)
COUNTED = {status: metrics.ANSWERS.labels(str(status)) for status in (200, 400, 403, 404, 405, 408, 413, 503)}


class Refusal(Exception):
    """An answer other than 200, with a word for the provider's log."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status, self.word = status, word


class Gateway:
    """The RSGI application."""

    def __init__(self) -> None:
        self.hooks = Hooks()
        self.journal = JournalWriter()
        self.bodies = Patience(BODY_SECONDS)
        self.open_requests = 0

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request. Whatever goes wrong inside is a 503, so that the provider comes again."""
        self.open_requests += 1
        form = TEXT
        try:
            status, text, form = await self._answer(scope, protocol)
        except Refusal as refusal:
            status, text = refusal.status, refusal.word
        except Unavailable:
            status, text = 503, "not now"
        except Exception:
            log.exception("a request failed")
            status, text = 503, "not now"
        finally:
            self.open_requests -= 1
        COUNTED[status].inc()
        protocol.response_str(status, form, text)

    async def _answer(self, scope: Scope, protocol: HTTPProtocol) -> tuple[int, str, Form]:
        match = HOOK.fullmatch(scope.path)
        if match is None:
            return 200, await self._other(scope.path), TEXT
        if scope.method not in ("GET", "POST"):
            raise Refusal(405, "GET or POST")
        hook = await self.hooks.find(match[1])
        if hook is None:
            raise Refusal(404, "no such hook")
        if scope.method == "GET" and not hook.channel.by_get:
            return 200, _handshake(scope, hook), JSON if hook.channel.handshake_json else TEXT
        body = _brought_by_get(scope) if scope.method == "GET" else await self._body(scope, protocol)
        self._verify(scope, hook, body)
        await self.journal.append(hook.credential, body)
        return 200, "", TEXT

    def _verify(self, scope: Scope, hook: Hook, body: bytes) -> None:
        """403 unless the provider signed these bytes; only a counter remembers it."""
        assert hook.channel.verify is not None
        request = HookRequest(headers=scope.headers, query=_query(scope), body=body)
        if not hook.channel.verify(request, hook.secrets):
            self.hooks.refuse(hook)
            raise Refusal(403, "wrong signature")

    async def _body(self, scope: Scope, protocol: HTTPProtocol) -> bytes:
        """The whole body; 413 when it is too large, 408 when it does not come, 400 when it is cut off."""
        announced = scope.headers.get("content-length", "")
        length = int(announced) if LENGTH.fullmatch(announced) else None
        fits = length is not None and length <= LARGEST
        try:
            body = await self.bodies.within(protocol() if fits else _pieces(protocol))
        except TimeoutError:
            raise Refusal(408, "the body did not come") from None
        except RuntimeError:  # granian's, for a connection that was closed
            raise Refusal(400, "the body was cut off") from None
        if length is not None and len(body) != length:
            raise Refusal(400, "the body was cut off")
        return body

    async def _other(self, path: str) -> str:
        if path == "/metrics":
            return metrics.page().decode()
        if path != "/health":
            raise Refusal(404, "nothing here")
        if not self.hooks.fresh:
            raise Refusal(503, "the database was not reached lately")
        return "ok"


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope.query_string, keep_blank_values=True)) if scope.query_string else {}


def _brought_by_get(scope: Scope) -> bytes:
    """What the journal keeps of a GET: the query as it came."""
    return orjson.dumps({"query": scope.query_string})


def _handshake(scope: Scope, hook: Hook) -> str:
    """What the provider wants to hear when it is given the hook's address."""
    word = hook.channel.handshake(_query(scope), hook.secrets) if hook.channel.handshake else None
    if word is None:
        raise Refusal(403, "refused")
    return word


async def _pieces(protocol: HTTPProtocol) -> bytes:
    """A body of unknown or too great length; what goes beyond the limit is read and dropped."""
    pieces, size = [], 0
    async for piece in protocol:
        size += len(piece)
        if size <= LARGEST:
            pieces.append(piece)
        elif size > DRAINED:
            break
    if size > LARGEST:
        raise Refusal(413, "too large")
    return b"".join(pieces)


async def serve() -> None:
    """Run until SIGTERM or SIGINT; then take no more, finish what is in flight, and end."""
    gateway = Gateway()
    server = Server(
        gateway,
        address=settings.BIND,
        port=settings.PORT + 1,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        backlog=1024,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    gateway.hooks.start()
    gateway.journal.start()
    watch = asyncio.create_task(gateway.bodies.watch())
    await server.serve()
    async with asyncio.timeout(STOP_SECONDS):
        while gateway.open_requests:
            await asyncio.sleep(0.01)
    watch.cancel()
    await gateway.journal.stop()
    await gateway.hooks.stop()


def run() -> None:
    """`rabta gateway`."""
    logging.getLogger("_granian").setLevel(logging.ERROR)  # its warning that an embedded server is new
    uvloop.run(serve())
