"""Letters over SMTP, to `aiosmtpd`: what arrives, what is refused, and what nobody knows."""

import asyncio
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rabta.channels.contract import AccountFacts, Letter, Sent, Template, Trouble
from rabta.channels.email import fields, rate, send, tokens
from rabta.channels.email.fields import read_facts
from rabta.channels.fields import WrongField
from tests.peers.smtp import Server, smtp

TOKEN = "0b0c7c3e-5a55-4c5e-9a59-1f2e3d4c5b6a"
URDU = "آپ کی درخواست مل گئی ہے۔\nReference PRY-7K3M: https://police.example/s"


def account(port: int, **values: str) -> AccountFacts:
    given = {
        "username": "help", "password": "secret", "imap_host": "127.0.0.1", "smtp_host": "127.0.0.1",
        "smtp_port": str(port), "smtp_security": "none", "from_name": "Police, help desk",
    }  # fmt: skip
    return AccountFacts(external_id="help@police.example", values=given | values)


def hand_over(by: AccountFacts, **facts: Any) -> Sent:
    letter = Letter(**{"to": "mariam@example.org", "token": TOKEN, "text": "We have it.", **facts})
    return asyncio.run(send(None, by, letter))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def running_server() -> Iterator[tuple[Server, int]]:
    with smtp() as found:
        yield found


@pytest.fixture
def server(running_server: tuple[Server, int]) -> Server:
    found = running_server[0]
    found.taken.clear()
    found.refuse.clear()
    found.dies_after_data = False
    return found


@pytest.fixture
def here(running_server: tuple[Server, int]) -> AccountFacts:
    return account(running_server[1])


def arrived(server: Server) -> EmailMessage:
    ((_envelope, message),) = server.taken
    return message


def test_a_letter_names_itself_and_what_it_answers(server: Server, here: AccountFacts) -> None:
    sent = hand_over(here, in_reply_to="<a1@example.org> Motorcycle stolen")
    message = arrived(server)
    assert sent == Sent(provider_id=f"<rabta.{TOKEN}@police.example>")
    told = {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "In-Reply-To")}
    assert told == {
        "From": '"Police, help desk" <help@police.example>',
        "To": "mariam@example.org",
        "Subject": "Re: Motorcycle stolen",
        "Message-ID": sent.provider_id,
        "In-Reply-To": "<a1@example.org>",
    }
    assert message["References"] == "<a1@example.org>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message.get_content().splitlines() == ["We have it."]
    assert server.taken[0][0].rcpt_tos == ["mariam@example.org"]


def test_an_officers_letter_is_not_automatic_and_one_that_answers_nothing_is_neutral(
    server: Server, here: AccountFacts
) -> None:
    hand_over(here, personal=True)
    message = arrived(server)
    assert message["Subject"] == "Your message"
    assert "Auto-Submitted" not in message and "In-Reply-To" not in message


def test_urdu_finds_its_direction_and_nothing_in_it_is_markup(server: Server, here: AccountFacts) -> None:
    hand_over(here, text=f"{URDU}\n<b>&", in_reply_to="<a@b.example> چوری\r\nBcc: all@example.org")
    message = arrived(server)
    assert message.get_content_type() == "multipart/alternative"
    plain, page = (part.get_content() for part in message.iter_parts())
    assert plain.splitlines() == [*URDU.splitlines(), "<b>&"]
    assert page.count('<p dir="auto"') == 3 and "&lt;b&gt;&amp;" in page
    assert message["Subject"] == "Re: چوری Bcc: all@example.org" and "Bcc" not in message


def test_a_file_goes_with_the_words(server: Server, here: AccountFacts) -> None:
    hand_over(
        here, media=b"%PDF-1.4", media_kind="document", media_mime="application/pdf", media_name="چالان.pdf"
    )
    (file,) = arrived(server).iter_attachments()
    assert (file.get_content(), file.get_filename()) == (b"%PDF-1.4", "چالان.pdf")


@pytest.mark.parametrize(
    ("command", "answer", "code", "again"),
    [
        ("RCPT", "550 5.1.1 <mariam@example.org>: no such user", "recipient", False),
        ("RCPT", "550 no such user", "recipient", False),
        ("RCPT", "451 4.7.1 greylisted", "busy", True),
        ("RCPT", "554 5.7.1 refused by policy", "refused", False),
        ("MAIL", "553 5.7.1 sender not allowed", "credentials", False),
        ("MAIL", "421 4.3.2 going down", "busy", True),
        ("DATA", "552 5.3.4 too large", "refused", False),
        ("DATA", "452 4.3.1 full", "busy", True),
        ("DATA", "554 5.6.0 looks bad", "refused", False),
    ],
)
def test_what_the_server_says_is_understood(
    server: Server, here: AccountFacts, command: str, answer: str, code: str, again: bool
) -> None:
    server.refuse[command] = answer
    with pytest.raises(Trouble) as told:
        hand_over(here)
    assert (told.value.code, told.value.retry) == (code, again)
    assert "mariam" not in told.value.text, "nobody's address stands in a log"


