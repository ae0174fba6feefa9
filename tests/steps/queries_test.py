"""The price of a batch in queries does not grow with the messages in it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rabta.cases.models import Case
from rabta.force import directory
from rabta.review import tables
from tests.cast import HOUR, KOTWALI, NOW, Citizen, deliver, hears, read
from tests.steps.stage import ACCUSATION, THEFT

Batch = Callable[[SimpleNamespace, int], None]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Force and limits are compared once a second, which on a slow machine falls into one batch and not the other."""
    for kept in (directory, tables):
        monkeypatch.setattr(kept, "COMPARE_EVERY", float("inf"))


def cases(cast: SimpleNamespace, many: int) -> None:
    """New matters of strangers, all ordered."""
    deliver(cast, *(Citizen().says(THEFT["en"]) for _ in range(many)))


def accusations(cast: SimpleNamespace, many: int) -> None:
    deliver(cast, *(Citizen().says(ACCUSATION["ur"]) for _ in range(many)))


def words(cast: SimpleNamespace, many: int) -> None:
    """A word more on cases that are ordered."""
    citizens = [Citizen() for _ in range(many)]
    hears(cast, *(citizen.says(THEFT["en"]) for citizen in citizens))
    deliver(cast, *(citizen.says("It is red") for citizen in citizens), at=NOW + HOUR)


def places(cast: SimpleNamespace, many: int) -> None:
    """The place of cases that waited for it."""
    citizens = [Citizen() for _ in range(many)]
    hears(cast, *(citizen.says("My motorcycle was stolen") for citizen in citizens))
    deliver(cast, *(citizen.pins(KOTWALI) for citizen in citizens), at=NOW + HOUR)


def greetings(cast: SimpleNamespace, many: int) -> None:
    deliver(cast, *(Citizen().says("Good morning") for _ in range(many)))


def edits(cast: SimpleNamespace, many: int) -> None:
    citizen = Citizen()
    said = [citizen.says(THEFT["en"]) for _ in range(many)]
    hears(cast, *said)
    deliver(cast, *(citizen.edits(message, "red") for message in said))


def spent(cast: SimpleNamespace, batch: Batch, many: int) -> int:
    batch(cast, many)
    with CaptureQueriesContext(connection) as captured:
        assert read(at=NOW + HOUR) == 1
    return len(captured)


@pytest.mark.parametrize(
    "batch", [cases, accusations, words, places, greetings, edits], ids=lambda b: b.__name__
)
def test_fifty_messages_cost_as_many_queries_as_one(cast: SimpleNamespace, batch: Batch) -> None:
    spent(cast, batch, 1)  # what is read once in a process is read now
    one = spent(cast, batch, 1)
    before = Case.objects.count()
    assert spent(cast, batch, 50) == one
    assert batch in (greetings, edits) or Case.objects.count() == before + 50
