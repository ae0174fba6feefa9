"""All three weeks of the demonstration's history can be told at any hour, whatever has become of a line before.

`make demo` ends where a story is refused: what waits beside an accusation of two weeks ago did that once.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rabta.cases.models import Case
from rabta.demo import force, provider, stories
from rabta.force import directory
from rabta.force.access import system

pytestmark = pytest.mark.django_db
JUST_BEFORE_MIDNIGHT = datetime(2026, 3, 2, 18, 59, tzinfo=UTC)  # at the force


@pytest.fixture
def everything_is_done(monkeypatch: Any) -> None:
    """The desk opens each line at once: nothing is too fresh, and nothing lies."""
    monkeypatch.setattr(stories, "FRESH", {})
    monkeypatch.setattr(stories, "USUALLY_FRESH", timedelta())
    monkeypatch.setattr(stories, "_lies", lambda _matter, _age: False)


def test_every_story_is_possible(everything_is_done: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(force, "make_password", lambda _: "!")  # nobody logs in here
    monkeypatch.setenv("RABTA_DEMO_DAYS", "30")
    with system("a test"):
        force.create(today=JUST_BEFORE_MIDNIGHT.date())
        provider.create_accounts(simulator="https://provider.invalid")
        directory.forget()
        stories.play(now=JUST_BEFORE_MIDNIGHT, say=lambda _: None)
    directory.forget()
    assert Case.objects.count() > 250
