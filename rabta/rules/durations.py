"""Times in steps, so that they can be added up: medians come out within nine in a hundred of the truth.

A step is an eighth of a doubling of minutes. The database puts times into steps by the same formula
(`rabta.figures.migrations.0002_counting`).
"""

from collections.abc import Mapping
from datetime import timedelta
from math import floor, log2

STEPS = 8  # to a doubling


def step_of(taken: timedelta) -> int:
    """The step of a time; what is shorter than a minute is in the first."""
    minutes = max(taken.total_seconds() / 60, 0)
    return floor(STEPS * log2(1 + minutes))


def within(step: int) -> timedelta:
    """The middle of a step."""
    return timedelta(minutes=2 ** ((step + 0.5) / STEPS) - 1)


def percentile(steps: Mapping[int, int], share: float) -> timedelta | None:
    """The time within which this share of the matters was done; None of none."""
    whole = sum(steps.values())
    left = share * whole
    for step in sorted(steps):
        left -= steps[step]
        if steps[step] and left <= 0:
            return within(step)
    return None
