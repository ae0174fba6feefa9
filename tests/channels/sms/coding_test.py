"""Whatever the text: it is cut within the limits, no letter is torn, and it comes back as it was."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.channels.contract import Arrived, Sender
from rabta.channels.sms import coding, parts, receipts

GSM_LETTERS = "".join(letter for letter in coding._BASIC if letter != "\x1b") + "".join(coding._EXTENSION)
gsm_texts = st.text(alphabet=GSM_LETTERS, max_size=600)
any_texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("چوری ہو گئی مدد चोरी हो गई 😀🚓a€{"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=400,
)


@given(text=gsm_texts)
def test_gsm_letters_come_back(text: str) -> None:
    assert coding.from_gsm(coding.to_gsm(text) or b"") == text


@given(text=any_texts)
def test_parts_keep_the_limits_and_tear_no_letter(text: str) -> None:
    coded = coding.code(text)
    limits = coding.SINGLE if len(coded.parts) == 1 else coding.PARTED
    assert all(len(part) <= limits[coded.coding] for part in coded.parts)
    assert len(coded.parts) < 2 or len(coded.whole) > coding.SINGLE[coded.coding]
    decoded = "".join(
        coding.decode(part, coded.coding) for part in coded.parts
    )  # each by itself: none is torn
    assert decoded == (text if coded.coding == coding.UCS2 else coding.decode(coded.whole, coded.coding))
    if coded.coding == coding.GSM:
        assert coding.to_gsm(text) is None or decoded == text


@pytest.mark.parametrize(
    ("text", "parts_wanted", "alphabet"),
    [
        ("a" * 160, [160], "gsm"),
        ("a" * 161, [153, 8], "gsm"),
        ("€" * 80, [160], "gsm"),
        ("a" + "€" * 80, [153, 8], "gsm"),
        ("€" * 81, [152, 10], "gsm"),  # 153 would tear the 77th
        ("چ" * 70, [140], "ucs2"),
        ("च" * 71, [134, 8], "ucs2"),
        ("چ" * 66 + "😀" + "چ" * 10, [132, 24], "ucs2"),  # the pair would begin in the one and end in the other
        ("It’s “here” – now…", [20], "gsm"),  # what a word processor put in does not cost half the length
    ],
)  # fmt: skip
def test_lengths(text: str, parts_wanted: list[int], alphabet: str) -> None:
    coded = coding.code(text)
    assert ([len(part) for part in coded.parts], coded.coding) == (parts_wanted, alphabet)


@given(text=any_texts, seed=st.integers(0, 2**32))
def test_parts_in_any_order_and_twice_are_joined(text: str, seed: int) -> None:
    chance = random.Random(seed)
    # cut by a phone without any care, through letters
    data = text.encode("utf-16-be")
    sizes = [data[at : at + 67] for at in range(0, len(data), 67)] or [b""]
    came = [_arrived(number, len(sizes), piece, "ucs2") for number, piece in enumerate(sizes, start=1)]
    came += chance.sample(came, chance.randrange(len(came) + 1))
    chance.shuffle(came)
    if len(sizes) > 1:
        assert parts.join(came).text == text.replace("\0", "").removeprefix("\ufeff")


def test_a_part_that_is_missing_is_shown_as_such() -> None:
    came = [_arrived(n, 5, text.encode(), "gsm") for n, text in ((2, "two "), (5, "five"))]
    assert parts.join(came).text == "[…]two […]five"


def _arrived(number: int, total: int, data: bytes, alphabet: str) -> Arrived:
    part = parts.part(reference=("07", number, total), to="8300", alphabet=alphabet, data=data)
    sender = Sender(scheme="phone", handle="+923001234567")
    return Arrived(
        account="8300",
        key=f"k{number:03}",
        provider_id=f"k{number:03}",
        sender=sender,
        kind="text",
        part=part,
    )


@given(data=st.binary(max_size=300), alphabet=st.sampled_from(["gsm", "ucs2", "latin", "utf8"]))
def test_any_bytes_are_some_text(data: bytes, alphabet: str) -> None:
    coding.decode(data, alphabet)


@given(data=st.binary(max_size=40))
def test_any_header_is_read_or_refused(data: bytes) -> None:
    try:
        found, rest = parts.split_header(data)
    except ValueError:
        return
    assert len(found) + len(rest) + 1 == len(data)
    parts.numbered(found)


@pytest.mark.parametrize(
    ("data_coding", "alphabet"),
    [(0, "gsm"), (1, "latin"), (3, "latin"), (4, "binary"), (8, "ucs2"), (0x10, "gsm"), (0x18, "ucs2"), (0xF0, "gsm"),
     (0xF5, "binary")],
)  # fmt: skip
def test_alphabets(data_coding: int, alphabet: str) -> None:
    assert coding.alphabet_of(data_coding) == alphabet


@pytest.mark.parametrize(
    ("text", "status", "id", "detail"),
    [
        ("id:0123456789 sub:001 dlvrd:001 submit date:0912301430 done date:0912301431 stat:DELIVRD err:000 text:hi",
         "delivered", "0123456789", "DELIVRD"),
        ("ID:a1-b2 SUB:001 STAT:UNDELIV ERR:0a3 TEXT:", "failed", "a1-b2", "UNDELIV err:0a3"),
        ("id:77 stat:ENROUTE", "sent", "77", "ENROUTE"),
        ("id: 77 stat: EXPIRED err:1", "failed", "77", "EXPIRED err:1"),
    ],
)  # fmt: skip
def test_receipts_by_text(text: str, status: str, id: str, detail: str) -> None:
    told = receipts.told(text)
    assert told
    assert (told.status, told.id, told.detail) == (status, id, detail)


def test_receipts_by_parameters_and_none() -> None:
    told = receipts.told("", id_given="9F", state_given=5)
    assert told
    assert (told.id, told.status, told.trouble) == ("9F", "failed", "recipient")
    assert receipts.told("hello stat:DELIVRD") is None
    assert receipts.told("id:5 stat:WONDER") is None


@given(number=st.integers(0, 2**40))
def test_ids_are_the_same_however_they_are_written(number: int) -> None:
    plain = receipts.plain_id(str(number))
    assert receipts.plain_id(f"{number:012d}") == plain
    assert receipts.plain_id(f"{number:X}", hexadecimal=True) == plain
    assert receipts.plain_id(f"{number:08x}", hexadecimal=True) == plain
