"""Handing a letter to the SMTP server: one connection for one letter, and a word on what became of it.

Until the end of the data nothing was taken, and trying again does no harm. Once all of it has left and the answer does
not come, nobody knows: then it is UNCERTAIN, and only a receipt or a person settles it.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import timedelta

import aiosmtplib
from aiosmtplib import SMTP

from rabta.channels import reach
from rabta.channels.contract import AccountFacts, Letter, Sent, Session, Trouble, TroubleCode
from rabta.channels.email import tokens
from rabta.channels.email.composing import compose
from rabta.channels.email.fields import Facts, secure_context, usable
from rabta.channels.email.reports import trouble_of
from rabta.channels.shapes import clean

PATIENCE, FOR_DATA = 20.0, 90.0  # seconds
GREYLISTED = timedelta(minutes=2)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


async def send(session: Session, account: AccountFacts, letter: Letter) -> Sent:
    """Hand one letter over. Raises Trouble, UNCERTAIN when it may have been taken."""
    facts = usable(account.values)
    message = compose(account, facts, letter)
    raw = message.as_bytes()
    client = await connected(facts, name=account.external_id)
    transport = client.transport
    try:
        await _envelope(client, facts, sender=account.external_id, to=letter.to, token=letter.token)
        await _data(client, raw, has_media=letter.media is not None)
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=2)
    finally:
        await hang_up(client, transport)
    return Sent(provider_id=str(message["Message-ID"]))


async def connected(facts: Facts, *, name: str) -> SMTP:
    """A connection that may send. Raises Trouble."""
    server = facts.smtp
    await asyncio.to_thread(reach.addresses, server.host, server.port)
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=False,
        tls_context=secure_context() if server.security != "none" else None,
        local_hostname=name.rpartition("@")[2] or "localhost",
        timeout=PATIENCE,
    )
    ready, transport = False, None
    try:
        await client.connect()
        transport = client.transport
        await client.ehlo()
        if server.security == "starttls":
            if not client.supports_extension("starttls"):  # or somebody on the way took it out
                raise Trouble(TroubleCode.CREDENTIALS, "the server offers no STARTTLS")
            await client.starttls()
            await client.ehlo()
        if client.supports_extension("auth"):
            await _log_in(client, facts)
        elif server.security != "none":
            raise Trouble(TroubleCode.CREDENTIALS, "the server offers no way to log in")
        ready = True
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was taken
        raise _before(error) from None
    finally:
        if not ready:
            await hang_up(client, client.transport or transport)
    return client


async def hang_up(client: SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Let the connection go at once: TLS would wait for the other side's goodbye, or stay open half way."""
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
        await asyncio.sleep(0)


async def _log_in(client: SMTP, facts: Facts) -> None:
    if facts.token_url:
        token = await asyncio.to_thread(tokens.access_token, facts)
        await client.auth_xoauth2(facts.username, token)
    else:
        await client.login(facts.username, facts.password)


async def _envelope(client: SMTP, facts: Facts, *, sender: str, to: str, token: str) -> None:
    """From whom and to whom. Where the server can, it is asked to tell what becomes of the letter (RFC 3461)."""
    tells = facts.receipts and client.supports_extension("dsn")
    mail, rcpt = ["RET=HDRS", f"ENVID={token}"] if tells else [], ["NOTIFY=SUCCESS,FAILURE"] if tells else []
    encoding = "ascii"
    if not to.isascii():
        if not client.supports_extension("smtputf8"):
            raise Trouble(TroubleCode.RECIPIENT, "the server takes no such address")
        mail, encoding = [*mail, "SMTPUTF8"], "utf-8"
    try:
        await client.mail(sender, options=mail, encoding=encoding)
        await client.rcpt(to, options=rcpt, encoding=encoding)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was taken
        raise _before(error) from None


async def _data(client: SMTP, raw: bytes, *, has_media: bool) -> None:
    try:
        await client.data(raw, timeout=FOR_DATA)
    except aiosmtplib.SMTPResponseException as error:  # a clear word: it was not taken
        raise refused(error.code, error.message, has_media=has_media) from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise Trouble(TroubleCode.UNCERTAIN, type(error).__name__) from None


def _before(error: Exception) -> Trouble:
    """What went wrong before the server can have taken anything."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        if 400 <= error.code < 500:
            return Trouble(TroubleCode.BUSY, _words(error.code, error.message), retry=True)
        tokens.forget()
        return Trouble(TroubleCode.CREDENTIALS, _words(error.code, error.message))
    if isinstance(error, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPRecipientRefused):
        is_sender = isinstance(error, aiosmtplib.SMTPSenderRefused)
        return refused(error.code, error.message, sender=is_sender)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return refused(error.code, error.message)
    cause = error.__cause__ or error.__context__
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLCertVerificationError):
        return Trouble(TroubleCode.CREDENTIALS, "no encrypted connection that can be trusted")
    return Trouble(TroubleCode.UNREACHABLE, type(error).__name__, retry=True)


def refused(code: int, message: str, *, sender: bool = False, has_media: bool = False) -> Trouble:
    """What an answer of the server means. Below 500 it may be otherwise in a while."""
    text = _words(code, message)
    if code in (530, 535, 538):
        return Trouble(TroubleCode.CREDENTIALS, text)
    if code < 500:
        return Trouble(TroubleCode.BUSY, text, retry=True, after=GREYLISTED)
    if code == 552 or "5.3.4" in message or "5.2.3" in message:
        return Trouble(TroubleCode.MEDIA if has_media else TroubleCode.REFUSED, text)
    if sender:
        return Trouble(TroubleCode.CREDENTIALS, text)  # this login may not send under this address
    status = _STATUS.search(message)
    if status:
        found = trouble_of(status[0])
        return Trouble(TroubleCode.REFUSED if found is TroubleCode.UNREACHABLE else found, text)
    return Trouble(TroubleCode.RECIPIENT if code in (550, 551, 553) else TroubleCode.REFUSED, text)


def _words(code: int, message: str) -> str:
    """The server's word, without the address that it may quote."""
    return clean(f"{code} {re.sub(r'[^ @<>]+@[^ @<>]+', '…', message)}").replace("\n", " ")[:200]
