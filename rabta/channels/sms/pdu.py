"""SMPP 3.4 on the wire: the few commands that a client needs, taken apart and put together.

Source: Short Message Peer to Peer Protocol Specification v3.4, sections 3 to 5. Nothing that came is believed:
whatever has not the shape that it should have is a `Broken`.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from rabta.channels.shapes import Misshapen

HEADER = struct.Struct(">IIII")
RESPONSE = 0x80000000
LARGEST = 70_000  # a message_payload has 64 KB at most


class Command(IntEnum):
    """Commands that are understood."""

    NACK = 0x80000000
    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    ALERT = 0x102
    DATA_SM = 0x103


class Status(IntEnum):
    """Answers that something depends on; all others are numbers."""

    OK = 0x00
    INVALID_LENGTH = 0x02
    INVALID_COMMAND = 0x03
    NOT_BOUND = 0x04
    ALREADY_BOUND = 0x05
    SYSTEM_ERROR = 0x08
    INVALID_SOURCE = 0x0A
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TRY_LATER = 0x64  # ESME_RX_T_APPN: the client can't now
    REFUSED = 0x65  # ESME_RX_P_APPN


class Tlv(IntEnum):
    """Optional parameters that are read or written."""

    USER_MESSAGE_REFERENCE = 0x0204
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    RECEIPTED_ID = 0x001E
    PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Broken(Misshapen):
    """Not a PDU, or not one of its kind."""


@dataclass(frozen=True, kw_only=True)
class Pdu:
    """One unit as it came."""

    command: int
    status: int
    sequence: int
    body: bytes

    @property
    def is_response(self) -> bool:
        """Whether it answers one of ours."""
        return bool(self.command & RESPONSE)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A number with its type and plan."""

    number: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """What submit_sm, deliver_sm and data_sm carry."""

    source: Address
    destination: Address
    esm_class: int = 0
    data_coding: int = 0
    data: bytes = b""
    registered: int = 0
    tlvs: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        """The message, wherever it stands."""
        return self.data or self.tlvs.get(Tlv.PAYLOAD, b"")


def pack(command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> bytes:
    """A unit with its header."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def unpack(raw: bytes) -> Pdu:
    """A whole unit. Raises Broken when its length is not that of the bytes."""
    if len(raw) < HEADER.size:
        raise Broken("shorter than a header")
    length, command, status, sequence = HEADER.unpack_from(raw)
    if length != len(raw):
        raise Broken("another length than announced")
    return Pdu(command=command, status=status, sequence=sequence, body=raw[HEADER.size :])


class _Reader:
    """Takes fields off a body, one after the other."""

    def __init__(self, body: bytes) -> None:
        self.body, self.at = body, 0

    def byte(self) -> int:
        if self.at >= len(self.body):
            raise Broken("a field is missing")
        self.at += 1
        return self.body[self.at - 1]

    def text(self, most: int) -> str:
        """A text that ends with NUL. Some centres write more than the specification allows: twice as much is taken."""
        end = self.body.find(b"\0", self.at, self.at + 2 * most + 1)
        if end < 0:
            raise Broken("a text without end")
        found = self.body[self.at : end].decode("latin-1")
        self.at = end + 1
        return found

    def octets(self, length: int) -> bytes:
        if self.at + length > len(self.body):
            raise Broken("shorter than announced")
        self.at += length
        return self.body[self.at - length : self.at]

    def tlvs(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self.at < len(self.body):
            tag, length = struct.unpack(">HH", self.octets(4))
            found.setdefault(tag, self.octets(length))
        return found


def read_message(pdu: Pdu) -> Message:
    """The message in a deliver_sm, submit_sm or data_sm. Raises Broken."""
    reader = _Reader(pdu.body)
    reader.text(6)  # service_type
    source, destination = _address(reader), _address(reader)
    esm_class, coding, data, registered = reader.byte(), 0, b"", 0
    if pdu.command == Command.DATA_SM:
        registered, coding = reader.byte(), reader.byte()
    else:
        reader.octets(2)  # protocol_id, priority_flag
        reader.text(17)  # schedule_delivery_time
        reader.text(17)  # validity_period
        registered = reader.byte()
        reader.byte()  # replace_if_present_flag
        coding = reader.byte()
        reader.byte()  # sm_default_msg_id
        data = reader.octets(reader.byte())
    return Message(
        source=source, destination=destination, esm_class=esm_class, data_coding=coding, data=data,
        registered=registered, tlvs=reader.tlvs(),
    )  # fmt: skip


def _address(reader: _Reader) -> Address:
    ton, npi = reader.byte(), reader.byte()
    return Address(ton=ton, npi=npi, number=reader.text(65))


def write_message(message: Message) -> bytes:
    """The body of a submit_sm (or deliver_sm)."""
    data = message.data
    return b"".join((
        b"\0", _written(message.source), _written(message.destination),
        bytes((message.esm_class, 0, 0, 0, 0, message.registered, 0, message.data_coding, 0, len(data))), data,
        *(struct.pack(">HH", tag, len(value)) + value for tag, value in message.tlvs.items()),
    ))  # fmt: skip


def _written(address: Address) -> bytes:
    return bytes((address.ton, address.npi)) + _terminated(address.number)


def write_bind(*, system_id: str, password: str, system_type: str = "", address_range: str = "") -> bytes:
    """The body of a bind of any kind."""
    words = b"".join(map(_terminated, (system_id, password, system_type)))
    return words + b"\x34\x00\x00" + _terminated(address_range)


def _terminated(text: str) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"


def read_id(pdu: Pdu) -> str:
    """The message id of a submit_sm_resp (or the name in a bind_resp). A missing end is forgiven."""
    return pdu.body.split(b"\0", 1)[0][:200].decode("latin-1")
