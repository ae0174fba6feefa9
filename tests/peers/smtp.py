"""An SMTP server (`aiosmtpd`) that tests command: it takes letters, refuses them, or dies at a chosen place."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests import running


class Server:
    """What came, and how it behaves. `refuse` maps a command to the answer it gets."""

    def __init__(self) -> None:
        self.taken: list[tuple[Envelope, EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.dies_after_data = False
        self.logins: list[tuple[str, str]] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.append((envelope, message_from_bytes(raw, policy=policy.default)))
        if self.dies_after_data:
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if mechanism == "XOAUTH2":
            name, _, token = data.decode().removeprefix("user=").partition("\x01auth=Bearer ")
            self.logins.append((name, token.rstrip("\x01")))
            return AuthResult(success=token.rstrip("\x01") == "good token")
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"secret", handled=False)


class _Smtp(SMTP):
    """Answers XOAUTH2 as Google does: the word comes with the command."""

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:
        import base64

        return self._authenticate("XOAUTH2", base64.b64decode(args[1]))


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Smtp(self.handler, **self.SMTP_kwargs)


@contextmanager
def smtp(*, tls: ssl.SSLContext | None = None) -> Iterator[tuple[Server, int]]:
    """A running server and its port; with `tls` it offers STARTTLS."""
    server = Server()
    port = running.free_ports()
    controller = _Controller(
        server, hostname="127.0.0.1", port=port, tls_context=tls, auth_require_tls=False,
        authenticator=server.authenticate, enable_SMTPUTF8=True,
    )  # fmt: skip
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()
