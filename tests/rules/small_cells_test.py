"""A confidential inquiry is counted, and no small cell shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.small_cells import LEAST, MERGED, merged


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"closed": 40, "pending": 12}, {"closed": 40, "pending": 12}),
        ({"closed": 40, "pending": 12, "confidential": 0}, {"closed": 40, "pending": 12, "confidential": 0}),
        ({"closed": 40, "pending": 12, "confidential": 3}, {"closed": 40, MERGED: 15}),
        ({"closed": 40, "false": 3, "confidential": 4}, {"closed": 40, MERGED: 7}),
        ({"closed": 40, "false": 1, "confidential": 1}, {MERGED: 42}),
        ({"confidential": 1}, {MERGED: 1}),
        ({"closed": 5, "confidential": 5}, {"closed": 5, "confidential": 5}),
        ({}, {}),
    ],
)
def test_small_cells_are_merged(cells: dict[str, int], shown: dict[str, int]) -> None:
    assert merged(cells) == shown


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8))
def test_nothing_small_is_shown_and_nothing_is_lost(cells: dict[str, int]) -> None:
    shown = merged(cells)
    assert sum(shown.values()) == sum(cells.values())
    assert all(count == 0 or count >= LEAST for name, count in shown.items() if name != MERGED)
    went = [count for name, count in cells.items() if name not in shown]
    if MERGED in shown and any(shown[name] for name in shown if name != MERGED):
        assert shown[MERGED] >= LEAST and len(went) > 1
