"""The mailbox over IMAP: what is new, one message at a time, and a mark on what was taken. Blocking: for a thread.

Messages are known by UIDVALIDITY and UID (RFC 3501, 2.3.1.1). Nothing is deleted here, and nothing marked before
somebody says that it is durable.
"""

import imaplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from rabta.channels import reach
from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.email import tokens
from rabta.channels.email.fields import LARGEST, Facts, secure_context

CONNECT, ANSWER = 15.0, 60.0  # seconds
OF_THE_LARGE = 256 * 1024  # bytes of a message that is too large
IDLE_AT_MOST = 25 * 60.0  # servers end it after thirty minutes
LOOK_EVERY = 15.0  # where the server has no IDLE
_SEEN = b"\\Seen"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A message as it lies there."""

    uid: int
    raw: bytes
    at: datetime  # when it came into the mailbox
    cut: bool  # only its beginning: it is too large


class Inbox:
    """One folder, open for as long as the context lasts. Every method may raise Trouble."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._client = _connected(facts)
        try:
            with _told("the folder"):
                chosen = self._client.select_folder(facts.folder)
        except BaseException:
            self._hang_up()
            raise
        self.validity = int(chosen.get(b"UIDVALIDITY", 0))
        self.next_uid = int(chosen.get(b"UIDNEXT", 0))
        self._can_idle = bool(self._client.has_capability("IDLE"))

    def __enter__(self) -> "Inbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if kind is None:
            with suppress(Exception):
                self._client.logout()
                return
        self._hang_up()

    def _hang_up(self) -> None:
        with suppress(Exception):
            self._client.shutdown()

    def after(self, uid: int) -> list[int]:
        """The UIDs above this one, ascending."""
        with _told("a search"):
            found = self._client.search(
                ["UID", f"{uid + 1}:*"]
            )  # `*` is the last one even when it lies below
        return sorted(one for one in found if one > uid)

    def since(self, day: datetime) -> list[int]:
        """The UIDs of what came since that day, ascending."""
        with _told("a search"):
            return sorted(self._client.search(["SINCE", day.date()]))

    def fetch(self, uid: int) -> Found | None:
        """The message, not marked as read; None when somebody took it away meanwhile."""
        with _told("a message"):
            known = self._client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
            if not known:
                return None
            cut = int(known.get(b"RFC822.SIZE", 0)) > LARGEST
            part = f"BODY.PEEK[]<0.{OF_THE_LARGE}>" if cut else "BODY.PEEK[]"
            answer = self._client.fetch([uid], [part]).get(uid, {})
        raw = next((value for name, value in answer.items() if name.startswith(b"BODY[")), None)
        if not isinstance(raw, bytes):
            return None
        at = known.get(b"INTERNALDATE")
        return Found(uid=uid, raw=raw, at=at if isinstance(at, datetime) else datetime.now(UTC), cut=cut)

    def settle(self, uids: Sequence[int]) -> None:
        """These were taken and are durable with us: mark or move them, as the mailbox says."""
        wanted = list(uids)
        if not wanted or self._facts.afterwards == "leave":
            return
        with _told("a mark"):
            self._client.add_flags(wanted, [_SEEN], silent=True)
            if self._facts.afterwards == "move":
                self._move(wanted)

    def wait(self, seconds: float, *, stop: Callable[[], bool]) -> None:
        """Return when something may have come, when the time is over, or when `stop` says so."""
        until = time.monotonic() + min(seconds, IDLE_AT_MOST if self._can_idle else LOOK_EVERY)
        if not self._can_idle:
            while not stop() and time.monotonic() < until:
                time.sleep(0.25)
            with _told("a look"):
                self._client.noop()
            return
        with _told("waiting"):
            self._client.idle()
            quick = 0  # a connection that was closed reads as nothing, again and again
            while not stop() and time.monotonic() < until:
                asked = time.monotonic()
                answers = self._client.idle_check(timeout=0.5)
                if any(len(one) > 1 and one[1] == b"EXISTS" for one in answers):
                    break
                quick = quick + 1 if not answers and time.monotonic() - asked < 0.25 else 0
                if quick > 5:
                    raise imaplib.IMAP4.abort("the server went away")
            self._client.idle_done()

    def _move(self, uids: list[int]) -> None:
        folder = self._facts.move_to
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
        elif self._client.has_capability(
            "UIDPLUS"
        ):  # else expunging would take what somebody else has marked
            self._client.copy(uids, folder)
            self._client.delete_messages(uids, silent=True)
            self._client.uid_expunge(uids)


def _connected(facts: Facts) -> IMAPClient:
    """Logged in. Raises Trouble."""
    server = facts.imap
    reach.addresses(server.host, server.port)
    with _told("the connection"):
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security == "tls",
            ssl_context=secure_context() if server.security == "tls" else None,
            timeout=SocketTimeout(CONNECT, ANSWER),
        )
    try:
        with _told("the login"):
            client.normalise_times = False
            if server.security == "starttls":
                client.starttls(secure_context())
            if facts.token_url:
                client.oauth2_login(facts.username, tokens.access_token(facts))
            else:
                client.login(facts.username, facts.password)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    return client


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Whatever goes wrong within becomes Trouble, which says what was being done."""
    try:
        yield
    except LoginError:
        tokens.forget()
        raise Trouble(TroubleCode.CREDENTIALS, f"IMAP: {what} was refused") from None
    except (ssl.SSLCertVerificationError, CapabilityError):
        raise Trouble(TroubleCode.CREDENTIALS, "IMAP: no encrypted connection that can be trusted") from None
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Trouble(TroubleCode.UNREACHABLE, f"IMAP: {what}: {type(error).__name__}", retry=True) from None
    except (IMAPClientError, imaplib.IMAP4.error):
        raise Trouble(TroubleCode.REFUSED, f"IMAP: {what} was refused") from None


def begins(now: datetime) -> datetime:
    """From when on a mailbox is read that was connected just now: what lies in it from earlier stays there."""
    return now - timedelta(days=1)
