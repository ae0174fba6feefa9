"""A later message joins the open case, is offered as a new one, or opens its own (tables/threading_cases.csv)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.threading import OpenCase, Said, Thread, place
from tests.rules.table import Row, each

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CASE = 77


def said(row: Row) -> Said:
    return Said(
        at=NOW,
        urgency=int(row["said_urgency"]) if row["said_urgency"] else None,
        withheld=row["said_withheld"] == "yes",
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
            withheld=row["case_withheld"] == "yes",
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
        OpenCase(id=n, last_word_at=NOW - timedelta(hours=hours), urgency=3, withheld=False)
        for n, hours in ((1, 9), (2, 5))
    )
    word = Said(at=NOW, urgency=None, withheld=False)
    assert place(word, open_cases=[old, new]) == place(word, open_cases=[new, old]) == (Thread.JOIN, 2)


def test_an_answer_joins_the_older_case_that_it_answers() -> None:
    cases = [
        OpenCase(id=n, last_word_at=NOW - timedelta(hours=n), urgency=3, withheld=False) for n in (1, 2, 3)
    ]
    assert place(Said(at=NOW, urgency=3, withheld=False, answers=3), open_cases=cases) == (Thread.JOIN, 3)


some_cases = st.lists(
    st.builds(
        OpenCase,
        id=st.integers(1, 9),
        last_word_at=st.integers(0, 1000).map(lambda hours: NOW - timedelta(hours=hours)),
        urgency=st.integers(0, 4),
        withheld=st.booleans(),
        undecided=st.booleans(),
        category=st.sampled_from(["", "theft", "traffic"]),
    ),
    max_size=5,
    unique_by=lambda case: case.id,
)
somebody_said = st.builds(
    Said,
    at=st.just(NOW),
    urgency=st.none() | st.integers(0, 4),
    withheld=st.booleans(),
    category=st.sampled_from(["", "theft", "traffic"]),
    answers=st.none() | st.integers(1, 9),
)


@given(somebody_said, some_cases)
def test_what_is_withheld_never_lands_in_a_case_that_a_station_reads(
    word: Said, cases: list[OpenCase]
) -> None:
    _verdict, joined = place(word, open_cases=cases)
    into = next((case for case in cases if case.id == joined), None)
    if word.withheld and into:
        assert into.withheld or into.undecided


@given(somebody_said, some_cases)
def test_an_emergency_never_hides_in_a_less_urgent_case_that_it_does_not_answer(
    word: Said, cases: list[OpenCase]
) -> None:
    _verdict, joined = place(word, open_cases=cases)
    into = next((case for case in cases if case.id == joined), None)
    if word.urgency == 0 and into and joined != word.answers:
        assert into.urgency == 0 or into.undecided


@given(somebody_said, some_cases)
def test_it_joins_an_open_case_or_opens_one(word: Said, cases: list[OpenCase]) -> None:
    verdict, joined = place(word, open_cases=cases)
    assert (joined is None) == (verdict is Thread.OPEN)
    assert joined is None or joined in {case.id for case in cases}
