"""Accounts that can't work are refused where they are entered; what was mistyped can be mended or taken out."""

from datetime import UTC, datetime

import pytest

from rabta.audit.models import Record
from rabta.channels.accounts import open_values
from rabta.channels.models import Account, Credential
from rabta.force.models import Unit
from rabta.intake.models import LedgerEntry
from rabta.outbox.models import Delivery
from tests.conftest import AsRole
from tests.web.setup import setup_test

pytestmark = pytest.mark.django_db
admin, browser = setup_test.admin, setup_test.browser
SMS = {"password": "p", "system_id": "s", "host": "smsc.example.org", "port": "2775"}
KANNEL = {"hook_secret": "abcdefgh1", "password": "p", "username": "u", "sendsms": "https://g.example/send"}
TELEGRAM = {"secret": "abcdefgh", "token": "7700000001:its-secret"}
X = {"consumer_secret": "s", "consumer_key": "k", "access_tokens": "7-token:secret"}
META = {"app_secret": "s", "access_token": "t", "verify_token": "v"}
MAIL = {"username": "u", "password": "p", "imap_host": "mail.example.org", "smtp_host": "mail.example.org"}
GOOD = {
    "sms": ("8399", SMS),
    "kannel": ("8398", KANNEL),
    "telegram": ("7700000001", TELEGRAM),
    "x": ("7", X),
    "facebook": ("104", META),
    "email": ("desk@example.org", MAIL),
}


def add(browser, channel: str, **given: str):
    external_id, values = GOOD[channel]
    sent = {"name": "One", "unit": Unit.objects.get().pk, "external_id": external_id} | values | given
    return browser.post(f"/setup/accounts/add/{channel}/", sent)


@pytest.mark.parametrize("channel", GOOD)
def test_what_can_work_is_saved(browser, channel):
    assert add(browser, channel).status_code == 302


@pytest.mark.parametrize(
    ("channel", "field", "value"),
    [
        ("sms", "host", "not a host"),
        ("sms", "port", "-5"),
        ("sms", "per_second", "0"),
        ("sms", "window", "abc"),
        ("sms", "parameters", "nonsense"),
        ("sms", "sender_type", "five"),
        ("kannel", "sendsms", "ftp://127.0.0.1/send"),
        ("kannel", "sendsms", "http://gateway.example/send"),
        ("kannel", "sendsms", "https://[half/send"),
        ("kannel", "hook_secret", "a b"),
        ("kannel", "parameters", "nonsense"),
        ("telegram", "token", "nocolon"),
        ("telegram", "external_id", "12"),
        ("telegram", "secret", "two words"),
        ("x", "access_tokens", "foo"),
        ("x", "external_id", "8"),
        ("facebook", "access_token", "with a blank"),
        ("facebook", "api_version", "latest"),
        ("facebook", "external_id", "@police"),
        ("facebook", "api_url", "http://graph.example/"),
        ("email", "imap_port", "99999"),
        ("email", "external_id", "desk"),
    ],
)
def test_what_can_not_work_is_refused_at_its_field(browser, channel, field, value):
    page = add(browser, channel, **{field: value})
    assert page.status_code == 400
    at_fault = "access_tokens" if (channel, field) == ("x", "external_id") else field
    assert f'id="id_{at_fault}_error"' in page.body.decode()
    assert not Credential.objects.exists()


def test_a_working_account_is_not_changed_into_one_that_can_not_work(browser):
    add(browser, "sms")
    credential = Credential.objects.get()
    for field, value in (("per_second", "0"), ("window", "abc")):
        page = browser.post(f"/setup/credentials/{credential.pk}/", {field: value})
        assert page.status_code == 400 and f'id="id_{field}_error"' in page.body.decode()
    credential.refresh_from_db()
    assert open_values(credential.sealed_values) == SMS


def test_an_account_whose_app_lacks_its_token_is_refused(browser):
    add(browser, "x")
    app = str(Credential.objects.get().pk)
    page = add(browser, "x", external_id="8", app=app)
    assert page.status_code == 400 and "None of these is the token of account 8." in page.body.decode()


def test_where_letters_go_can_be_mended_until_the_first_message(browser):
    add(browser, "sms", port="2776")
    credential, account = Credential.objects.get(), Account.objects.get()
    Account.objects.update(worked_at=datetime.now(UTC))
    address = f"/setup/credentials/{credential.pk}/"
    assert browser.post(address, {"port": "2775"}).status_code == 302
    credential.refresh_from_db()
    assert open_values(credential.sealed_values)["port"] == "2775"
    account.refresh_from_db()
    assert account.worked_at is None, "nobody has tried it there"
    came(account)
    browser.post(address, {"port": "2999"})
    credential.refresh_from_db()
    assert open_values(credential.sealed_values)["port"] == "2775"


def came(account: Account, became: str = "message") -> None:
    LedgerEntry.objects.create(
        at=datetime.now(UTC), account=account, channel=account.channel, became=became, items=1
    )


def remove(browser, account: Account) -> str:
    answer = browser.post(f"/setup/accounts/{account.public_id}/remove/", {})
    assert answer.status_code == 302
    return str(browser.get(answer.url).body.decode())


def test_an_account_that_never_carried_a_message_can_be_taken_out(browser, as_role: AsRole):
    add(browser, "sms")
    account = Account.objects.get()
    assert "/remove/" in browser.get(f"/setup/accounts/{account.public_id}/").body.decode()
    with as_role("rabta_web"):
        assert "Removed: One." in remove(browser, account)
    assert not Account.objects.exists() and not Credential.objects.exists()
    assert Record.objects.get(act="account_removed").subject_ids == [account.pk]
    assert add(browser, "sms").status_code == 302, "its number is free again"


def test_an_app_stays_while_it_has_another_account(browser):
    add(browser, "facebook")
    app = str(Credential.objects.get().pk)
    add(browser, "facebook", external_id="105", app=app)
    remove(browser, Account.objects.get(external_id="105"))
    assert [account.external_id for account in Account.objects.all()] == ["104"]
    assert Credential.objects.exists()


@pytest.mark.parametrize("hangs", ["message", "ignored", "letter"])
def test_an_account_on_which_anything_hangs_stays(browser, hangs):
    add(browser, "sms")
    account = Account.objects.get()
    if hangs == "letter":
        Delivery.objects.create(
            account=account, number="+92", address_digest=b"x", text="Hello", queued_at=datetime.now(UTC),
            due_at=datetime.now(UTC),
        )  # fmt: skip
    else:
        came(account, became=hangs)
    assert "it stays. You can pause it." in remove(browser, account)
    assert Account.objects.filter(pk=account.pk).exists()
    assert not Record.objects.filter(act="account_removed").exists()
