"""What is asked when a mailbox is connected, and what it means for its two connections: IMAP in, SMTP out."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Field, Limits, Trouble, TroubleCode
from rabta.channels.fields import WrongField, host, number, one_of, word, yes

MB = 1024 * 1024
LARGEST = 40 * MB  # of a message as it travels; of a larger one only the beginning is taken
LIMITS = Limits(
    text_length=20_000,
    per_second=5,
    media_bytes={"image": 10 * MB, "audio": 10 * MB, "video": 18 * MB, "document": 18 * MB},
)
SECURE = ("tls", "starttls", "none")
AFTERWARDS = ("read", "move", "leave")
SECURE_WORDS = {
    "tls": _("TLS from the first byte"),
    "starttls": _("STARTTLS"),
    "none": _("not at all, which is allowed on this machine only"),
}
YES_OR_NO = (("yes", _("Yes")), ("no", _("No")))

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
          choices=tuple((word, SECURE_WORDS[word]) for word in ("tls", "starttls", "none"))),
    Field(name="smtp_host", label=_("SMTP server"), fixed=True),
    Field(name="smtp_port", label=_("Port of the SMTP server"), required=False, fixed=True,
          help=_("587 if left empty.")),
    Field(name="smtp_security", label=_("How SMTP is encrypted"), required=False, fixed=True,
          choices=tuple((word, SECURE_WORDS[word]) for word in ("starttls", "tls", "none"))),
    Field(name="folder", label=_("Folder that is read"), required=False, help=_("INBOX if left empty.")),
    Field(
        name="afterwards", label=_("What becomes of a message that was taken"), required=False,
        help=_("None is ever deleted."),
        choices=(("read", _("It is marked as read")), ("move", _("It moves into the folder below")),
                 ("leave", _("Nothing"))),
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
        help=_("Whether servers are asked to say that a letter was delivered."), choices=YES_OR_NO,
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
    facts = Facts(
        imap=_server(values, "imap", 993, "tls"),
        smtp=_server(values, "smtp", 587, "starttls"),
        username=word(values, "username"),
        password=values.get("password") or "",
        folder=word(values, "folder", "INBOX"),
        afterwards=one_of(values, "afterwards", AFTERWARDS),
        move_to=word(values, "move_to", "Rabta"),
        from_name=word(values, "from_name"),
        subject=word(values, "subject", "Your message"),
        receipts=yes(values, "receipts", otherwise=True),
        servers=tuple(word(values, "authserv_id").casefold().replace(",", " ").split()),
        per_second=number(values, "per_second", LIMITS.per_second, most=100),
        **{
            name: word(values, name)
            for name in ("token_url", "client_id", "client_secret", "refresh_token", "scope")
        },
    )
    if not (facts.password or facts.token_url):
        raise WrongField("password")
    return facts


def accepts(account: AccountFacts) -> None:
    """WrongField for what no mailbox could be."""
    read_facts(account.values)
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", account.external_id):
        raise WrongField("external_id", _("The e-mail address itself."))


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
    machine = host(values, f"{name}_host")
    if not machine:
        raise WrongField(f"{name}_host")
    chosen = one_of(values, f"{name}_security", SECURE, otherwise=security)
    if chosen == "none" and not is_here(machine):
        raise WrongField(f"{name}_security")
    return Server(host=machine, port=number(values, f"{name}_port", port, most=65535), security=chosen)
