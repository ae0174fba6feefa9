"""What takes long to start is started once for all tests of a file. (Django is loaded inside: see `tests/intake`.)"""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _directory_is_compared_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In service once a second: statements that are counted must not hang on the clock."""
    from rabta.force import directory

    monkeypatch.setattr(directory, "COMPARE_EVERY", -1.0)


@pytest.fixture(scope="module")
def tailing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A tailer that reads."""
    from tests.web import processes

    with django_db_blocker.unblock(), processes.tailing() as process:
        yield process


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser."""
    from tests import browsing

    with browsing.chromium() as browser:
        yield browser
