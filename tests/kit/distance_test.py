"""Distances between places."""

import pytest

from rabta.kit import distance


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((34.0151, 71.5249), (34.0151, 71.5249), 0),
        ((34.0, 71.0), (35.0, 71.0), 111_195),
        ((34.0151, 71.5249), (33.6844, 73.0479), 145_000),  # Peshawar to Islamabad
        ((0.0, 179.5), (0.0, -179.5), 111_195),
    ],
)
def test_known_places_lie_as_far_apart_as_on_a_map(a, b, metres):
    assert distance.metres(a, b) == pytest.approx(metres, rel=0.01, abs=1)
    assert distance.metres(b, a) == pytest.approx(distance.metres(a, b))