def test_when_the_answer_is_lost_nobody_knows(server: Server, here: AccountFacts) -> None:
    server.dies_after_data = True
    with pytest.raises(Trouble) as told:
        hand_over(here)
    assert (told.value.code, told.value.retry) == ("uncertain", False)
    assert len(server.taken) == 1


def test_what_never_left_is_tried_again() -> None:
    with pytest.raises(Trouble) as told:
        hand_over(account(9))
    assert (told.value.code, told.value.retry) == ("unreachable", True)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"to": "+923001234567"}, "recipient"),
        ({"to": "a@b.example, c@d.example"}, "recipient"),
        ({"to": "a@b.example>\r\nRCPT TO:<c@d.example"}, "recipient"),
        ({"text": " "}, "template"),
        ({"template": Template(name="x", language="en")}, "template"),
    ],
)
def test_what_can_be_no_letter_does_not_leave(
    server: Server, here: AccountFacts, facts: dict[str, Any], code: str
) -> None:
    with pytest.raises(Trouble) as told:
        hand_over(here, **facts)
    assert told.value.code == code and not server.taken


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key."""
    from ipaddress import ip_address

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = (
        built.serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
    )
    signed = built.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, form, plain) + signed.public_bytes(pem))
    return file


def test_a_password_travels_encrypted_or_not_at_all(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate)
    with smtp(tls=ours) as (server, port):
        encrypted = account(port, smtp_security="starttls")
        with pytest.raises(Trouble) as told:  # nobody we know signed this certificate
            hand_over(encrypted)
        assert told.value.code == "credentials" and not server.logins
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("rabta.channels.email.sending.secure_context", lambda: trusting)
        hand_over(encrypted)
        assert server.logins == [("help", "secret")] and len(server.taken) == 1
        with pytest.raises(Trouble) as told:
            hand_over(account(port, smtp_security="starttls", password="wrong"))
        assert told.value.code == "credentials" and "wrong" not in told.value.text
    with smtp() as (plain, port), pytest.raises(Trouble) as told:
        hand_over(account(port, smtp_security="starttls"))  # somebody took STARTTLS out of its offer
    assert told.value.code == "credentials" and not plain.logins


class _Tokens(BaseHTTPRequestHandler):
    """Where access tokens come from."""

    asked: list[str] = []

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = "refresh_token=good" in self.asked[-1]
        body = (
            b'{"access_token": "good token", "expires_in": 3600}' if good else b'{"error": "invalid_grant"}'
        )
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        pass


def test_an_access_token_is_asked_for_once_and_used() -> None:
    tokens.forget()
    _Tokens.asked.clear()
    with smtp() as (server, port), ThreadingHTTPServer(("127.0.0.1", 0), _Tokens) as provider:
        thread = threading.Thread(target=provider.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{provider.server_port}/token"
        oauth = {"password": "", "token_url": url, "client_id": "us", "refresh_token": "good"}
        try:
            hand_over(account(port, **oauth))
            hand_over(account(port, **oauth))
            with pytest.raises(Trouble) as told:
                hand_over(account(port, **oauth | {"refresh_token": "revoked"}))
        finally:
            provider.shutdown()
            thread.join()
    assert told.value.code == "credentials"
    assert server.logins == [("help", "good token")] * 2
    assert len(_Tokens.asked) == 2 and "client_id=us" in _Tokens.asked[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("imap_host", ""), ("smtp_host", "a b"), ("smtp_port", "0"), ("imap_port", "x"), ("imap_security", "maybe"),
        ("afterwards", "delete"), ("per_second", "1000"), ("password", ""),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(name: str, value: str) -> None:
    with pytest.raises(WrongField, match=name):
        read_facts({**account(25).values, name: value})


def test_nothing_goes_unencrypted_to_another_machine() -> None:
    with pytest.raises(WrongField, match="smtp_security"):
        read_facts(account(25).values | {"smtp_host": "mail.example.org"})
    assert rate(account(25, per_second="20")) == 20
    assert {field.name for field in fields.FIELDS if field.secret} == {
        "password", "client_secret", "refresh_token",
    }  # fmt: skip
