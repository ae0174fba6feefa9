"""Exports as telephones write them: tables of stamps and bodies, whole chats, and whatever hypothesis thinks of."""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rabta.channels.export import bodies, chat, dates, stamps
from rabta.channels.export.chat import Ambiguous, Kind, Unreadable
from rabta.channels.export.dates import Order

TODAY = date(2026, 3, 2)
HERE = Path(__file__).parent
BESIDE = frozenset({"Plan of the bazaar.pdf"})


def table(name: str) -> list[dict[str, str]]:
    """The rows, with what is written as \\u200e and \\n put in."""

    def put(text: str) -> str:
        for code in ("200e", "200f", "202a", "202c", "202f", "00a0"):
            text = text.replace(f"\\u{code}", chr(int(code, 16)))
        return text.replace("\\n", "\n")

    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [{key: put(value) for key, value in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("row", table("stamps.csv"), ids=lambda row: row["what"])
def test_stamp(row: dict[str, str]) -> None:
    found = stamps.read(row["line"])
    if not row["date"]:
        assert found is None
        return
    assert found is not None
    day = dates.day(found, Order(row["order"]))
    assert f"{day} {found.hour:02d}:{found.minute:02d}:{found.second:02d}" == row["date"]
    assert row["line"][found.end :] == row["rest"]


@pytest.mark.parametrize("row", table("bodies.csv"), ids=lambda row: row["what"])
def test_body(row: dict[str, str]) -> None:
    found = bodies.read(row["text"], files=BESIDE)
    assert (found.kind, found.text, found.file) == (row["kind"], row["said"], row["file"])
    assert found.edited == bool(row["edited"])


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["13/4/2024"], "dmy"),
        (["4/13/2024"], "mdy"),
        (["13/4/24"], "dmy ymd"),  # or the 24th of April 2013
        (["3/4/24", "13/4/24"], "dmy"),  # nobody exported in 2003
        (["2024-04-03"], "ymd"),
        (["24-04-30"], "ymd"),
        (["3/4/24", "5/4/24"], "dmy mdy"),
        (["3/3/24", "4/4/24"], "dmy"),  # the same in either order
        (["11/1/24", "12/1/24", "1/2/24"], "dmy"),  # else the chat would jump back from December to January
        (["2/4/26"], "mdy"),  # the second of April is still to come
        (["3/4/24", "13/13/24"], ""),
        (["12/1/24", "1/2/25"], "dmy mdy"),
        (["5/6/09"], "dmy mdy"),
        (["5/6/2008"], ""),
    ],
)
def test_the_order_of_a_date_is_inferred_only_when_it_is_certain(days: list[str], found: str) -> None:
    read = [stamps.read(f"{day}, 21:05 - Ali: hi") for day in days]
    assert " ".join(dates.possible([one for one in read if one], today=TODAY)) == found


PASTED = "[12/04/24, 10:00:00] Gul: pasted from another chat"
ANDROID = """\
1/4/24, 9:00 pm - Messages and calls are end-to-end encrypted. Tap to learn more.
1/4/24, 9:00 pm - Ali created group "Traders: Kotwali"
13/4/24, 9:05 pm - Ali Khan: Theft near the bank
they took the till
[12/04/24, 10:00:00] Gul: pasted from another chat
13/4/24, 9:05 pm - +92 300 1234567: IMG-20240413-WA0001.jpg (file attached)
See this
13/4/24, 9:05 pm - ~ Noor: ok
13/4/24, 9:05 pm - ~ Noor: ok
13/4/24, 9:06 pm - Gul: <Media omitted>
13/4/24, 9:06 pm - Gul: This message was deleted
13/4/24, 9:07 pm - Gul changed the subject from "A: b" to "C"

13/4/24, 9:08 pm - Gul: null
"""


def test_a_whole_chat_is_accounted_for_line_by_line() -> None:
    found = chat.read("one line above\n" + ANDROID, today=TODAY)
    assert found.order == Order.DMY
    assert found.counted() == {
        "message": (4, 7),
        "system": (3, 4),
        "deleted": (1, 1),
        "omitted": (1, 1),
        "empty": (1, 1),
    }
    assert sum(lines for _entries, lines in found.counted().values()) + found.before == found.lines == 15
    assert found.pasted == 1
    said = [(e.sender, e.text, e.file, e.n) for e in found.entries if e.kind == Kind.MESSAGE]
    assert said == [
        ("Ali Khan", "Theft near the bank\nthey took the till\n" + PASTED, "", 0),
        ("+92 300 1234567", "See this", "IMG-20240413-WA0001.jpg", 0),
        ("Noor", "ok", "", 0),
        ("Noor", "ok", "", 1),
    ]  # fmt: skip
    assert found.entries[2].at == datetime(2024, 4, 13, 21, 5)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = chat.read(ANDROID, today=TODAY)
    assert chat.read("\ufeff" + ANDROID.replace("\n", "\r\n"), today=TODAY) == plain


