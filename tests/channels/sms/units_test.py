"""Units on the wire and in the journal: read, written, and never a surprise."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.channels.contract import AccountFacts, Arrived, Ignored, Letter, Receipt, Trouble, Unreadable
from rabta.channels.sms import binds, fields, pdu, reading, senders
from rabta.channels.sms.pdu import Address, Command, Message

numbers = st.text(alphabet="0123456789ABCxyz +", max_size=20)
messages = st.builds(
    Message,
    source=st.builds(Address, number=numbers, ton=st.integers(0, 6), npi=st.integers(0, 18)),
    destination=st.builds(Address, number=numbers),
    esm_class=st.integers(0, 255),
    data_coding=st.integers(0, 255),
    data=st.binary(max_size=254),
    registered=st.integers(0, 255),
    tlvs=st.dictionaries(st.integers(0, 65535), st.binary(max_size=300), max_size=4),
)
PHONE = Address(number="923001234567", ton=1, npi=1)


def body(message: Message, *, at: float = 1000.0, command: int = Command.DELIVER_SM) -> bytes:
    raw = pdu.pack(command, 1, pdu.write_message(message))
    return reading.body_of(raw, account="8300", at=at, region="PK", alphabet="gsm", hexadecimal=False)


def deliver(**facts: object) -> Message:
    return Message(**({"source": PHONE, "destination": Address(number="8300"), "data": b"help"} | facts))  # type: ignore[arg-type]


@given(message=messages)
def test_what_is_written_is_read_back(message: Message) -> None:
    unit = pdu.unpack(pdu.pack(Command.SUBMIT_SM, 7, pdu.write_message(message)))
    assert pdu.read_message(unit) == message


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_a_unit_or_broken(raw: bytes) -> None:
    for command in (Command.DELIVER_SM, Command.DATA_SM):
        try:
            pdu.read_message(pdu.unpack(pdu.pack(command, 1, raw)))
        except pdu.Broken:
            continue


@given(message=messages, at=st.floats(allow_nan=False, allow_infinity=False), cut=st.integers(0, 200))
def test_count_and_read_agree_on_any_unit(message: Message, at: float, cut: int) -> None:
    whole = json.loads(body(message))
    whole |= {"at": at, "pdu": whole["pdu"][: len(whole["pdu"]) - cut]}
    raw = json.dumps(whole).encode()
    (item,) = reading.read(raw)
    assert reading.count(raw) == Counter({item.account: 1})


def test_the_same_message_a_moment_later_is_the_same_and_much_later_another() -> None:
    long = deliver(data=b"My motorcycle was stolen near the big bazaar today")
    first, soon, late = (reading.read(body(long, at=at))[0] for at in (1000.0, 1250.0, 2000.0))
    assert soon.key in (first.key, *first.repeats)
    assert late.key not in (first.key, *first.repeats)
    word, again = (reading.read(body(deliver(data=b"STATUS"), at=at))[0] for at in (1000.0, 1100.0))
    assert again.key not in (word.key, *word.repeats)


def test_receipt_by_parameters_alone_and_a_phones_own_word() -> None:
    (receipt,) = reading.read(body(deliver(data=b"", tlvs={0x001E: b"00AB\0", 0x0427: b"\x02"})))
    assert isinstance(receipt, Receipt)
    assert (receipt.provider_id, receipt.status) == ("ab", "delivered")
    (word,) = reading.read(body(deliver(esm_class=0x08)))
    assert isinstance(word, Ignored)


def test_payload_and_binary() -> None:
    (text,) = reading.read(body(deliver(data=b"", tlvs={0x0424: "چوری".encode("utf-16-be")}, data_coding=8)))
    assert isinstance(text, Arrived)
    assert (text.text, text.sender.handle) == ("چوری", "+923001234567")
    (ring_tone,) = reading.read(body(deliver(data_coding=4)))
    assert isinstance(ring_tone, Unreadable)


@pytest.mark.parametrize(
    ("number", "ton", "scheme", "handle"),
    [
        ("923001234567", 1, "phone", "+923001234567"),
        ("+923001234567", 0, "phone", "+923001234567"),
        ("03001234567", 2, "phone", "+923001234567"),
        ("923001234567", 0, "phone", "+923001234567"),
        ("3001234567", 2, "phone", "+923001234567"),
        ("8300", 3, "sms", "8300"),
        ("JAZZ", 5, "sms", "JAZZ"),
    ],
)
def test_senders(number: str, ton: int, scheme: str, handle: str) -> None:
    found = senders.sender(number, region="PK", ton=ton)
    assert (found.scheme, found.handle) == (scheme, handle)
    assert bool(found.address) == (ton != 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("binds", "trx nothing"),
        ("port", "many"),
        ("per_second", "0"),
        ("long_messages", "pigeon"),
        ("alphabet", "morse"),
        ("parameters", "1400"),
        ("sender_type", "5"),
    ],
)
def test_wrong_fields_are_named(name: str, value: str) -> None:
    with pytest.raises(fields.WrongField, match=name):
        fields.read_facts({name: value})


def test_rate_counts_the_connections_that_send() -> None:
    account = AccountFacts(external_id="8300", values={"binds": "tx tx rx", "per_second": "15"})
    assert fields.rate(account) == 30


@pytest.mark.parametrize(("way", "units"), [("udh", 3), ("sar", 3), ("payload", 1)])
def test_a_long_letter_asks_for_one_receipt(way: str, units: int) -> None:
    account = AccountFacts(
        external_id="8300", values={"long_messages": way, "parameters": "1400=E1; 0x1401=0xBEEF"}
    )
    facts = fields.read_facts(account.values)
    letter = Letter(to="+923001234567", token="t", text="چوری " * 35)
    found = binds.Binds(None, region="PK")._units(facts, account, letter)  # type: ignore[arg-type]
    read = [pdu.read_message(pdu.unpack(pdu.pack(Command.SUBMIT_SM, 1, unit))) for unit in found]
    assert len(read) == units
    assert [message.registered for message in read] == [0] * (units - 1) + [1]
    assert all(message.tlvs[0x1400] == b"E1\0" and message.tlvs[0x1401] == b"\xbe\xef" for message in read)


@pytest.mark.parametrize(
    "facts", [{"media": b"x", "media_kind": "image"}, {"text": ""}, {"to": "JAZZ", "text": "x"}]
)
def test_what_no_sms_can_carry_is_trouble(facts: dict[str, object]) -> None:
    account = AccountFacts(external_id="8300", values={})
    letter = Letter(**({"to": "+923001234567", "token": "t"} | facts))  # type: ignore[arg-type]
    with pytest.raises(Trouble):
        binds.Binds(None, region="PK")._units(fields.read_facts({}), account, letter)  # type: ignore[arg-type]
