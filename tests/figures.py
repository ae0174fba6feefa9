"""Figures of SECURITY.md's promises, as the tests that hold them found them.

A test marked `security` says `figure("accused pages compared", 0, "0")`. With RABTA_FIGURES=FILE each figure
becomes a line of JSON there; `make security` runs those tests and prints the table.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

VARIABLE = "RABTA_FIGURES"
Figure = Callable[..., None]


def measured(*, whole: int, part: int) -> int:
    """How much of a long measurement is made: all for `make security`, a part of it by `make test`."""
    return whole if os.environ.get(VARIABLE) else part


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """`figure(name, value, goal)`: what was measured and what it should be, as `bench.goals.met` reads it."""

    def tell(name: str, value: object, goal: str = "") -> None:
        target = os.environ.get(VARIABLE)
        if target:
            line = {"test": request.node.nodeid, "name": name, "value": value, "goal": goal}
            with Path(target).open("a") as file:  # one short write: lines of several workers do not mix
                file.write(json.dumps(line, default=str) + "\n")

    return tell
