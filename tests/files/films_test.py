"""Films that are published: nothing of what the camera noted is left, picture and sound are as they were."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rabta.files import films
from rabta.files.checks import UploadRefused

PICTURE, SOUND, WAY = b"picture-of-the-road" * 9, b"sound-of-the-road" * 5, b"+34.0123+071.5678/" * 4
NOTES = b"\xa9xyz+34.0123+071.5678/ Example Phone 9"
MADE = 0xE0000000


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def clock(kind: bytes) -> bytes:
    return box(kind, bytes(4), struct.pack(">II", MADE, MADE), bytes(72))


def track(what: bytes, *, at: int, lengths: Sequence[int], notes: bytes = b"") -> bytes:
    """A track whose samples lie one after the other in one chunk."""
    table = box(
        b"stbl",
        box(b"stsz", bytes(4), struct.pack(f">II{len(lengths)}I", 0, len(lengths), *lengths)),
        box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, len(lengths), 1)),
        box(b"stco", bytes(4), struct.pack(">II", 1, at)),
    )
    media = box(b"mdia", clock(b"mdhd"), box(b"hdlr", bytes(8), what, bytes(12)), box(b"minf", table))
    return box(b"trak", clock(b"tkhd"), notes, media)


def film(*, way: bool = True, handler: bytes = b"vide") -> bytes:
    head = box(b"ftyp", b"isom", bytes(4)) + box(b"uuid", NOTES)
    data = box(b"mdat", PICTURE, SOUND, WAY)
    at = len(head) + 8
    tracks = [
        track(handler, at=at, lengths=[9, len(PICTURE) - 9], notes=box(b"meta", NOTES)),
        track(b"soun", at=at + len(PICTURE), lengths=[len(SOUND)]),
    ]
    if way:
        tracks.append(track(b"meta", at=at + len(PICTURE + SOUND), lengths=[18] * 4))
    return head + data + box(b"moov", clock(b"mvhd"), *tracks, box(b"udta", NOTES)) + box(b"free", NOTES)


def test_what_the_camera_noted_is_gone_and_the_rest_is_where_it_was() -> None:
    before = film()
    after = bytearray(before)
    films.blank_notes(after)
    assert len(after) == len(before)
    for noted in (b"34.0123", b"Example Phone", struct.pack(">I", MADE)):
        assert noted in before and noted not in after
    for shown in (PICTURE, SOUND):
        assert after.index(shown) == before.index(shown)
    again = bytearray(after)
    films.blank_notes(again)
    assert again == after, "a film without notes stays as it is"


def test_a_film_of_large_boxes_is_read_as_well() -> None:
    small = film(way=False)
    at = small.index(b"mdat") - 4
    size = struct.unpack_from(">I", small, at)[0]
    large = bytearray(
        small[:at]
        + struct.pack(">I4sQ", 1, b"mdat", size + 8)
        + small[at + 8 : at + size]
        + small[at + size :]
    )
    films.blank_notes(large)
    assert b"34.0123" in large[at : at + size + 8], (
        "what lies among picture and sound, without a track, stays"
    )
    assert b"Example Phone" not in large and PICTURE in large


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\0\0\x18ftypisom",
        film(handler=b"soun"),
        film()[:-60],
        film().replace(struct.pack(">IIII", 1, 1, 4, 1), struct.pack(">IIII", 1, 1, 2**31, 1)).replace(
            struct.pack(">II4I", 0, 4, *[18] * 4), struct.pack(">II4I", 2**31, 2**20, *[18] * 4)
        ),
        film() + box(b"moof", box(b"traf")),
    ],
    ids=["empty", "cut off", "without a picture", "ends early", "endless samples", "in pieces with a way"],
)  # fmt: skip
def test_what_is_no_film_that_can_be_published_is_refused_in_words(broken: bytes) -> None:
    with pytest.raises(UploadRefused, match="film"):
        films.blank_notes(bytearray(broken))


@settings(max_examples=150)
@given(st.integers(0, len(film()) - 1), st.binary(max_size=8))
def test_no_bytes_do_harm(place: int, other: bytes) -> None:
    spoilt = bytearray(film())
    spoilt[place : place + len(other)] = other
    try:
        films.blank_notes(spoilt)
    except UploadRefused:
        return
    assert abs(len(spoilt) - len(film())) <= 8
