"""Texts that are nearly the same share numbers; others do not. And which cases are gathered in a surge, by a table."""

from datetime import UTC, datetime, timedelta

import pytest

from rabta.rules import likeness
from rabta.rules.gathering import Like, Told, gathered_under, taken_along
from tests.rules.table import Row, each

AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
KEY = b"k" * 32
FIRE = "There is a big fire in the cloth market near the clock tower and people are shouting for water please come"
NEARLY = "There is a BIG fire in the cloth market near the clock tower, and people are shouting for water!"
URDU = "گھنٹہ گھر کے قریب کپڑے کی مارکیٹ میں آگ لگی ہے اور لوگ پانی کے لیے چیخ رہے ہیں"
URDU_TYPED_ELSEWHERE = "گھنٹه گھر كے قريب كپڑے كي ماركيٹ ميں آگ لگي ہے اور لوگ پاني كے ليے چيخ رہے ہيں"
OTHER = "My motorcycle was stolen last night from outside the hospital and the guard saw nobody at all there"


def shared(one: str, other: str, *, later: timedelta = timedelta(0)) -> int:
    stored = set(likeness.bands(one, at=AT, key=KEY))
    return len(stored & set(likeness.bands_wanted(other, at=AT + later, key=KEY)))


def test_the_same_text_agrees_in_all_bands_for_two_weeks_and_then_no_more() -> None:
    assert shared(FIRE, FIRE) == likeness.BANDS
    assert shared(FIRE, FIRE, later=timedelta(days=7)) == likeness.BANDS
    assert shared(FIRE, FIRE, later=timedelta(days=14)) == 0


def test_a_text_that_is_nearly_the_same_is_found_and_another_is_not() -> None:
    assert shared(FIRE, NEARLY) >= 1
    assert shared(URDU, URDU_TYPED_ELSEWHERE) == likeness.BANDS
    assert shared(FIRE, OTHER) == 0


def test_short_texts_are_like_nothing() -> None:
    assert likeness.bands("please help us here", at=AT, key=KEY) == []


def test_the_numbers_say_nothing_without_the_key() -> None:
    assert not set(likeness.bands(FIRE, at=AT, key=KEY)) & set(likeness.bands(FIRE, at=AT, key=b"x" * 32))


@pytest.mark.parametrize(
    ("lat", "lng", "minutes", "found"),
    [(34.0, 71.5, 0, True), (34.002, 71.502, 10, True), (34.02, 71.5, 0, False), (34.0, 71.5, 90, False)],
)
def test_a_place_is_found_from_around_and_for_a_while(
    lat: float, lng: float, minutes: int, found: bool
) -> None:
    stored = likeness.spot("traffic", lat=34.0, lng=71.5, at=AT)
    wanted = likeness.spots_wanted("traffic", lat=lat, lng=lng, at=AT + timedelta(minutes=minutes))
    assert bool(set(stored) & set(wanted)) is found
    assert not set(stored) & set(likeness.spots_wanted("theft", lat=34.0, lng=71.5, at=AT))


def test_without_a_place_or_a_category_there_is_no_number() -> None:
    assert likeness.spot("traffic", lat=None, lng=None, at=AT) == []
    assert likeness.spots_wanted("", lat=34.0, lng=71.5, at=AT) == []


def _told(words: str, *, by: int, minutes: int = 0) -> Told:
    """`traffic U3`, `theft U3 withheld`: category, urgency, and whether it is withheld."""
    category, urgency, *more = words.split()
    at = AT - timedelta(minutes=minutes)
    return Told(by=by, at=at, category=category, urgency=int(urgency[1:]), withheld="withheld" in more)


@each("gathering_cases", by="about")
def test_a_new_case_is_gathered_as_the_table_says(row: Row) -> None:
    likes = []
    for n, words in enumerate(filter(None, row["likes"].split(" / ")), start=1):
        facts = dict(part.split("=") for part in words.split() if "=" in part)
        what = " ".join(part for part in words.split() if "=" not in part)
        likes.append(
            Like(
                id=n,
                told=_told(what, by=int(facts.get("by", n)), minutes=int(facts.get("ago", "5"))),
                bands=int(facts.get("bands", "0")),
                same_spot=facts.get("spot") == "yes",
                gathers=facts.get("gathers") == "yes",
                waits=facts.get("works") != "yes",
            )
        )
    new = _told(row["new"], by=99)
    assert gathered_under(new, likes=likes) == (int(row["under"]) if row["under"] else None)
    assert taken_along(new, likes=likes) == [int(id) for id in row["along"].split()]
