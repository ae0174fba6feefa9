"""An exported chat, taken apart: who wrote what when, and what became of every line of the file.

Pure: text in, entries out. A line that begins with a stamp in the form of this export begins an entry, every other
line goes on with the one before. What WhatsApp itself wrote is told from what people wrote by `words`; in doubt it is
a person's message.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from rabta.channels.export import bodies, dates, stamps, words
from rabta.channels.export.dates import Order
from rabta.channels.export.stamps import Shape, Stamp

LONGEST_NAME = 120  # of a sender; what is longer before the first colon is a sentence of WhatsApp's own


class Unreadable(ValueError):
    """The file is no export of a chat, or its dates make no sense. `code`: no_stamps, no_dates or wrong_order."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code, self.line = code, line


class Ambiguous(ValueError):
    """The dates can be read in several orders; somebody who knows the telephone must say in which.

    `example` is a stamp as it stands in the file, `readings` the days that it may mean.
    """

    def __init__(self, readings: Mapping[Order, date], example: str) -> None:
        super().__init__(example)
        self.readings, self.example = dict(readings), example


class Kind(StrEnum):
    """What an entry is."""

    MESSAGE = "message"
    SYSTEM = "system"  # WhatsApp's own words: who joined, what the group is called
    DELETED = "deleted"  # its sender took it back before the export was made
    OMITTED = "omitted"  # a picture or recording that was left out of the export
    EMPTY = "empty"  # nothing is left of it: seen once only, or not received


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `at` is the telephone's clock; `n` counts those that are the same in every way, from 0."""

    at: datetime
    sender: str
    text: str
    kind: Kind
    line: int
    lines: int
    file: str = ""  # the name of what was attached
    edited: bool = False
    n: int = 0


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A whole export. `before`: lines above the first stamp; `pasted`: stamps in another form, inside of messages."""

    entries: tuple[Entry, ...]
    order: Order
    lines: int
    before: int
    pasted: int

    def counted(self) -> dict[str, tuple[int, int]]:
        """Entries and lines of each kind. The lines and those `before` are all lines of the file."""
        entries = Counter(entry.kind.value for entry in self.entries)
        lines: Counter[str] = Counter()
        for entry in self.entries:
            lines[entry.kind.value] += entry.lines
        return {kind: (entries[kind], lines[kind]) for kind in map(str, Kind)}


@dataclass
class _Raw:
    stamp: Stamp
    rest: str
    line: int
    more: list[str]


def read(text: str, *, today: date, order: Order | None = None, files: Collection[str] = frozenset()) -> Chat:
    """Take an export apart. `order` of its dates where somebody has said it; `files` are the names beside it.

    Raises Unreadable, and Ambiguous where the order must be asked for.
    """
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    raw, before, pasted = _group(lines)
    order = _order(raw, today=today, given=order, lines=lines)
    known = frozenset(map(words.unmarked, files))
    found = [_entry(one, order, known) for one in raw]
    return Chat(entries=tuple(_numbered(found)), order=order, lines=len(lines), before=before, pasted=pasted)


def _group(lines: Sequence[str]) -> tuple[list[_Raw], int, int]:
    raw: list[_Raw] = []
    shape: Shape | None = None
    before = pasted = 0
    for number, line in enumerate(lines, start=1):
        stamp = stamps.read(line)
        if stamp and shape in (None, stamp.shape):
            shape = stamp.shape
            raw.append(_Raw(stamp, line[stamp.end :], number, []))
        elif raw:
            pasted += stamp is not None
            raw[-1].more.append(line)
        else:
            before += 1
    if not raw:
        raise Unreadable("no_stamps")
    return raw, before, pasted


def _order(raw: Sequence[_Raw], *, today: date, given: Order | None, lines: Sequence[str]) -> Order:
    if given:
        wrong = next((one.line for one in raw if dates.day(one.stamp, given) is None), 0)
        if wrong:
            raise Unreadable("wrong_order", wrong)
        return given
    orders = dates.possible([one.stamp for one in raw], today=today)
    if not orders:
        raise Unreadable("no_dates", raw[0].line)
    if len(orders) > 1:
        raise _ambiguous(raw, orders, lines)
    return orders[0]


def _ambiguous(raw: Sequence[_Raw], orders: Sequence[Order], lines: Sequence[str]) -> Ambiguous:
    """With the first date that the orders read differently."""
    read = ({order: dates.day(one.stamp, order) for order in orders} for one in raw)
    one, days = next((one, days) for one, days in zip(raw, read, strict=True) if len(set(days.values())) > 1)
    example = words.unmarked(lines[one.line - 1][: one.stamp.end]).strip("[]-–— ")
    return Ambiguous({order: day for order, day in days.items() if day}, example)


def _entry(raw: _Raw, order: Order, files: frozenset[str]) -> Entry:
    stamp = raw.stamp
    on = dates.day(stamp, order)
    assert on is not None  # the order was chosen so
    at = datetime.combine(on, time(stamp.hour, stamp.minute, stamp.second))
    sender, rest = _sender(raw.rest)
    body = bodies.read("\n".join([rest, *raw.more]), files=files) if sender else None
    if body is None or body.kind == Kind.SYSTEM:
        sender, body = "", bodies.Body(kind=Kind.SYSTEM, text=words.unmarked(raw.rest))
    return Entry(
        at=at,
        sender=sender,
        text=body.text,
        kind=Kind(body.kind),
        line=raw.line,
        lines=1 + len(raw.more),
        file=body.file,
        edited=body.edited,
    )


def _sender(rest: str) -> tuple[str, str]:
    """Who wrote, and the rest; nobody where WhatsApp itself speaks."""
    name, colon, text = rest.partition(": ")
    if not colon:
        name, colon, text = (rest[:-1], ":", "") if rest.rstrip().endswith(":") else ("", "", rest)
    shown = words.unmarked(name).lstrip("~").strip()
    if (
        not shown
        or len(shown) > LONGEST_NAME
        or any(told in words.plain(name) for told in words.words("system"))
    ):
        return "", rest
    return shown, text


def _numbered(entries: Sequence[Entry]) -> list[Entry]:
    """With `n`: which of several that are the same, within the minute that all telephones write down."""
    seen: Counter[tuple[object, ...]] = Counter()
    numbered = []
    for entry in entries:
        minute = entry.at.replace(second=0)
        same = minute, words.plain(entry.sender), entry.kind, words.plain(entry.text)
        numbered.append(replace(entry, n=seen[same]))
        seen[same] += 1
    return numbered
