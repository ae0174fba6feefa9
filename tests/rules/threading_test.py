"""A later message joins the open case, is offered as a new one, or opens its own (tables/threading_cases.csv)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.threading import OFFERED_WITHIN, OpenCase, Said, Thread, place
from tests.rules.table import Row, each

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CASE = 77


def said(row: Row) -> Said:
    return Said(
        at=NOW,
        urgency=int(row["said_urgency"]) if row["said_urgency"] else None,
        withheld=row["said_withheld"],
        category=row["said_category"],
        answers=CASE if row["answers"] == "yes" else None,
    )


def open_cases(row: Row) -> list[OpenCase]:
    if not row["hours_since"]:
        return []
    return [
        OpenCase(
            id=CASE,
            last_word_at=NOW - timedelta(hours=float(row["hours_since"])),
            urgency=int(row["case_urgency"]),
            withheld=row["case_withheld"],
            told=row["case_told"] == "yes",
            category=row["case_category"],
            undecided=row["case_undecided"] == "yes",
        )
    ]


@each("threading_cases", by="situation")
def test_what_becomes_of_the_message(row: Row) -> None:
    verdict, case = place(said(row), open_cases=open_cases(row))
    assert verdict.name == row["expected"]
    assert case == (None if verdict is Thread.OPEN else CASE)


def test_of_two_open_cases_the_one_with_the_last_word_is_joined() -> None:
    old, new = (
        OpenCase(id=n, last_word_at=NOW - timedelta(hours=hours), urgency=3) for n, hours in ((1, 9), (2, 5))
    )
    word = Said(at=NOW, urgency=None)
    assert place(word, open_cases=[old, new]) == place(word, open_cases=[new, old]) == (Thread.JOIN, 2)


def test_an_answer_joins_the_older_case_that_it_answers() -> None:
    cases = [OpenCase(id=n, last_word_at=NOW - timedelta(hours=n), urgency=3) for n in (1, 2, 3)]
    assert place(Said(at=NOW, urgency=3, answers=3), open_cases=cases) == (Thread.JOIN, 3)


reasons = st.sampled_from(["", "accusation", "tip", "restricted"])
some_cases = st.lists(
    st.builds(
        OpenCase,
        id=st.integers(1, 9),
        last_word_at=st.integers(0, 1000).map(lambda hours: NOW - timedelta(hours=hours)),
        urgency=st.integers(0, 4),
        withheld=reasons,
        hidden=st.booleans(),
        told=st.booleans(),
        narrowed=st.booleans(),
        undecided=st.booleans(),
        wants_place=st.booleans(),
        apart=st.booleans(),
        category=st.sampled_from(["", "theft", "traffic"]),
    ),
    max_size=5,
    unique_by=lambda case: case.id,
)
somebody_said = st.builds(
    Said,
    at=st.just(NOW),
    urgency=st.none() | st.integers(0, 4),
    withheld=reasons,
    category=st.sampled_from(["", "theft", "traffic"]),
    answers=st.none() | st.integers(1, 9),
    shows=st.sampled_from(["", "place", "picture"]),
)


def into(word: Said, cases: list[OpenCase]) -> OpenCase | None:
    """The case that the words join."""
    verdict, number = place(word, open_cases=cases)
    joins = verdict in (Thread.JOIN, Thread.OFFER)
    return next((case for case in cases if case.id == number and joins), None)


@given(somebody_said, some_cases)
def test_what_is_withheld_never_lands_in_a_case_that_a_station_reads(
    word: Said, cases: list[OpenCase]
) -> None:
    joined = into(word, cases)
    if word.withheld and joined and not (joined.undecided and not joined.secret):
        alike = (joined.withheld, joined.category) == (word.withheld, word.category)
        assert joined.withheld and (alike or not (joined.told or joined.narrowed))
        if word.withheld == "accusation":
            assert joined.withheld == "accusation" and not (joined.told or joined.narrowed)


@given(somebody_said, some_cases)
def test_an_emergency_never_hides_in_a_less_urgent_case(word: Said, cases: list[OpenCase]) -> None:
    joined = into(word, cases)
    if word.urgent and joined:
        blank = word.urgency == 1 and joined.undecided and not joined.secret
        assert joined.urgency <= (word.urgency or 0) or blank


@given(somebody_said, some_cases)
def test_it_joins_an_open_case_or_opens_one(word: Said, cases: list[OpenCase]) -> None:
    verdict, number = place(word, open_cases=cases)
    assert (number is None) == (verdict is Thread.OPEN)
    assert number is None or number in {case.id for case in cases}


@given(somebody_said, some_cases, some_cases)
def test_words_that_may_be_of_a_secret_matter_stand_where_no_unit_reads_them(
    word: Said, cases: list[OpenCase], elsewhere: list[OpenCase]
) -> None:
    beside = [
        replace(case, id=case.id + 100, told=True, withheld=case.withheld or "tip") for case in elsewhere
    ]
    word = replace(word, category="", withheld="", urgency=None, answers=None, shows="")
    verdict, number = place(word, open_cases=cases, beside=beside)
    joined = next((case for case in cases if case.id == number), None)
    newest = max(cases, key=lambda case: (case.last_word_at, case.id), default=None)
    goes_on = newest and not newest.secret and (newest.urgency == 0 or newest.wants_place)
    lost = [case for case in cases if case.wants_place and case.urgency <= 1 and not case.secret]
    secret = [case for case in (*cases, *beside) if case.secret]
    others = [case for case in (*cases, *beside) if case != joined and (case.secret or _lately(case))]
    if verdict in (Thread.JOIN, Thread.OFFER) and joined and secret and others:
        assert (joined.secret and not joined.told) or (goes_on and joined == newest) or joined in lost


@given(somebody_said, some_cases)
def test_a_cry_for_help_is_never_kept_with_a_secret_matter_but_an_accusation(
    word: Said, cases: list[OpenCase]
) -> None:
    word = replace(word, withheld="", urgency=0)
    verdict, number = place(word, open_cases=cases)
    joined = next((case for case in cases if case.id == number), None)
    assert verdict is not Thread.APART
    if joined and joined.secret:
        assert joined.withheld == "accusation" and NOW - joined.last_word_at <= timedelta(hours=1)
        assert not [case for case in cases if case.urgency == 0 and not case.secret and _lately(case)]


def _lately(case: OpenCase) -> bool:
    return NOW - case.last_word_at <= OFFERED_WITHIN


def two(**of_the_secret: object) -> list[OpenCase]:
    """A theft that a station has, written of last; and before it a secret matter."""
    secret = OpenCase(id=1, last_word_at=NOW - timedelta(hours=9), urgency=3, **of_the_secret)  # type: ignore[arg-type]
    return [
        secret,
        OpenCase(id=2, last_word_at=NOW - timedelta(hours=5), urgency=3, category="theft", told=True),
    ]


ACCUSED = {"withheld": "accusation", "category": "against_police"}
TIPPED = {"withheld": "tip", "category": "crime_tip", "told": True}


@pytest.mark.parametrize(
    ("category", "secret", "expected"),
    [
        ("", ACCUSED, (Thread.OFFER, 1)),  # “he came again”: the accused would read it with the theft
        ("", TIPPED, (Thread.APART, 1)),  # “it is Haider again”: the unit would read it with the tip
        (
            "",
            {"hidden": True, "category": "theft", "told": True},
            (Thread.APART, 1),
        ),  # a tip that was released
        ("theft", ACCUSED, (Thread.JOIN, 2)),
        ("theft", TIPPED, (Thread.JOIN, 2)),
        ("theft", {**ACCUSED, "category": "theft"}, (Thread.OFFER, 1)),  # of both alike
        ("crime_tip", TIPPED, (Thread.JOIN, 1)),
        ("traffic", TIPPED, (Thread.OPEN, None)),
    ],
)
def test_beside_a_secret_matter_words_go_where_they_surely_belong_or_to_the_desk(
    category: str, secret: dict[str, object], expected: tuple[Thread, int | None]
) -> None:
    word = Said(at=NOW, urgency=None, category=category)
    assert place(word, open_cases=two(**secret)) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(9, (Thread.JOIN, 2)), (11, (Thread.OFFER, 1))])
def test_a_picture_belongs_to_the_words_just_before_it(minutes: int, expected: tuple[Thread, int]) -> None:
    secret, theft = two(**ACCUSED)
    theft = replace(theft, last_word_at=NOW - timedelta(minutes=minutes))
    assert place(Said(at=NOW, urgency=None, shows="picture"), open_cases=[secret, theft]) == expected


def test_a_place_belongs_to_the_case_that_waits_for_one() -> None:
    secret, theft = two(**ACCUSED)
    word = Said(at=NOW, urgency=None, shows="place")
    assert place(word, open_cases=[secret, replace(theft, wants_place=True)]) == (Thread.JOIN, 2)


@pytest.mark.parametrize("asked", [{"urgency": 0}, {"wants_place": True}])
def test_who_is_in_danger_or_was_asked_for_the_place_is_heard_there(asked: dict[str, Any]) -> None:
    secret, ordinary = two(**ACCUSED)
    ordinary = replace(ordinary, last_word_at=NOW - timedelta(minutes=5), **asked)
    assert place(Said(at=NOW, urgency=None), open_cases=[secret, ordinary]) == (Thread.JOIN, 2)
    other = Said(at=NOW, urgency=None, category="traffic")
    assert place(other, open_cases=[secret, ordinary]) == (Thread.OFFER, 1)


@pytest.mark.parametrize("minutes", [5, 65, 3 * 24 * 60])
def test_an_emergency_that_waits_for_its_place_loses_it_to_nothing(minutes: int) -> None:
    secret, lost = two(**ACCUSED)
    lost = replace(lost, urgency=0, wants_place=True, last_word_at=NOW - timedelta(minutes=minutes))
    newer = replace(secret, last_word_at=NOW - timedelta(minutes=2))
    for shows in ("", "place"):
        word = Said(at=NOW, urgency=None, shows=shows)
        assert place(word, open_cases=[lost, newer]) == (Thread.JOIN, 2)
    assert place(Said(at=NOW, urgency=None, shows="picture"), open_cases=[lost, newer]) == (Thread.JOIN, 1)
    other = Said(at=NOW, urgency=3, category="traffic")
    assert place(other, open_cases=[lost, newer]) == (Thread.OFFER, 1)


LOST = OpenCase(
    id=1,
    last_word_at=NOW - timedelta(days=2),
    urgency=1,
    category="missing_person",
    wants_place=True,
    opened_at=NOW - timedelta(days=2),
)
SHOOTING = OpenCase(
    id=2, last_word_at=NOW - timedelta(minutes=1), urgency=0, category="life_in_danger", told=True
)
FOUND = replace(SHOOTING, urgency=1, category="missing_person")
STOLEN = replace(SHOOTING, urgency=3, category="theft")
ASKED = replace(STOLEN, told=False, wants_place=True)
OLD_THEFT = replace(ASKED, id=1, last_word_at=NOW - timedelta(days=10))


@pytest.mark.parametrize(
    ("newest", "older", "shows", "minutes", "expected"),
    [
        (SHOOTING, LOST, "", 1, 2),  # “I am hiding behind the mosque”
        (SHOOTING, LOST, "place", 1, 2),
        (SHOOTING, LOST, "picture", 1, 2),
        (FOUND, LOST, "place", 59, 2),
        (ASKED, LOST, "", 60, 2),  # “Near Kotwali”
        (ASKED, LOST, "place", 60, 2),
        (ASKED, LOST, "place", 61, 1),
        (STOLEN, LOST, "", 5, 2),  # “I saw it just now near Gulbahar”
        (STOLEN, LOST, "", 300, 2),
        (STOLEN, LOST, "place", 5, 1),
        (FOUND, OLD_THEFT, "place", 1, 2),
        (FOUND, OLD_THEFT, "place", 60, 2),
        (FOUND, OLD_THEFT, "place", 61, 1),
        (STOLEN, OLD_THEFT, "place", 1, 1),
    ],
)
def test_of_two_ordinary_cases_the_one_that_is_talked_of_takes_what_follows(
    newest: OpenCase, older: OpenCase, shows: Any, minutes: int, expected: int
) -> None:
    newest = replace(newest, last_word_at=NOW - timedelta(minutes=minutes))
    word = Said(at=NOW, urgency=None, shows=shows)
    verdict, joined = place(word, open_cases=[older, newest])
    assert (joined, verdict in (Thread.JOIN, Thread.OFFER)) == (expected, True)


@pytest.mark.parametrize("shows", ["", "picture"])
@pytest.mark.parametrize("later", [0, 1])
def test_what_is_read_late_goes_on_with_no_later_word(shows: Any, later: int) -> None:
    """“He came again” was written between an accusation and a cry for help that was read before it."""
    secret, _theft = two(**ACCUSED)
    cry = replace(SHOOTING, last_word_at=NOW + timedelta(minutes=later))
    expected = (Thread.OFFER, 1) if later else (Thread.JOIN, 2)
    assert place(Said(at=NOW, urgency=None, shows=shows), open_cases=[secret, cry]) == expected


@pytest.mark.parametrize(("opened", "expected"), [(-1, (Thread.JOIN, 2)), (1, (Thread.OFFER, 1))])
def test_a_place_that_is_read_late_reaches_the_emergency_that_waited_for_it(
    opened: int, expected: tuple[Thread, int]
) -> None:
    secret, _theft = two(**ACCUSED)
    cried_again = NOW + timedelta(minutes=2)
    lost = replace(LOST, id=2, last_word_at=cried_again, opened_at=NOW + timedelta(minutes=opened))
    assert place(Said(at=NOW, urgency=None), open_cases=[secret, lost]) == expected


def test_after_three_days_it_is_as_any_other() -> None:
    secret, lost = two(**ACCUSED)
    lost = replace(lost, urgency=0, wants_place=True, last_word_at=NOW - timedelta(days=3, minutes=1))
    assert place(Said(at=NOW, urgency=None), open_cases=[lost, secret]) == (Thread.OFFER, 1)


def test_no_accusation_joins_one_of_which_it_is_known_who_is_accused() -> None:
    (secret, _theft) = two(**ACCUSED, narrowed=True)
    word = Said(at=NOW, urgency=2, withheld="accusation", category="against_police")
    assert place(word, open_cases=[secret]) == (Thread.LINKED, 1)
    assert place(replace(word, withheld="", category=""), open_cases=[secret]) == (Thread.JOIN, 1)


def test_an_accusation_is_not_linked_with_what_only_waits_beside_one() -> None:
    apart = OpenCase(id=3, last_word_at=NOW, urgency=3, withheld="accusation", narrowed=True, apart=True)
    (secret, _theft) = two(**ACCUSED, told=True)
    word = Said(at=NOW, urgency=2, withheld="accusation", category="against_police")
    assert place(word, open_cases=[apart]) == (Thread.OPEN, None)
    assert place(word, open_cases=[secret, apart]) == (Thread.LINKED, 1)


@pytest.mark.parametrize(("hours", "expected"), [(0.5, (Thread.OFFER, 3)), (2, (Thread.OPEN, None))])
def test_what_was_kept_apart_takes_no_other_matter(hours: float, expected: tuple[Thread, int | None]) -> None:
    apart = OpenCase(
        id=3, last_word_at=NOW - timedelta(hours=hours), urgency=3, withheld="accusation", apart=True
    )
    word = Said(at=NOW, urgency=3, category="theft")
    secret = replace(apart, id=4, told=True, apart=False)
    assert place(word, open_cases=[apart], beside=[secret]) == expected


@pytest.mark.parametrize("days", [31, 200])
def test_a_secret_matter_that_was_silent_for_long_counts_too(days: int) -> None:
    secret, ordinary = two(**ACCUSED)
    secret = replace(secret, last_word_at=NOW - timedelta(days=days))
    assert place(Said(at=NOW, urgency=None), open_cases=[secret, ordinary]) == (Thread.OFFER, 1)
    assert place(Said(at=NOW, urgency=None), open_cases=[secret]) == (Thread.OFFER, 1)
    assert place(Said(at=NOW, urgency=3, category="theft"), open_cases=[secret]) == (Thread.OPEN, None)


def test_so_does_one_that_is_closed_or_elsewhere() -> None:
    secret, ordinary = two(**ACCUSED)
    beside = [replace(secret, told=True)]
    word = Said(at=NOW, urgency=None)
    assert place(word, open_cases=[ordinary], beside=beside) == (Thread.APART, 1)
    assert place(word, open_cases=[], beside=beside) == (Thread.APART, 1)
    assert place(replace(word, urgency=0), open_cases=[], beside=beside) == (Thread.OPEN, None)
    kept = replace(ordinary, id=3, withheld="accusation", told=False, last_word_at=NOW)
    assert place(word, open_cases=[ordinary, kept], beside=beside) == (Thread.OFFER, 3)


def test_beside_two_secret_matters_the_accusation_counts() -> None:
    tip = OpenCase(id=3, last_word_at=NOW - timedelta(hours=1), urgency=3, withheld="tip")
    cases = [*two(**ACCUSED), tip]
    assert place(Said(at=NOW, urgency=None), open_cases=cases) == (Thread.OFFER, 1)


def test_of_two_matters_the_one_that_the_words_are_about_is_joined() -> None:
    theft, traffic = (
        OpenCase(id=n, last_word_at=NOW - timedelta(hours=n), urgency=3, category=about)
        for n, about in ((2, "theft"), (1, "traffic"))
    )
    word = Said(at=NOW, urgency=None, category="theft")
    assert place(word, open_cases=[theft, traffic]) == (Thread.JOIN, 2)
