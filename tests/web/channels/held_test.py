"""A transfer hands the accounts of a post over: the successor is told and takes them by name."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from rabta.audit.models import Record
from rabta.channels import accounts
from rabta.channels.models import Account, Holding
from rabta.force.models import Officer, Posting, Role
from rabta.journey.posts import holdings
from rabta.outbox.models import Delivery
from tests.web import small_force

pytestmark = pytest.mark.django_db
PAGE = "/channels/held/"


@pytest.fixture
def force() -> SimpleNamespace:
    made = small_force.make()
    made.now = timezone.now()
    made.sp = small_force.officer("the-sp", Role.DISTRICT_HEAD, made.north)
    made.post = small_force.post_of(made.sp)
    values = {"app_secret": "s", "verify_token": "v", "access_token": "t"}
    app = accounts.create_credential(channel="whatsapp", name="North", values=values)
    made.number = accounts.create_account(
        credential=app, name="North police", external_id="77", unit=made.north, holder=made.post
    )
    return made


def signed_in(officer: Officer) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)
    return client


def transfer(force: SimpleNamespace, *, phone: str = "+923009999991") -> Officer:
    """The SP goes, another comes."""
    today = timezone.localdate(force.now)
    Posting.objects.filter(officer=force.sp).update(ends=today - timedelta(days=1))
    successor = Officer.objects.create(username="the-new-sp", name="Gul Rang", password="!", phone=phone)
    Posting.objects.create(officer=successor, post=force.post, starts=today)
    return successor


def of(account: Account) -> list[tuple[str, bool, bool]]:
    """(officer, taken over, ended), the oldest first."""
    rows = Holding.objects.filter(account=account).order_by("pk").select_related("officer")
    return [(str(row.officer), row.taken_at is not None, row.until is not None) for row in rows]


def test_a_transfer_hands_the_account_over_and_the_successor_takes_it_by_name(force: SimpleNamespace) -> None:
    holdings.settle(now=force.now - timedelta(days=30))
    assert signed_in(force.sp).post(take(force), {"answers_for": "1"}).status_code == 302
    successor = transfer(force)
    holdings.settle(now=force.now)
    holdings.settle(now=force.now + timedelta(minutes=1))
    assert of(force.number) == [("The-Sp", True, True), ("Gul Rang", False, False)], "and no third"
    told = Delivery.objects.get(number=successor.phone)
    assert "North police" in told.text and PAGE in told.text and told.template["name"] == "account_v1"
    browser = signed_in(successor)
    page = browser.get(PAGE).content.decode()
    assert "The-Sp" in page and "Access token" in page, "who had it, and what he may still know"
    assert browser.post(take(force), {}).status_code == 302
    assert of(force.number)[-1] == ("Gul Rang", False, False), "nothing without the word"
    browser.post(take(force), {"answers_for": "1"})
    assert of(force.number)[-1] == ("Gul Rang", True, False)
    acts = list(Record.objects.filter(subject="account").order_by("id").values_list("act", "actor_officer"))
    assert ("account_taken", successor.pk) in acts and ("account_taken", force.sp.pk) in acts


def take(force: SimpleNamespace) -> str:
    return f"{PAGE}{Holding.objects.get(account=force.number, until=None).public_id}/take/"


def test_nobody_else_takes_it(force: SimpleNamespace) -> None:
    holdings.settle(now=force.now)
    assert signed_in(force.sho_north).post(take(force), {"answers_for": "1"}).status_code == 404
    assert of(force.number) == [("The-Sp", False, False)]


def test_new_secrets_end_the_warning(force: SimpleNamespace) -> None:
    holdings.settle(now=force.now - timedelta(days=30))
    successor = transfer(force)
    holdings.settle(now=force.now)
    (held,) = holdings.held_by(successor)
    assert held.to_renew
    force.number.credential.renewed_at = force.now + timedelta(hours=1)
    force.number.credential.save()
    (held,) = holdings.held_by(successor)
    assert not held.to_renew and held.renewed_at


def test_whoever_covers_leave_does_not_get_the_account_and_a_vacant_post_holds_none(
    force: SimpleNamespace,
) -> None:
    today = timezone.localdate(force.now)
    cover = Officer.objects.create(username="cover", name="Cover", password="!")
    Posting.objects.create(officer=cover, post=force.post, starts=today, kind=Posting.Kind.LEAVE_COVER)
    holdings.settle(now=force.now)
    assert of(force.number) == [("The-Sp", False, False)]
    Posting.objects.filter(officer=force.sp).update(ends=today - timedelta(days=1))
    holdings.settle(now=force.now)
    assert of(force.number) == [("The-Sp", False, True)]


def test_the_administrator_reads_who_held_it(force: SimpleNamespace) -> None:
    holdings.settle(now=force.now - timedelta(days=30))
    transfer(force)
    holdings.settle(now=force.now)
    page = signed_in(force.administrator).get(f"/setup/accounts/{force.number.public_id}/").content.decode()
    assert page.index("Gul Rang") < page.index("The-Sp") and "never taken over" in page
