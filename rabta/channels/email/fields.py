"""What is asked when a mailbox is connected, and what it means for its two connections: IMAP in, SMTP out."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Field, Limits, Trouble, TroubleCode

MB = 1024 * 1024
LARGEST = 40 * MB  # of a message as it travels; of a larger one only the beginning is taken
LIMITS = Limits(
    text_length=20_000,
    per_second=5,
    media_bytes={"image": 10 * MB, "audio": 10 * MB, "video": 18 * MB, "document": 18 * MB},
)
SECURE = ("tls", "starttls", "none")
AFTERWARDS = ("read", "move", "leave")

FIELDS = (
    Field(
        name="password", label=_("Password"), secret=True, required=False,
        help=_("Of the mailbox, or an app password. Empty when access tokens are used."),
    ),
    Field(name="username", label=_("User name"), help=_("Often the address of the mailbox.")),
    Field(name="imap_host", label=_("IMAP server"), fixed=True),
    Field(name="imap_port", label=_("Port of the IMAP server"), required=False, fixed=True,
          help=_("993 if left empty.")),
    Field(name="imap_security", label=_("How IMAP is encrypted"), required=False, fixed=True,
          help=_("tls (the default), starttls, or none, which is allowed on this machine only.")),
    Field(name="smtp_host", label=_("SMTP server"), fixed=True),
    Field(name="smtp_port", label=_("Port of the SMTP server"), required=False, fixed=True,
          help=_("587 if left empty.")),
    Field(name="smtp_security", label=_("How SMTP is encrypted"), required=False, fixed=True,
          help=_("starttls (the default), tls, or none, which is allowed on this machine only.")),
    Field(name="folder", label=_("Folder that is read"), required=False, help=_("INBOX if left empty.")),
    Field(
        name="afterwards", label=_("What becomes of a message that was taken"), required=False,
        help=_("read (marked as read, the default), move (into the folder below) or leave. None is ever deleted."),
    ),
    Field(name="move_to", label=_("Folder for what was taken"), required=False,
          help=_("Rabta if left empty; it is made when it is not there.")),
    Field(name="from_name", label=_("Sender's name that people see"), required=False),
    Field(
        name="subject", label=_("Subject of a letter that answers nothing"), required=False,
        help=_("Everybody who looks over a shoulder reads it. “Your message” if left empty."),
    ),
    Field(
        name="receipts", label=_("Ask for receipts"), required=False,
        help=_("yes (the default) or no: whether servers are asked to say that a letter was delivered."),
    ),
    Field(
        name="authserv_id", label=_("Name of the server that checks senders"), required=False,
        help=_("As your own server writes it first in Authentication-Results. Empty: its word is not looked for."),
    ),
    Field(name="per_second", label=_("Messages a second"), required=False, help=_("5 if left empty.")),
    Field(
        name="token_url", label=_("Address for access tokens (OAuth)"), required=False, fixed=True,
        help=_("For Google https://oauth2.googleapis.com/token, for Microsoft https://login.microsoftonline.com/"
               "TENANT/oauth2/v2.0/token. Empty when a password is used."),
    ),
    Field(name="client_id", label=_("Client id (OAuth)"), required=False),
    Field(name="client_secret", label=_("Client secret (OAuth)"), required=False, secret=True),
    Field(
        name="refresh_token", label=_("Refresh token (OAuth)"), required=False, secret=True,
        help=_("Empty: the client's own right is used (client credentials)."),
    ),
    Field(name="scope", label=_("Scope (OAuth)"), required=False,
          help=_("As the provider asks, for Microsoft https://outlook.office365.com/.default.")),
)  # fmt: skip


class WrongField(ValueError):
    """A field holds something that it can't; the text names the field."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where one of the two connections goes."""

    host: str
    port: int
    security: str  # tls, starttls, none


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A mailbox, read and checked."""

    imap: Server
    smtp: Server
    username: str
    password: str
    folder: str
    afterwards: str
    move_to: str
    from_name: str
    subject: str
    receipts: bool
    servers: tuple[str, ...]
    per_second: int
    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str
    scope: str


def read_facts(values: Mapping[str, str]) -> Facts:
    """The facts behind the fields. Raises WrongField."""

    def word(name: str, otherwise: str = "") -> str:
        return (values.get(name) or "").strip() or otherwise

    facts = Facts(
        imap=_server(values, "imap", 993, "tls"),
        smtp=_server(values, "smtp", 587, "starttls"),
        username=word("username"),
        password=values.get("password") or "",
        folder=word("folder", "INBOX"),
        afterwards=_one_of(values, "afterwards", AFTERWARDS),
        move_to=word("move_to", "Rabta"),
        from_name=word("from_name"),
        subject=word("subject", "Your message"),
        receipts=word("receipts", "yes").casefold() in ("yes", "1", "true"),
        servers=tuple(word("authserv_id").casefold().replace(",", " ").split()),
        per_second=_number(values, "per_second", LIMITS.per_second, most=100),
        **{
            name: word(name) for name in ("token_url", "client_id", "client_secret", "refresh_token", "scope")
        },
    )
    if not (facts.password or facts.token_url):
        raise WrongField("password")
    return facts


def usable(values: Mapping[str, str]) -> Facts:
    """The same for sending and testing: a wrong field is the administrator's trouble. Raises Trouble."""
    try:
        return read_facts(values)
    except WrongField as error:
        raise Trouble(TroubleCode.CREDENTIALS, f"the field {error} can't be used") from None


def secure_context() -> ssl.SSLContext:
    """TLS as it should be: the certificate must be the server's."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_here(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _server(values: Mapping[str, str], name: str, port: int, security: str) -> Server:
    host = (values.get(f"{name}_host") or "").strip()
    if not host or any(letter.isspace() or letter in "/@" for letter in host):
        raise WrongField(f"{name}_host")
    chosen = (values.get(f"{name}_security") or security).strip().casefold()
    if chosen not in SECURE or (chosen == "none" and not is_here(host)):
        raise WrongField(f"{name}_security")
    return Server(host=host, port=_number(values, f"{name}_port", port, most=65535), security=chosen)


def _number(values: Mapping[str, str], name: str, otherwise: int, *, most: int) -> int:
    given = (values.get(name) or "").strip()
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= most):
        raise WrongField(name)
    return int(given)


def _one_of(values: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    given = (values.get(name) or words[0]).strip().casefold()
    if given not in words:
        raise WrongField(name)
    return given
