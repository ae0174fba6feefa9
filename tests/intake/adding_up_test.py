"""Old entries of the ledger become one a day; no sum changes."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.force.access import system
from rabta.intake import ledger
from rabta.intake.models import LedgerEntry
from rabta.jobs.sweeps import SWEEPS
from rabta.web.models import Done
from tests.web import small_force

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def force() -> SimpleNamespace:
    return small_force.make()


def entry(at: datetime, account: Any, became: str, items: int, reason: str = "") -> None:
    LedgerEntry.objects.create(
        at=at, account=account, channel="whatsapp", became=became, reason=reason, items=items
    )


def test_a_day_becomes_one_entry_of_each_kind_and_the_balance_stays(force: Any, as_role: Any) -> None:
    for minute in range(40):
        at = NOW - timedelta(days=3, minutes=minute)
        entry(at, force.account, "received", 3)
        entry(at, force.account, "message", 2)
        entry(at, force.account, "ignored", 1, "status")
        entry(at, None, "received", 1)
        entry(at, None, "quarantined", 1)
    entry(NOW, force.account, "received", 1)
    entry(NOW, force.account, "message", 1)
    before = ledger.balance().to_json()
    with as_role("rabta_worker"), system("test"):
        for _ in range(2):
            ledger.add_up(before=NOW - timedelta(days=2))
    assert ledger.balance().to_json() == before
    assert before["balanced"] is True
    assert LedgerEntry.objects.count() == 5 + 2
    days = set(LedgerEntry.objects.exclude(at=NOW).values_list("at", flat=True))
    assert days == {datetime(2026, 3, 11, tzinfo=UTC)}


def test_what_is_young_is_left_alone(force: Any) -> None:
    entry(NOW - timedelta(days=1), force.account, "received", 1)
    entry(NOW - timedelta(days=1, minutes=1), force.account, "received", 1)
    ledger.add_up(before=NOW - timedelta(days=2))
    assert LedgerEntry.objects.count() == 2


def test_keys_of_requests_are_forgotten_after_two_months(force: Any, as_role: Any) -> None:
    now = datetime.now(tz=UTC)
    Done.objects.create(officer=force.operator, key="old", at=now - timedelta(days=61))
    Done.objects.create(officer=force.operator, key="young", at=now - timedelta(days=59))
    (sweep,) = (function for name, _, function in SWEEPS if name == "sweep keys of requests")
    with as_role("rabta_worker"):
        sweep()
    assert list(Done.objects.values_list("key", flat=True)) == ["young"]
