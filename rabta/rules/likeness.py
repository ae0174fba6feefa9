"""What stands for a text so that texts that are nearly the same are found by an index (MinHash, 4 bands of 4 rows).

Of the pairs of neighbouring words each of 16 keyed hashes keeps its smallest value; the chance that two texts agree in
one is the share of pairs that they have in common. Four of them make a band. Texts that share nine pairs of ten agree
in one band at least 99 times in 100, half the pairs 22, three in ten 3. A band also holds the week, so that a chain
letter of last year makes nothing slow. Without the key nobody can tell from the numbers whether a text was written.

Beside the bands stands a number for category, place and half hour, for what people tell in words of their own.
"""

import hashlib
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from rabta.kit import scripts

BANDS, ROWS = 4, 4
FEWEST_WORDS = 6  # shorter texts are alike by chance
MOST_WORDS = 300
WEEK, SLOT = timedelta(days=7), timedelta(minutes=30)
CELL = 0.003  # degrees: some 300 metres
_VALUES = struct.Struct(f"<{BANDS * ROWS}I")
_BAND = struct.Struct(f"<{ROWS}I")


def bands(text: str, *, at: datetime, key: bytes) -> list[int]:
    """The numbers that are stored for a text; none for a short one. `key`: 16 to 64 secret bytes."""
    return _in_week(_smallest(text, key), _turn(at, WEEK))


def bands_wanted(text: str, *, at: datetime, key: bytes) -> list[int]:
    """The numbers by which its likes of this week and the last are found."""
    smallest, week = _smallest(text, key), _turn(at, WEEK)
    return _in_week(smallest, week) + _in_week(smallest, week - 1)


def spot(category: str, *, lat: float | None, lng: float | None, at: datetime) -> list[int]:
    """The number that is stored for category, place and half hour; none where one is missing."""
    return list(_spots(category, lat, lng, _turn(at, SLOT), around=(0,)))


def spots_wanted(category: str, *, lat: float | None, lng: float | None, at: datetime) -> list[int]:
    """The numbers of the same category in the cells around, in this half hour and the last."""
    turn = _turn(at, SLOT)
    return [n for t in (turn, turn - 1) for n in _spots(category, lat, lng, t, around=(-1, 0, 1))]


def _smallest(text: str, key: bytes) -> tuple[int, ...]:
    words = scripts.words(text)[:MOST_WORDS]
    if len(words) < FEWEST_WORDS:
        return ()
    pairs = {f"{one} {next}" for one, next in pairwise(words)}
    hashed = [_VALUES.unpack(hashlib.blake2b(pair.encode(), key=key).digest()) for pair in pairs]
    return tuple(map(min, zip(*hashed, strict=True)))


def _in_week(smallest: tuple[int, ...], week: int) -> list[int]:
    parts = (smallest[n : n + ROWS] for n in range(0, len(smallest), ROWS))
    return [_number(f"{week}.{n}", _BAND.pack(*part)) for n, part in enumerate(parts)]


def _spots(
    category: str, lat: float | None, lng: float | None, turn: int, *, around: tuple[int, ...]
) -> Iterator[int]:
    if not category or lat is None or lng is None:
        return
    y, x = round(lat / CELL), round(lng / CELL)
    for dy in around:
        for dx in around:
            yield _number("spot", f"{category}.{turn}.{y + dy}.{x + dx}".encode())


def _number(what: str, value: bytes) -> int:
    """A number as PostgreSQL's int holds it."""
    found = hashlib.blake2b(value, person=what.encode()[:16], digest_size=4).digest()
    return int.from_bytes(found, "little", signed=True)


def _turn(at: datetime, length: timedelta) -> int:
    return int(at.timestamp() // length.total_seconds())
