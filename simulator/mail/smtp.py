"""SMTP (`aiosmtpd`) for what the force sends: whoever logs in may write, and only to people who exist."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from simulator.mail.office import Office

logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of what it will drop one day


class Handler:
    """What is done with a letter."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only to people whom somebody entered."""
        if not session.authenticated:
            return "530 5.7.0 log in first"
        if not self._office.knows(address):
            return "550 5.1.1 nobody has this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Put it where the person sees it."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        for address in envelope.rcpt_tos:
            self._office.take(raw, sender=envelope.mail_from or "", to=address)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """The same login as for reading."""
        good = isinstance(data, LoginPassword) and self._office.login(
            data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")
        )
        return AuthResult(success=good, handled=False)


async def serve(office: Office, *, port: int) -> asyncio.Server:
    """Listen on this machine."""
    handler = Handler(office)

    def connection() -> SMTP:
        return SMTP(
            handler, hostname="simulator", authenticator=handler.authenticate, auth_require_tls=False,
            data_size_limit=45_000_000, enable_SMTPUTF8=True,
        )  # fmt: skip

    return await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port)
