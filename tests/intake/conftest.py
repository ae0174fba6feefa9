"""Fixtures of these tests. (What needs Django is in `stage`: this file is loaded before Django is.)"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def desk(db: None) -> Any:
    """The accounts."""
    from tests.intake.stage import make_desk

    return make_desk()


@pytest.fixture
def heard() -> Any:
    """Handlers that remember."""
    from tests.intake.stage import Recorder

    return Recorder()


@pytest.fixture
def worker(as_role: Callable[[str], Any], desk: Any) -> Iterator[None]:
    """The test acts with the rights of the worker; the accounts are there."""
    with as_role("rabta_worker"):
        yield
