"""Registering accounts, and listing them without their secrets."""

import pytest
from django.conf import LazySettings

from rabta.channels import accounts
from rabta.channels.accounts import AccountError
from rabta.channels.models import Credential
from rabta.channels.registry import BY_KIND
from rabta.force.models import Level, Unit

VALUES = {"app_secret": "very secret", "access_token": "token", "verify_token": "word"}


@pytest.fixture
def unit(db: None) -> Unit:
    level = Level.objects.create(name="Force", code="force", rank=0)
    return Unit.objects.create(name="Headquarters", code="hq", level=level)


def number(unit: Unit, **values: str) -> Credential:
    credential = accounts.create_credential(channel="whatsapp", name="app", values=VALUES | values)
    accounts.create_account(credential=credential, name="Desk", external_id="109", unit=unit)
    return credential


def test_secrets_lie_sealed_and_open_for_sending(unit: Unit) -> None:
    credential = number(unit)
    assert b"secret" not in bytes(credential.sealed_values)
    facts = accounts.facts(credential.accounts.get())
    assert (facts.external_id, facts.values) == ("109", VALUES)


def test_listing_shows_secrets_in_the_demonstration_only(unit: Unit, settings: LazySettings) -> None:
    credential = number(unit)
    form = accounts.create_credential(channel="webform", name="form", values={})
    accounts.create_account(credential=form, name="Form", external_id="form", unit=unit, address="/form")
    settings.HOOKS_URL, settings.BASE_URL = "https://hooks.example", "https://desk.example"
    first, second = accounts.listing()
    assert first == {
        "channel": "whatsapp", "name": "Desk", "unit": "Headquarters", "external_id": "109",
        "hook": f"https://hooks.example/hooks/{credential.hook}", "secret": None,
    }  # fmt: skip
    assert second["hook"] == "https://desk.example/form"
    settings.DEMO = True
    assert [row["secret"] for row in accounts.listing()] == ["very secret", None]


def test_only_whom_a_provider_calls_has_an_address_for_it(unit: Unit) -> None:
    values = {field.name: "1" for field in BY_KIND["email"].fields if field.required}
    mailbox = accounts.create_credential(channel="email", name="mail", values=values)
    account = accounts.create_account(
        credential=mailbox, name="Mail", external_id="a@b.example", unit=unit, address="a@b.example"
    )
    assert accounts.hook_of(account, BY_KIND["email"]) == ""


@pytest.mark.parametrize(
    "values",
    [
        {"app_secret": ""},
        {"colour": "blue"},
        {"api_url": "http://graph.example"},
        {"api_url": "http://127.0.0.1:8002"},
        {"api_url": "https://localhost"},
        {"api_url": "https://[::1]/"},
    ],
)
def test_wrong_values_are_refused(unit: Unit, values: dict[str, str]) -> None:
    with pytest.raises(AccountError):
        number(unit, **values)


def test_a_stand_in_on_this_machine_is_for_the_demonstration(unit: Unit, settings: LazySettings) -> None:
    settings.DEMO = True
    number(unit, api_url="http://127.0.0.1:8002")


def test_one_account_is_registered_once(unit: Unit) -> None:
    number(unit)
    with pytest.raises(AccountError, match="Desk"):
        number(unit)


@pytest.mark.parametrize(
    ("kind", "address", "link"),
    [
        ("whatsapp", "+92 91 921-0000", "https://wa.me/92919210000"),
        ("whatsapp", "help", ""),
        ("sms", "8300", "sms:8300"),
        ("kannel", "+92 300 1234567", "sms:+923001234567"),
        ("x", "@PeshawarPolice", "https://x.com/PeshawarPolice"),
        ("x", "@a/../b", ""),
        ("telegram", "@peshawar_police_bot", "https://t.me/peshawar_police_bot"),
        ("email", "desk@police.example", "mailto:desk@police.example"),
        ("email", "desk@police.example?bcc=x", ""),
        ("facebook", "https://www.facebook.com/police", "https://www.facebook.com/police"),
        ("facebook", "facebook.com/police", "https://www.facebook.com/police"),
        ("facebook", "www.facebook.com/police", "https://www.facebook.com/police"),
        ("facebook", "other.com/police", ""),
        ("instagram", "police", "https://www.instagram.com/police"),
        ("facebook", "javascript:alert(1)", ""),
        ("webform", "https://desk.example/", "https://desk.example/"),
    ],
)
def test_people_reach_an_account_by_a_link(kind: str, address: str, link: str) -> None:
    assert accounts.link_to(BY_KIND[kind], address) == link
