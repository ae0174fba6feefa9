"""The page on the force's accounts: what it says of each, the alarm at the desk, and who sees it."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rabta.channels.models import Account, Credential
from rabta.force import access
from rabta.intake.models import LedgerEntry
from rabta.journey.posts import accounts
from rabta.outbox.models import Delivery, Pulse
from tests.web import small_force

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def force() -> SimpleNamespace:
    force = small_force.make()
    force.watcher = force.desk_head
    force.boss = force.administrator
    return force


def signed_in(officer: object) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)  # type: ignore[arg-type]
    return client


def came(account: Account, *, ago: timedelta, became: str = "message") -> None:
    LedgerEntry.objects.create(
        at=timezone.now() - ago, account=account, channel=account.channel, became=became, items=1
    )


def waits(account: Account, *, state: str = "queued", ago: timedelta = timedelta(0)) -> Delivery:
    at = timezone.now() - ago
    return Delivery.objects.create(
        account=account,
        number="+923001234567",
        address_digest=b"x",
        text="Hello",
        queued_at=at,
        due_at=at,
        state=state,
    )


def watched(now: datetime) -> list[Pulse]:
    with access.system("watching the accounts"):
        return accounts.watch(now=now)


def test_what_came_went_waits_and_is_stuck_is_told(force: SimpleNamespace) -> None:
    came(force.account, ago=timedelta(hours=30))
    came(force.account, ago=timedelta(minutes=1), became="receipt")  # no message of a person
    waits(force.account, ago=timedelta(hours=1))
    waits(force.account, state="failed")
    Pulse.objects.create(
        account=force.account, trouble_at=timezone.now(), trouble="credentials", trouble_text="190: expired"
    )
    page = signed_in(force.watcher).get("/channels/").content.decode()
    for words in (
        "1 account needs somebody now",
        "The provider refuses our token",
        "Messages wait and nobody sends them",
        "Nothing has come in for too long",
        "Messages need a person",
        "Last message out",
        "Waiting to leave",
        "190: expired",
    ):
        assert words in page
    assert "Pause" not in page  # an administrator's button


def test_not_all_accounts_work_while_one_has_messages_that_need_a_person(force: SimpleNamespace) -> None:
    watcher = signed_in(force.watcher)
    assert "All accounts work" in watcher.get("/channels/").content.decode()
    Account.objects.update(paused=True)
    assert "1 account is to be watched" in watcher.get("/channels/").content.decode()
    waits(force.account, state="failed")
    page = watcher.get("/channels/").content.decode()
    assert "1 account has messages that need a person" in page and "All accounts work" not in page


def test_a_paused_account_can_be_used_again_from_here(force: SimpleNamespace) -> None:
    Account.objects.update(paused=True)
    assert "Use again" not in signed_in(force.watcher).get("/channels/").content.decode()
    client = signed_in(force.boss)
    page = client.get("/channels/").content.decode()
    assert '<input type="hidden" name="paused" value="no">' in page
    wish = {"next": "/channels/", "paused": "no"}
    answer = client.post(f"/setup/accounts/{force.account.public_id}/pause/", wish)
    assert answer["Location"] == "/channels/"
    assert not Account.objects.get(pk=force.account.pk).paused


def test_what_carried_a_message_is_on_the_list_of_genuine_accounts(force: SimpleNamespace) -> None:
    Account.objects.update(address="+92 300 0000001", worked_at=None)
    assert "+92 300 0000001" not in Client().get("/numbers/").content.decode()
    came(force.account, ago=timedelta(minutes=1))
    watched(now=timezone.now())
    assert "+92 300 0000001" in Client().get("/numbers/").content.decode()


def test_the_alarm_stands_until_the_account_works_again_and_shows_at_the_desk(force: SimpleNamespace) -> None:
    now = timezone.now()
    came(force.account, ago=timedelta(hours=30))
    assert [pulse.alarm for pulse in watched(now=now)] == ["silent"]
    assert watched(now=now + timedelta(minutes=1)) == []
    assert Pulse.objects.get().alarm_since == now
    assert (
        "Nothing has come in for too long" in signed_in(force.watcher).get("/desk/queues/").content.decode()
    )
    came(force.account, ago=timedelta(0))
    assert [pulse.alarm for pulse in watched(now=now + timedelta(minutes=2))] == [""]
    assert "too long" not in signed_in(force.watcher).get("/desk/queues/").content.decode()


def test_an_alarm_does_not_undo_what_the_relay_wrote_meanwhile(force: SimpleNamespace) -> None:
    came(force.account, ago=timedelta(hours=30))
    now = timezone.now()
    Pulse.objects.create(account=force.account, sent_at=now)
    with access.system("watching"):
        found = accounts.health(Account.objects.all(), now=now)
    Pulse.objects.update(sent_at=now + timedelta(seconds=1))
    assert found
    watched(now=now)
    assert Pulse.objects.get().sent_at == now + timedelta(seconds=1)


def test_only_posts_over_the_whole_force_see_the_page(force: SimpleNamespace) -> None:
    district = small_force.unit("DISTRICT", force.hq, level="district")
    station = small_force.officer("below", "desk_head", small_force.unit("ITS-DESK", district, level="desk"))
    assert signed_in(station).get("/channels/").status_code == 403
    assert "channels/" not in signed_in(station).get("/desk/queues/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_accounts(force: SimpleNamespace) -> None:
    client = signed_in(force.watcher)
    client.get("/channels/")
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get("/channels/")
    app = Credential.objects.get(pk=force.account.credential_id)
    for number in range(5):
        Account.objects.create(
            credential=app,
            channel=app.channel,
            external_id=f"more-{number}",
            name=f"More {number}",
            unit=force.hq,
        )
    with CaptureQueriesContext(connection) as after:
        client.get("/channels/")
    assert len(after) == len(before)


def test_a_post_holds_the_account_and_its_holder_is_named(force: SimpleNamespace) -> None:
    boss, post = signed_in(force.boss), small_force.post_of(force.watcher)
    page = f"/setup/accounts/{force.account.public_id}/"
    assert boss.get(page).status_code == 200
    sent = {"holder": post.pk, "address": "+92 91 1234567", "quiet_hours": "0"}
    assert boss.post(page, sent).status_code == 302
    kept = Account.objects.get(pk=force.account.pk)
    assert (kept.holder, kept.quiet_hours) == (post, 0)
    shown = signed_in(force.watcher).get("/channels/").content.decode()
    assert post.name in shown and str(force.watcher) in shown
    assert boss.post(page, sent | {"quiet_hours": "soon"}).status_code == 400


def test_a_post_of_another_unit_can_not_hold_it(force: SimpleNamespace) -> None:
    Account.objects.update(unit=force.north)
    other = small_force.officer("elsewhere", "desk_head", force.south)
    sent = {"holder": small_force.post_of(other).pk, "address": "", "quiet_hours": "24"}
    answer = signed_in(force.boss).post(f"/setup/accounts/{force.account.public_id}/", sent)
    assert answer.status_code == 400
