"""Steps of time: near enough to what was measured, whatever was measured."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.durations import percentile, step_of, within

MINUTE = timedelta(minutes=1)


@given(st.integers(min_value=0, max_value=90 * 24 * 3600))
def test_a_step_is_near_the_truth(seconds: int) -> None:
    taken = timedelta(seconds=seconds)
    told = within(step_of(taken))
    assert abs(told - taken) <= 0.06 * (taken + MINUTE)


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=40))
def test_the_median_is_near_the_true_one(times: list[int]) -> None:
    true = sorted(times)[(len(times) - 1) // 2]
    found = percentile(Counter(step_of(timedelta(seconds=one)) for one in times), 0.5)
    assert found is not None and abs(found - timedelta(seconds=true)) <= 0.06 * (
        timedelta(seconds=true) + MINUTE
    )


def test_of_nothing_there_is_no_median() -> None:
    assert percentile({}, 0.5) is None and percentile({3: 0}, 0.5) is None