def test_an_order_that_is_not_certain_is_asked_for() -> None:
    text = "3/3/24, 9:05 pm - Ali: hi\n3/4/24, 9:05 pm - Ali: hi\n"
    with pytest.raises(Ambiguous) as asked:
        chat.read(text, today=TODAY)
    assert asked.value.readings == {Order.DMY: date(2024, 4, 3), Order.MDY: date(2024, 3, 4)}
    assert asked.value.example == "3/4/24, 9:05 pm"
    assert chat.read(text, today=TODAY, order=Order.MDY).entries[1].at == datetime(2024, 3, 4, 21, 5)


@pytest.mark.parametrize(
    ("text", "order", "code", "line"),
    [
        ("", None, "no_stamps", 0),
        ("A letter.\nNothing of WhatsApp's.", None, "no_stamps", 0),
        ("13/13/24, 9:05 - Ali: hi", None, "no_dates", 1),
        ("3/4/24, 9:05 - Ali: hi\n13/4/24, 9:05 - Ali: hi", Order.MDY, "wrong_order", 2),
    ],
)
def test_what_is_no_chat_is_refused(text: str, order: Order | None, code: str, line: int) -> None:
    with pytest.raises(Unreadable) as trouble:
        chat.read(text, today=TODAY, order=order)
    assert (trouble.value.code, trouble.value.line) == (code, line)


WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), max_size=60)


@given(lines=st.lists(st.one_of(WORDS, st.sampled_from(ANDROID.split("\n"))), max_size=30))
@settings(max_examples=100)
def test_nothing_breaks_it_and_no_line_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        found = chat.read(text, today=TODAY, order=Order.DMY)
    except Unreadable:
        return
    counted = sum(entries for entries, _lines in found.counted().values())
    assert counted == len(found.entries)
    assert sum(lines for _entries, lines in found.counted().values()) + found.before == found.lines


FORMS = {
    "{d}/{m}/{y:02d}, {h12}:{n:02d} {half} - {who}: {text}": False,
    "[{d:02d}/{m:02d}/20{y:02d}, {h12}:{n:02d}:{s:02d}\u202f{half}] {who}: {text}": True,
    "{d}.{m}.20{y:02d} klo {h}.{n:02d} - {who}: {text}": False,
    "\u200e[{d}.{m}.{y:02d}, {h:02d}:{n:02d}:{s:02d}] {who}: \u200e{text}": True,
}


@given(
    form=st.sampled_from(sorted(FORMS)),
    said=st.lists(
        st.tuples(
            st.integers(0, 100_000),
            st.sampled_from(["Ali", "علی", "+92 300 1234567", "Gul (Traders)"]),
            st.text("abc آئی हाँ/,-", min_size=1, max_size=20).map(str.strip).filter(bool),
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_what_a_telephone_writes_is_read_back(form: str, said: list[tuple[int, str, str]]) -> None:
    written, expected = [], []
    at = datetime(2024, 4, 13, 9, 5)
    for minutes, who, text in said:
        at = min(at + timedelta(seconds=minutes), datetime(2026, 3, 1))
        half = "pm" if at.hour > 11 else "am"
        facts = {"d": at.day, "m": at.month, "y": at.year - 2000, "h": at.hour, "h12": at.hour % 12 or 12}
        more = {"n": at.minute, "s": at.second, "half": half, "who": who, "text": text}
        written.append(form.format(**facts, **more))
        expected.append((at if FORMS[form] else at.replace(second=0), who, text))
    found = chat.read("\n".join(written), today=TODAY, order=Order.DMY)
    assert [(e.at, e.sender, e.text.strip("\u200e")) for e in found.entries] == expected


def test_overlapping_exports_number_the_same_messages_alike() -> None:
    lines = [
        f"13/4/2024, 9:{minute:02d} pm - Ali: {random.Random(minute).choice('ab')}" for minute in range(60)
    ]
    lines = [line for line in lines for _ in range(2)]
    whole = {(e.at, e.text, e.n) for e in chat.read("\n".join(lines), today=TODAY).entries}
    part = {(e.at, e.text, e.n) for e in chat.read("\n".join(lines[40:]), today=TODAY).entries}
    assert part < whole
