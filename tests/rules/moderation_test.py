"""What of a group's talk is held back, in five languages; strikes, looks of pictures, quiet hours."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.journey.groups import talk_words
from rabta.rules import moderation
from rabta.rules.moderation import Step
from tests.cast import NOW
from tests.rules.table import Row, each, rows

DAY = timedelta(days=1)
UNSEEN = (
    "moderation_unseen",
    "moderation_newer",
    "moderation_third",
    "moderation_fourth",
    "moderation_fifth",
    "moderation_sixth",
    "moderation_seventh",
    "moderation_eighth",
    "moderation_ninth",
)


def held(text: str) -> bool:
    """Whether a member's words are held back: they are noise, and nothing of them may be a matter of the police."""
    return talk_words.noise_of(text) is not None and not talk_words.is_for_desk(text)


@each("moderation", by="text")
def test_words_are_held_back_or_wait(row: Row) -> None:
    assert (talk_words.noise_of(row["text"]) or "") == row["expected"]
    if row["expected"]:
        assert not talk_words.is_for_desk(row["text"])


def test_reports_that_open_with_a_greeting_pass_also_where_nobody_tuned() -> None:
    """The tables were written before anything was tried with them, the last four by somebody who saw neither words nor
    texts of training. The goal is 99.5 %; what some of them showed was taught since in other words."""
    reports = [row["text"] for table in UNSEEN for row in rows(table) if row["expected"] != "noise"]
    assert len(reports) == 1800
    assert len([text for text in reports if held(text)]) <= 8


def test_of_greetings_nearly_all_are_held() -> None:
    """The goal is 95 % of them; chain letters and jokes are counted by themselves below."""
    greetings = [row["text"] for table in UNSEEN for row in rows(table) if row.get("kind") == "greeting"]
    assert len(greetings) == 1600
    assert sum(map(held, greetings)) >= 1520


def test_wishes_to_officers_are_held_where_they_are_like_no_accusation() -> None:
    """Half of these name an officer and carry something, a hint of a bribe or a request: the desk reads those, and
    most of the others, too. The first number is of 150, the second must stay small."""
    by_kind = {"greeting": 0, "report": 0}
    for row in rows("moderation_officers"):
        by_kind[row["kind"]] += held(row["text"])
    assert by_kind["greeting"] >= 105 and by_kind["report"] <= 5


@pytest.mark.parametrize(
    ("table", "count", "at_least"),
    [
        ("moderation_unseen", 200, 194),
        ("moderation_newer", 100, 93),
        ("moderation_third", 150, 132),
        ("moderation_fourth", 150, 67),  # jokes, verses and home remedies rather than greetings
        ("moderation_fifth", 400, 330),  # 300 greetings, of which 288 are held, and 100 chain letters
        ("moderation_sixth", 400, 351),  # … 287
        ("moderation_seventh", 400, 332),  # … 279: of other regions and people
        ("moderation_eighth", 400, 350),  # … 288
        ("moderation_ninth", 500, 441),  # 400 greetings, of which 378 are held
    ],
)
def test_of_each_set_many_greetings_and_chain_letters_are_held(table: str, count: int, at_least: int) -> None:
    """The goal is 95 %: what is not held waits for a moderator, who refuses it with two taps. It may not get worse."""
    noise = [row["text"] for row in rows(table) if row["expected"] == "noise"]
    assert len(noise) == count
    assert sum(map(held, noise)) >= at_least


@pytest.mark.parametrize(
    "words",
    [
        "Happy new year Inspector Khan, last year you slapped me, this year be kind",
        "Happy Diwali SHO sahib, as always the envelope is ready",
        "عید مبارک ایس ایچ او صاحب، آپ کا حصہ پہنچا دیا",
        "Good night Inspector, sleep well with our money",
        "Salam SHO sahib. Your munshi took 5000 from my son",
    ],
)
def test_an_accusation_in_a_wish_is_the_desks(words: str) -> None:
    """So are some honest wishes to officers, where they are a little like an accusation."""
    assert talk_words.is_for_desk(words)


def test_strikes_lead_from_a_reminder_to_a_week_of_silence_to_the_station() -> None:
    steps = [moderation.step_after(before=n, after=n + 1) for n in range(12)]
    assert [(n + 1, step) for n, step in enumerate(steps) if step] == [
        (3, Step.REMIND),
        (6, Step.MUTE),
        (10, Step.PUT_UP),
    ]
    assert moderation.step_after(before=2, after=6) == Step.MUTE


def test_one_greeting_a_day_is_nobodys_fault_and_strikes_fade() -> None:
    daily = [(NOW - n * DAY, 1) for n in range(20)]
    assert moderation.counting(daily, now=NOW) == 0
    assert moderation.counting([(NOW, 1)] * 4, now=NOW) == 3
    assert moderation.counting([(NOW, 2)], now=NOW) == 1
    assert moderation.counting([(NOW - 31 * DAY, 1)] * 9, now=NOW) == 0


@given(st.binary(min_size=16, max_size=16), st.sets(st.integers(0, 127), max_size=moderation.ALIKE))
def test_copies_of_a_picture_are_found_by_a_band_they_share(look: bytes, changed: set[int]) -> None:
    bits = int.from_bytes(look, "big")
    for at in changed:
        bits ^= 1 << at
    copy = bits.to_bytes(16, "big")
    assert moderation.alike(look, copy)
    assert set(moderation.bands_of(look)) & set(moderation.bands_of(copy))


@pytest.mark.parametrize(
    ("at", "begins", "ends", "quiet"),
    [
        (23 * 60, 22 * 60, 6 * 60, True),
        (5 * 60, 22 * 60, 6 * 60, True),
        (6 * 60, 22 * 60, 6 * 60, False),
        (12 * 60, 22 * 60, 6 * 60, False),
        (13 * 60, 12 * 60, 14 * 60, True),
        (13 * 60, None, None, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(at: int, begins: int | None, ends: int | None, quiet: bool) -> None:
    assert moderation.is_quiet(at=at, begins=begins, ends=ends) is quiet
    if quiet and ends is not None:
        assert not moderation.is_quiet(
            at=(at + moderation.wait_until_end(at=at, ends=ends)) % 1440, begins=begins, ends=ends
        )
