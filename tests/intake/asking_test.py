"""Providers are asked for what hooks only pointed to and for what they did not bring; all of it has its effect once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from rabta.channels import accounts
from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force import access
from rabta.intake import asking as intake_asking
from rabta.intake import journal, ledger
from rabta.intake.models import Asking
from rabta.intake.reading import Handlers, read_batch
from rabta.jobs import asking
from rabta.journey.posts.accounts import health
from rabta.rules.accounts import Finding
from tests.conftest import AsRole
from tests.intake import stage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PAGE = "104512345678901"
SECRETS = {"app_secret": "a", "access_token": "b", "verify_token": "c"}


def comment(number: int, *, field: str = "feed", **more: Any) -> bytes:
    value = {
        "item": "comment", "verb": "add", "comment_id": f"7_{number}", "created_time": 1763720000,
        "from": {"id": "61"}, "message": f"comment {number}",
    } | more  # fmt: skip
    change = {"field": field, "value": {k: v for k, v in value.items() if v is not None}}
    return orjson.dumps({"object": "page", "entry": [{"id": PAGE, "changes": [change]}]})


@pytest.fixture
def page() -> Account:
    desk = stage.make_desk()
    credential = accounts.create_credential(channel="facebook", name="page", values=SECRETS)
    return accounts.create_account(credential=credential, name="Page", external_id=PAGE, unit=desk.unit)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the provider answers, and from when on it was asked."""
    told = SimpleNamespace(bodies=[], since=[], asks=[], trouble=None)

    async def poll(session: Session, account: AccountFacts, since: datetime) -> AsyncIterator[bytes]:
        told.since.append(since)
        for body in told.bodies:
            yield body
        if told.trouble:
            raise told.trouble

    async def complete(session: Session, account: AccountFacts, ask: str) -> bytes:
        told.asks.append(ask)
        if told.trouble:
            raise told.trouble
        return comment(5, field="mention", message="the whole of it")

    monkeypatch.setitem(BY_KIND, "facebook", replace(BY_KIND["facebook"], poll=poll, complete=complete))
    return told


def read() -> tuple[list[str], list[tuple[int, int]]]:
    """What was heard, and what must be asked for."""
    heard: list[str] = []
    asks: list[tuple[int, int]] = []
    handlers = Handlers(
        arrived=lambda items: heard.extend(x.item.text for x in items),
        receipts=lambda items: None,
        changed=lambda items: None,
        asked=lambda items: asks.extend((x.journal_id, x.position) for x in items),
    )
    while read_batch(limit=50, now=NOW, handlers=handlers):
        pass
    return heard, asks


def test_an_account_is_asked_in_its_turn_and_what_is_known_has_no_second_effect(
    page: Account, provider: SimpleNamespace, as_role: AsRole
) -> None:
    journal.append(page.credential, comment(1), NOW)
    provider.bodies = [comment(1), comment(2)]
    with as_role("rabta_worker"), access.system("test"):
        assert intake_asking.due(now=NOW) == []
        assert intake_asking.due(now=NOW) == [page.pk]
        assert intake_asking.due(now=NOW) == [], "one caller only"
        asking.catch_up(page.pk, now=NOW)
        assert read()[0] == ["comment 1", "comment 2"]
        provider.trouble = Trouble(TroubleCode.BUSY, retry=True)
        later = NOW + timedelta(minutes=10)
        assert intake_asking.due(now=later) == [page.pk]
        provider.bodies = [comment(3)]
        asking.catch_up(page.pk, now=later)
        assert read()[0] == [], "half an answer is none"
        assert Asking.objects.get(account=page).trouble == "busy"
        assert intake_asking.due(now=later + timedelta(minutes=1)) == [page.pk], "soon again"
        provider.trouble = None
        asking.catch_up(page.pk, now=later)
        assert read()[0] == ["comment 3"]
        assert Asking.objects.get(account=page).until == later
        assert ledger.balance().balanced
    first, *again = provider.since
    assert first == NOW - intake_asking.AT_FIRST - intake_asking.OVERLAP
    assert again == [NOW - intake_asking.OVERLAP] * 2, "from where the last good answer ended"
    provider.trouble = Trouble(TroubleCode.CREDENTIALS)
    with as_role("rabta_worker"), access.system("test"):
        asking.catch_up(page.pk, now=NOW + timedelta(minutes=20))
    with access.system("test"):
        (one,) = health([page], now=NOW)
    assert one.alarm is Finding.REFUSED, "the token is over, although nothing was sent"
    page.paused = True
    page.save()
    assert intake_asking.due(now=NOW + timedelta(days=1)) == []


def test_what_a_hook_only_pointed_to_is_asked_for_once(
    page: Account, provider: SimpleNamespace, as_role: AsRole
) -> None:
    journal.append(page.credential, comment(5, field="mention", message=None), NOW)
    journal.append(page.credential, comment(5, field="mention", message=None), NOW)
    with as_role("rabta_worker"), access.system("test"):
        heard, asks = read()
        assert heard == [] and len(asks) == 1, "the second one is a duplicate"
        provider.trouble = Trouble(TroubleCode.UNREACHABLE, retry=True)
        with pytest.raises(Trouble):
            asking.complete(*asks[0], now=NOW)
        provider.trouble = Trouble(TroubleCode.RECIPIENT)
        asking.complete(*asks[0], now=NOW)
        assert read() == ([], [])
        provider.trouble = None
        asking.complete(*asks[0], now=NOW)
        asking.complete(*asks[0], now=NOW)
        assert read() == (["the whole of it"], [])
        assert provider.asks == ["comment:7_5"] * 4
        asking.complete(asks[0][0], 7, now=NOW)
        asking.complete(10**9, 0, now=NOW)
        assert len(provider.asks) == 4
        assert ledger.balance().balanced
