"""The stamp with which a message begins: date, time, and in which form the telephone wrote them.

Android: `3/4/24, 9:05 pm - Ali: text`. iOS: `[03/04/2024, 9:05:06 PM] Ali: text`. In between a hundred variants:
`.` and `-`, the year first, `klo 21.05`, `p. m.`, a narrow space before AM, marks of direction, Arabic digits and
comma, ص and م. The date stays three numbers here: which of them is the month is for `dates`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from rabta.channels.export import words

HEAD = 120  # a stamp is never longer
LONGEST_SHORTENED = 5  # signs of a word that stands for two


@dataclass(frozen=True, slots=True)
class Shape:
    """In which form a telephone writes. All stamps of one export have the same; what differs was pasted by somebody."""

    bracketed: bool
    separator: str
    wide: tuple[bool, bool, bool]  # which numbers of the date have more than two digits
    seconds: bool
    halves: bool  # of the day, as in PM


@dataclass(frozen=True, slots=True)
class Stamp:
    """`numbers` of the date in the order in which they stand; the rest of the line begins at `end`."""

    numbers: tuple[int, int, int]
    hour: int
    minute: int
    second: int
    shape: Shape
    end: int


def read(line: str) -> Stamp | None:
    """The stamp at the beginning of a line, or None where there is none."""
    head, places = _head(line)
    found = _pattern().match(head)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    hour = _hour(int(found["hour"]), found["before"] or found["after"] or "")
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour is None or minute > 59 or second > 59:
        return None
    parts = found["first"], found["middle"], found["last"]
    shape = Shape(
        bracketed=bool(found["open"]),
        separator=found["sep"],
        wide=(len(parts[0]) > 2, False, len(parts[2]) > 2),
        seconds=found["second"] is not None,
        halves=bool(found["before"] or found["after"]),
    )
    numbers = int(parts[0]), int(parts[1]), int(parts[2])
    return Stamp(numbers, hour, minute, second, shape, places[found.end()])


def _head(line: str) -> tuple[str, list[int]]:
    """The first letters without marks, with plain digits and spaces, and where each of them stands in the line."""
    kept, places = [], []
    for place, letter in enumerate(line[:HEAD]):
        if letter in words.MARKS:
            continue
        if letter.isdecimal():
            letter = str(unicodedata.decimal(letter))
        elif letter.isspace():
            letter = " "
        kept.append("," if letter in "،、" else letter)
        places.append(place)
    return "".join(kept), [*places, min(len(line), HEAD)]


def _hour(hour: int, half: str) -> int | None:
    """The hour of the day; None when there is no such hour."""
    sense = words.periods().get(_bare(half), "") if half else ""
    if hour > 23 or (sense and hour > 12):
        return None
    if sense == "night":  # nine in the evening or two in the morning
        sense = "afternoon" if 5 < hour < 12 else "morning"
    if sense == "afternoon" and hour < 12:
        return hour + 12
    return 0 if sense == "morning" and hour == 12 else hour


def _bare(half: str) -> str:
    return half.replace(".", "").strip().replace(" ", "").casefold() if half.isascii() else _unspaced(half)


def _unspaced(half: str) -> str:
    """Words for halves of the day in other scripts may hold a space of their own."""
    bare = half.replace(".", "").strip().casefold()
    return bare if bare in words.periods() else bare.replace(" ", "")


@cache
def _pattern() -> re.Pattern[str]:
    halves = "|".join(_dotted(word) for word in sorted(words.periods(), key=len, reverse=True))
    between = "|".join(re.escape(word) + r"\.?" for word in sorted(words.between(), key=len, reverse=True))
    return re.compile(
        r"\ *(?P<open>\[)?\ *"
        r"(?P<first>\d{1,4})\ ?(?P<sep>[./-])\ ?(?P<middle>\d{1,2})\ ?(?P=sep)\ ?(?P<last>\d{1,4})\.?"
        rf"(?:,\ ?|\ )(?:(?:{between})\ )?\ ?"
        rf"(?:(?P<before>{halves})\ ?)?"
        r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\ ?uhr)?"
        rf"(?:\ ?(?P<after>{halves}))?\ ?"
        r"(?:(?P<close>\])(?:\ |$)|[-–—](?:\ |$))",
        re.IGNORECASE,
    )


def _dotted(word: str) -> str:
    """A word as it may be written: `pm` also as `p. m.`, short ones of other scripts with points after each sign."""
    if len(word) > LONGEST_SHORTENED or (word.isascii() and len(word) > 2):
        return re.escape(word)
    return (r"\.?\ ?" if len(word) < 3 else r"\.?").join(map(re.escape, word)) + r"\.?"
