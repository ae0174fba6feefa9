"""One class for every case, classes that add up for any set of cases, and no table that does not."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.report_classes import DoesNotAddUp, Facts, Flag, ReportClass, class_of, report

C = ReportClass
OUTCOMES = (
    "action_taken", "fir_registered", "not_substantiated", "found_false", "advice", "transferred", "duplicate",
    "withdrawn",
)  # fmt: skip


@pytest.mark.parametrize(
    ("closed", "outcome", "confidential", "expected"),
    [
        (False, "", False, C.PENDING),
        (False, "", True, C.CONFIDENTIAL),
        (True, "found_false", False, C.FOUND_FALSE),
        (True, "found_false", True, C.FOUND_FALSE),
        (True, "action_taken", True, C.DISPOSED),
        *((True, outcome, False, C.DISPOSED) for outcome in OUTCOMES if outcome != "found_false"),
    ],
)
def test_the_class_of_a_case(closed: bool, outcome: str, confidential: bool, expected: ReportClass) -> None:
    assert class_of(Facts(closed=closed, outcome=outcome, confidential=confidential)) is expected


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Facts]:
    closed = draw(st.booleans())
    return draw(st.sampled_from(["x", "facebook", "webform"])), Facts(
        closed=closed,
        outcome=draw(st.sampled_from(OUTCOMES)) if closed else "",
        confidential=draw(st.booleans()),
        flags=frozenset(draw(st.sets(st.sampled_from(list(Flag))))),
    )


@given(st.lists(cases(), max_size=60))
def test_any_set_of_cases_adds_up(found: list[tuple[str, Facts]]) -> None:
    counts = Counter((line, class_of(case)) for line, case in found)
    flags = Counter((line, class_of(case), flag) for line, case in found for flag in case.flags)
    table = report(counts, totals=Counter(line for line, _case in found), flags=flags)
    assert (
        table.sum.total
        == len(found)
        == sum(table.sum.classes.values())
        == sum(row.total for row in table.rows)
    )
    assert all(set(row.classes) == set(ReportClass) for row in (*table.rows, table.sum))
    assert all(number <= table.sum.classes[one] for (one, _flag), number in table.sum.of_which.items())


@given(st.lists(cases(), min_size=1, max_size=20), st.sampled_from([-1, 1]))
def test_one_too_many_or_too_few_is_refused(found: list[tuple[str, Facts]], by: int) -> None:
    counts = Counter((line, class_of(case)) for line, case in found)
    totals = Counter(line for line, _case in found)
    totals[found[0][0]] += by
    with pytest.raises(DoesNotAddUp):
        report(counts, totals=totals, flags={})


@pytest.mark.parametrize(
    ("counts", "flags"),
    [
        ({("x", "disposed"): 2, ("x", "under investigation"): 1}, {}),
        ({("x", "disposed"): 3}, {("x", "disposed", "fir"): 4}),
        ({("x", "disposed"): 3}, {("facebook", "disposed", "fir"): 1}),
    ],
)
def test_what_overlaps_is_refused(
    counts: dict[tuple[str, str], int], flags: dict[tuple[str, str, str], int]
) -> None:
    with pytest.raises(DoesNotAddUp):
        report(counts, totals={"x": 3}, flags=flags)


def test_pending_is_printed_as_nought() -> None:
    table = report({("x", "disposed"): 3}, totals={"x": 3}, flags={}, order=["webform", "x"])
    assert table.sum.classes[C.PENDING] == 0 and [row.name for row in table.rows] == ["webform", "x"]
