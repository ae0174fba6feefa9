"""What is asked when an SMPP account is connected, and what it means for its binds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Field, Limits
from rabta.channels.fields import WrongField, host, number, one_of, yes
from rabta.channels.sms.pdu import Address, Command
from rabta.rules import dlt
from rabta.rules.dlt import Registered, template_of

BINDS = {"trx": Command.BIND_TRANSCEIVER, "tx": Command.BIND_TRANSMITTER, "rx": Command.BIND_RECEIVER}
TEMPLATE_ID = 0x1401
LONG = ("udh", "sar", "payload")

LIMITS = Limits(text_length=1530, per_second=20)

FIELDS = (
    Field(name="password", label=_("Password"), secret=True),
    Field(name="system_id", label=_("User name (system_id)")),
    Field(name="host", label=_("Host of the message centre"), fixed=True),
    Field(name="port", label=_("Port"), fixed=True),
    Field(name="tls", label=_("Encrypted (TLS)"), required=False, choices=(("no", _("No")), ("yes", _("Yes")))),
    Field(
        name="binds", label=_("Connections"), required=False,
        help=_("A word for each: trx sends and receives (the default), tx only sends, rx only receives."),
    ),
    Field(name="system_type", label=_("Type of system (system_type)"), required=False),
    Field(
        name="per_second", label=_("Messages a second"), required=False,
        help=_("On each connection, as agreed with the provider; 20 if left empty."),
    ),
    Field(
        name="window", label=_("Unanswered messages at most"), required=False,
        help=_("On each connection, as agreed with the provider; 10 if left empty."),
    ),
    Field(
        name="sender", label=_("Sender that people see"), required=False,
        help=_("A number, short code or name; the id of the account if left empty."),
    ),
    Field(
        name="sender_type", label=_("Type and plan of the sender"), required=False,
        help=_("Two numbers such as 5/0, if the provider asks for them."),
    ),
    Field(
        name="long_messages", label=_("How long messages are sent"), required=False,
        choices=(("udh", _("with a header (UDH)")), ("sar", _("with parameters (SAR)")),
                 ("payload", _("whole (message_payload)"))),
    ),
    Field(
        name="alphabet", label=_("Default alphabet of the message centre"), required=False,
        choices=(("gsm", "GSM-7"), ("latin", "Latin-1"), ("utf8", "UTF-8")),
    ),
    Field(
        name="message_ids", label=_("How message ids are written"), required=False,
        choices=(("same", _("the same everywhere")), ("hex/dec", _("hexadecimal in answers, decimal in receipts")),
                 ("dec/hex", _("decimal in answers, hexadecimal in receipts"))),
    ),
    Field(
        name="parameters", label=_("Further parameters of each message"), required=False,
        help=_("As the provider asks, for example in India: 1400=entity id; 1401=template id."),
    ),
    Field(
        name="registered_texts", label=_("Registered texts (India, DLT)"), required=False, lines=True,
        help=_(
            "One template a line: its id, =, its text with {#var#}. Each message then carries the id of its template "
            "(parameter 1401), and what fits none is not sent."
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An SMPP account, read and checked."""

    host: str
    port: int
    tls: bool
    system_id: str
    password: str
    system_type: str
    binds: tuple[Command, ...]
    per_second: int
    window: int
    long_messages: str
    alphabet: str
    hex_answers: bool
    hex_receipts: bool
    tlvs: Mapping[int, bytes]
    registered: tuple[Registered, ...]

    def tlvs_for(self, text: str) -> Mapping[int, bytes]:
        """The further parameters of a message. Raises LookupError for a text that had to be registered and is not."""
        if not self.registered:
            return self.tlvs
        id = template_of(text, self.registered)
        if id is None:
            raise LookupError(text)
        return {**self.tlvs, TEMPLATE_ID: id.encode() + b"\0"}


def read_facts(values: Mapping[str, str]) -> Facts:
    """The facts behind the fields. Raises WrongField."""
    ids = values.get("message_ids") or ""
    source_of(values, external_id="0")
    return Facts(
        host=host(values, "host"),
        port=number(values, "port", 2775, most=65535),
        tls=yes(values, "tls", otherwise=False),
        system_id=values.get("system_id", ""),
        password=values.get("password", ""),
        system_type=values.get("system_type", ""),
        binds=tuple(BINDS[word] for word in _words(values)),
        per_second=number(values, "per_second", LIMITS.per_second, most=99_999),
        window=number(values, "window", 10, most=99_999),
        long_messages=one_of(values, "long_messages", LONG),
        alphabet=one_of(values, "alphabet", ("gsm", "latin", "utf8")),
        hex_answers=ids == "hex/dec",
        hex_receipts=ids == "dec/hex",
        tlvs=_tlvs(values.get("parameters", "")),
        registered=_registered(values.get("registered_texts", "")),
    )


def accepts(account: AccountFacts) -> None:
    """WrongField for what no connection could be made of."""
    read_facts(account.values)
    source_of(account.values, external_id=account.external_id)


def rate(account: AccountFacts) -> int:
    """Letters a second over all connections of an account."""
    try:
        facts = read_facts(account.values)
    except WrongField:
        return LIMITS.per_second
    return facts.per_second * max(1, sum(bind != Command.BIND_RECEIVER for bind in facts.binds))


def _words(values: Mapping[str, str]) -> list[str]:
    words = re.split(r"[\s,;+]+", (values.get("binds") or "trx").strip().casefold())
    if not set(words) <= BINDS.keys() or len(words) > 20:
        raise WrongField("binds")
    return words


def source_of(values: Mapping[str, str], *, external_id: str) -> Address:
    """The sender that people see: a name (type 5), a full number (international), or a short code.

    Raises WrongField.
    """
    sender = (values.get("sender") or external_id).strip()
    if given := values.get("sender_type"):
        found = re.fullmatch(r"\s*([0-9]{1,2})\s*[/.,]\s*([0-9]{1,2})\s*", given)
        if found is None:
            raise WrongField("sender_type")
        return Address(number=sender.removeprefix("+"), ton=int(found[1]), npi=int(found[2]))
    digits = sender.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return Address(number=sender, ton=5, npi=0)
    return Address(number=digits, ton=1, npi=1) if len(digits) > 8 else Address(number=digits, ton=0, npi=1)


def _registered(lines: str) -> tuple[Registered, ...]:
    try:
        return tuple(dlt.read(lines))
    except ValueError:
        raise WrongField("registered_texts") from None


def _tlvs(text: str) -> dict[int, bytes]:
    """`1400=value; 1401=value`: tags in hexadecimal, values as text that ends with NUL, or `0x…` as they stand."""
    found: dict[int, bytes] = {}
    for line in filter(None, (line.strip() for line in re.split(r"[;\n]", text))):
        pair = re.fullmatch(r"(?:0x)?([0-9A-Fa-f]{4})\s*[=:]\s*(\S.{0,250})", line)
        if pair is None:
            raise WrongField("parameters")
        value = pair[2].strip()
        raw = re.fullmatch(r"0x((?:[0-9A-Fa-f]{2})+)", value)
        found[int(pair[1], 16)] = bytes.fromhex(raw[1]) if raw else value.encode() + b"\0"
    return found
