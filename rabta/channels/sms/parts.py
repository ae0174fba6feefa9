"""Long messages: the header that numbers the parts, and one message made of them again.

Source: 3GPP TS 23.040 section 9.2.3.24.1 (8 bit reference) and 9.2.3.24.8 (16 bit reference).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rabta.channels.contract import Arrived, Part
from rabta.channels.shapes import Misshapen, clean
from rabta.channels.sms import coding

_REFERENCE_8, _REFERENCE_16 = 0x00, 0x08
_TABLES = (0x24, 0x25)  # national language single shift and locking shift
MISSING = "[…]"  # stands where a part did not come


def header(*, reference: int, total: int, number: int) -> bytes:
    """The user data header of one part."""
    return bytes([5, _REFERENCE_8, 3, reference & 0xFF, total, number])


def split_header(data: bytes) -> tuple[bytes, bytes]:
    """(user data header without its length, what follows). Misshapen when the length leads out of the message."""
    if not data or data[0] >= len(data) + 1 or 1 + data[0] > len(data):
        raise Misshapen("a header longer than its message")
    return data[1 : 1 + data[0]], data[1 + data[0] :]


def _elements(found: bytes) -> Iterator[tuple[int, bytes]]:
    """What a header is made of: identifiers and values."""
    at = 0
    while at + 2 <= len(found):
        length = found[at + 1]
        yield found[at], found[at + 2 : at + 2 + length]
        at += 2 + length


def numbered(found: bytes) -> tuple[str, int, int] | None:
    """(reference, number, total) that a header tells, or None when it tells of no parts."""
    for element, value in _elements(found):
        if element == _REFERENCE_8 and len(value) == 3:
            return _sound(f"{value[0]:02x}", number=value[2], total=value[1])
        if element == _REFERENCE_16 and len(value) == 4:
            return _sound(value[:2].hex(), number=value[3], total=value[2])
    return None


def has_own_letters(found: bytes) -> bool:
    """Whether a header says that the GSM letters are those of a country's own table: read as the usual ones they
    would be other words."""
    return any(element in _TABLES for element, _value in _elements(found))


def _sound(reference: str, *, number: int, total: int) -> tuple[str, int, int] | None:
    return (reference, number, total) if 1 <= number <= total and total > 1 else None


def part(*, reference: tuple[str, int, int] | None, to: str, alphabet: str, data: bytes) -> Part | None:
    """The part that a message is, or None when it stands alone. Parts for different numbers never meet."""
    if reference is None:
        return None
    group, number, total = reference
    return Part(group=f"{to}:{group}:{total}", number=number, total=total, coding=alphabet, data=data)


def join(parts: Sequence[Arrived]) -> Arrived:
    """One message of these parts, in the order of their numbers; a gap is shown as such.

    Bytes are joined before they are decoded, because phones cut letters in two. The newest part gives the rest.
    """
    by_number: dict[int, Arrived] = {}
    for each in parts:
        if each.part is not None:
            by_number.setdefault(each.part.number, each)
    total = max((each.part.total for each in by_number.values() if each.part), default=0)
    pieces: list[str] = []
    run: list[Part] = []
    for number in range(1, total + 1):
        here = by_number.get(number)
        if here is not None and here.part is not None:
            if run and run[-1].coding != here.part.coding:
                pieces.append(_text(run))
                run = []
            run.append(here.part)
        elif run or not pieces or pieces[-1] != MISSING:
            pieces += [_text(run), MISSING] if run else [MISSING]
            run = []
    if run:
        pieces.append(_text(run))
    keys = sorted(each.key for each in by_number.values())
    return replace(parts[-1], text=clean("".join(pieces)), part=None, provider_id=keys[0], key=keys[0])


def _text(run: Sequence[Part]) -> str:
    return coding.decode(b"".join(each.data for each in run), run[0].coding)
