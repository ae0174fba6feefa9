"""Who may decide on a place in a group, who looks at it again, what members write, and wishes for identity cards."""

from datetime import timedelta

import pytest

from rabta.groups import cards, words
from rabta.rules.joining import Said, read, word_of
from rabta.rules.vetting import (
    Conflict,
    Deciding,
    Reviewing,
    code_fits,
    conflict,
    contest_conflict,
    review_conflict,
    to_remind,
)
from tests.cast import DAY, NOW, TODAY

MINE, HIS, OTHER = b"mine", b"his", b"other"
KEYWORDS = {what: words.keywords(what) for what in ("join", "yes", "review", "renew")}


@pytest.mark.parametrize(
    ("officer", "number", "referees", "related", "found"),
    [
        (MINE, HIS, set(), False, None),
        (MINE, MINE, set(), False, Conflict.SELF),
        (MINE, HIS, {OTHER, MINE}, False, Conflict.REFEREE),
        (MINE, HIS, {OTHER}, True, Conflict.RELATED),
        (b"", HIS, {OTHER}, False, None),
    ],
)
def test_who_decides(
    officer: bytes, number: bytes, referees: set[bytes], related: bool, found: Conflict | None
) -> None:
    facts = Deciding(officer_number=officer, number=number, referees=frozenset(referees), related=related)
    assert conflict(facts) == found


@pytest.mark.parametrize(
    ("first", "officer", "units", "path", "found"),
    [
        (1, 2, {10}, (10, 20, 30), None),
        (1, 2, {20}, (10, 20, 30), None),
        (1, 1, {20}, (10, 20, 30), Conflict.FIRST),
        (1, 2, {30}, (10, 20, 30), Conflict.LEVEL),
        (None, 2, {20}, (10, 20, 30), None),
        (1, 2, {10}, (10,), None),
        (1, 2, set(), (10,), Conflict.LEVEL),
    ],
)
def test_who_looks_again(
    first: int | None, officer: int, units: set[int], path: tuple[int, ...], found: Conflict | None
) -> None:
    facts = Reviewing(first=first, officer=officer, officer_units=frozenset(units), group_path=path)
    assert review_conflict(facts) == found


def test_a_decision_is_contested_once_and_in_time() -> None:
    assert contest_conflict(decided_at=NOW, contested=False, now=NOW + 29 * DAY) is None
    assert contest_conflict(decided_at=NOW, contested=True, now=NOW) == Conflict.AGAIN
    assert contest_conflict(decided_at=NOW, contested=False, now=NOW + 31 * DAY) == Conflict.LATE


def test_places_that_end_are_told_of_a_month_before() -> None:
    assert [to_remind(valid_until=TODAY + n * DAY, today=TODAY) for n in (-1, 0, 30, 31)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_code_is_good_for_half_an_hour_and_five_tries() -> None:
    assert code_fits(sent_at=NOW, tries=4, now=NOW + timedelta(minutes=30))
    assert not code_fits(sent_at=NOW, tries=5, now=NOW)
    assert not code_fits(sent_at=NOW, tries=0, now=NOW + timedelta(minutes=31))
    assert not code_fits(sent_at=None, tries=0, now=NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("JOIN 4BCD8FGH", Said("join", "4bcd8fgh")),
        ("join 4bcd-8fgh yes Karim Bakhsh", Said("join", "4bcd8fgh", True, "Karim Bakhsh")),
        ("शामिल 4bcd8fgh हाँ करीम", Said("join", "4bcd8fgh", True, "करीम")),
        ("شامل 4bcd8fgh جی کریم بخش", Said("join", "4bcd8fgh", True, "کریم بخش")),
        ("ګډون ۱۲۳۴۵۶", Said("join", "123456")),
        ("join 4bcd8fgh Karim", Said("join", "4bcd8fgh", name="Karim")),
        ("REVIEW", Said("review")),
        ("اپیل", Said("review")),
        ("renew", Said("renew")),
        ("REVIEW I am honest, ask the imam", Said("review", why="I am honest, ask the imam")),
        ("अपील मैं ईमानदार हूँ", Said("review", why="मैं ईमानदार हूँ")),
        ("اپیل میں بے قصور ہوں", Said("review", why="میں بے قصور ہوں")),
        ("بیاکتنه زه بې ګناه یم", Said("review", why="زه بې ګناه یم")),
        ("apeel main be qasoor hun", Said("review", why="main be qasoor hun")),
        ("YES Karam Khan", Said("yes", agreed=True, name="Karam Khan")),
        ("haan ji Karam Khan.", Said("yes", agreed=True, name="Karam Khan")),
        ("हाँ करम खान", Said("yes", agreed=True, name="करम खान")),
        ("جی ہاں کرم خان", Said("yes", agreed=True, name="کرم خان")),
        ("هو کرم خان", Said("yes", agreed=True, name="کرم خان")),
        ("yes", Said("yes", agreed=True)),
        ("yes, what does it cost?", None),
        ("yes my motorcycle was stolen last night", None),
        ("join", None),
        ("", None),
        ("my son wants to join 4bcd8fgh", None),
    ],
)
def test_what_members_write(text: str, said: Said | None) -> None:
    assert read(text, keywords=KEYWORDS) == said


def test_a_word_is_read_as_it_was_misread() -> None:
    assert word_of("GuLBaHaR") == word_of("gv1bahar") == "gv1bahar"


@pytest.mark.parametrize(
    "text",
    [
        "When will I get my I-card?", "please give me identity card", "I card?", "Police card kab milega",
        "sir pehchan patra banwa do", "mujhe shinakhti card chahiye", "हमें पहचान पत्र कब मिलेगा", "आई कार्ड चाहिए",
        "شناختی کارڈ کب ملے گا", "ہمیں پولیس کارڈ بنوا دیں", "موږ ته د پولیسو کارډ راکړئ",
    ],
)  # fmt: skip
def test_wishes_for_a_card(text: str) -> None:
    assert cards.asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "my identity card was stolen in the bus", "a man with a fake police card asks for money",
        "mera shinakhti card gum ho gaya", "मेरा पहचान पत्र चोरी हो गया", "میرا شناختی کارڈ گم ہو گیا",
        "ATM card kho gaya, kya karna chahiye", "the road is blocked", "I want to report a theft",
        "my id card was snatched by two boys, I want a report", "mera shanakhti card gir gaya report chahiye",
        "constable ne mera card rakh liya wapis chahiye", "I need a new passport and identity card from nadra",
        "زما پېژندپاڼه ورکه شوه ورک", "someone sells police card for bribe",
    ],
)  # fmt: skip
def test_a_card_that_is_lost_or_forged_is_something_else(text: str) -> None:
    assert not cards.asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "I lost my identity card", "मेरा पहचान पत्र चोरी हो गया", "میرا شناختی کارڈ گم ہو گیا",
        "زما پېژندپاڼه ورکه شوه", "mera id card kho gaya",
    ],
)  # fmt: skip
def test_a_lost_card_is_a_matter(text: str) -> None:
    assert cards.missed(text)
    assert not cards.missed("I want an identity card")


def test_every_letter_stands_in_five_languages() -> None:
    codes = {code for code, _language in words._letters()}
    wanted = {(code, language) for code in codes for language in words.LANGUAGES}
    assert set(words._letters()) == wanted and len(codes) == 19
