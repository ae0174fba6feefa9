"""What the SMPP process wrote into the journal: one deliver_sm or data_sm with the bytes that came.

`{"account": id of ours, "at": seconds, "region": "PK", "alphabet": "gsm", "hex": false, "pdu": the unit in hex}`

An SMS carries no id. A centre that missed our acknowledgement brings the message again, so that the same message
within some minutes is the same one (`keys_of`).
"""

import hashlib

import orjson

from rabta.channels.contract import Arrived, Ignored, Read, Receipt
from rabta.channels.shapes import Json, Misshapen, clean, needed, text_of
from rabta.channels.single import count, read_with
from rabta.channels.sms import coding, parts, receipts
from rabta.channels.sms.pdu import Command, Message, Tlv, read_message, unpack
from rabta.channels.sms.senders import sender

__all__ = ["body_of", "count", "keys_of", "read"]
AGAIN, AGAIN_SHORT = 300, 30  # seconds in which the same is the same; a word like STATUS may be meant twice
SHORT = 40  # bytes
_UDHI, _TYPE, _RECEIPT, _INTERMEDIATE = 0x40, 0x3C, 0x04, 0x20


def body_of(raw: bytes, *, account: str, at: float, region: str, alphabet: str, hexadecimal: bool) -> bytes:
    """The body for a unit that came."""
    facts = {"account": account, "at": at, "region": region, "alphabet": alphabet, "hex": hexadecimal}
    return orjson.dumps(facts | {"pdu": raw.hex()})


def read(raw: bytes) -> list[Read]:
    """The message or receipt in the unit. Raises ValueError when the body is no JSON object."""
    return read_with(_unit, raw)


def _unit(account: str, body: Json) -> Read:
    unit = unpack(bytes.fromhex(needed(body, "pdu", longest=200_000)))
    if unit.command not in (Command.DELIVER_SM, Command.DATA_SM):
        raise Misshapen("not a command that brings something")
    message = read_message(unit)
    kind = message.esm_class & _TYPE
    if kind in (_RECEIPT, _INTERMEDIATE) or {Tlv.RECEIPTED_ID, Tlv.MESSAGE_STATE} <= message.tlvs.keys():
        return _receipt(account, message, hexadecimal=body.get("hex") is True)
    digest = _digest(message)
    if kind:
        return Ignored(account=account, key=f"other:{digest}", reason="word of a phone")
    return _message(account, message, digest, body)


def _message(account: str, message: Message, digest: str, body: Json) -> Arrived:
    alphabet = coding.alphabet_of(
        message.data_coding, default=text_of(body, "alphabet", longest=10) or coding.GSM
    )
    data, reference = message.payload, _by_parameters(message)
    if message.esm_class & _UDHI:
        found, data = parts.split_header(data)
        reference = parts.numbered(found) or reference
        if alphabet == coding.GSM and parts.has_own_letters(found):
            raise Misshapen("letters of a country's own table")
    if alphabet == coding.BINARY:
        raise Misshapen("not a text")
    given = body.get("at")
    at = float(given) if isinstance(given, int | float) and not isinstance(given, bool) else 0.0
    key, again = keys_of(digest, at=at, short=len(data) <= SHORT and reference is None)
    source = message.source
    return Arrived(
        account=account,
        key=key,
        repeats=(again,),
        provider_id=key,
        sender=sender(source.number, region=text_of(body, "region", longest=2) or "PK", ton=source.ton),
        kind="text",
        text=clean(coding.decode(data, alphabet)),
        part=parts.part(reference=reference, to=message.destination.number, alphabet=alphabet, data=data),
    )


def keys_of(digest: str, *, at: float, short: bool) -> tuple[str, str]:
    """The key of a message that came `at`, and the one under which it would come again a little later."""
    step = AGAIN_SHORT if short else AGAIN
    if not 0 <= at < 1e12:
        raise Misshapen("no usable time")
    turn = int(at // step)
    return f"message:{digest}:{turn}", f"message:{digest}:{turn + 1}"


def _digest(message: Message) -> str:
    facts = (message.source, message.destination, message.esm_class, message.data_coding, message.data,
             sorted(message.tlvs.items()))  # fmt: skip
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:40]


def _by_parameters(message: Message) -> tuple[str, int, int] | None:
    """(reference, number, total) by the SAR parameters."""
    given = [message.tlvs.get(tag, b"") for tag in (Tlv.SAR_REFERENCE, Tlv.SAR_NUMBER, Tlv.SAR_TOTAL)]
    if not all(given):
        return None
    number, total = int.from_bytes(given[1]), int.from_bytes(given[2])
    return (
        (given[0].hex(), number, total) if 1 <= number <= total <= coding.MOST_PARTS and total > 1 else None
    )


def _receipt(account: str, message: Message, *, hexadecimal: bool) -> Receipt:
    data = message.payload
    if message.esm_class & _UDHI:
        _header, data = parts.split_header(data)
    text = data.decode("latin-1").replace(
        "\0", ""
    )  # as UCS-2 each letter follows a zero, if it is UCS-2 at all
    id_given = message.tlvs.get(Tlv.RECEIPTED_ID, b"").split(b"\0", 1)[0][:64].decode("latin-1")
    state = message.tlvs.get(Tlv.MESSAGE_STATE)
    told = receipts.told(
        clean(text), id_given=clean(id_given), state_given=int.from_bytes(state) if state else None
    )
    if told is None:
        raise Misshapen("a receipt without id or state")
    id = receipts.plain_id(told.id, hexadecimal=hexadecimal)
    return Receipt(
        account=account,
        key=clean(f"receipt:{id}:{told.detail}:{message.source.number}"),
        provider_id=id,
        status=told.status,
        trouble=told.trouble,
        detail=told.detail,
    )
