"""Whose public posts are orders: an administrator says so, with checks, and it is in the record."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.audit.models import Record
from rabta.channels import accounts
from rabta.force.models import OwnAccount, Role
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
PAGE = "/setup/commanders/"


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    made.chief = small_force.officer("the-chief", Role.CHIEF, made.hq)
    values = {"consumer_secret": "s", "consumer_key": "k", "access_tokens": "11-t:s"}
    app = accounts.create_credential(channel="x", name="X", values=values)
    accounts.create_account(credential=app, name="X", external_id="11", unit=made.hq, address="@Police")
    return made


def given(**more: Any) -> dict[str, Any]:
    return {"scheme": "x", "name": "TheChief", "handle": "42", "officer": "the-chief", "post": ""} | more


def test_an_account_is_added_and_ended_and_both_are_in_the_record(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator, proved=True)
    assert browser.post(PAGE, given()).status_code == 302
    row = OwnAccount.objects.get()
    assert (row.name, row.handle, row.officer, row.added_by) == (
        "@TheChief",
        "42",
        force.chief,
        force.administrator,
    )
    page = browser.get(PAGE).content.decode()
    assert "@TheChief" in page and row.public_id in page
    assert browser.post(PAGE, given()).status_code == 400, "twice"
    assert browser.post(f"{PAGE}{row.public_id}/end/").status_code == 302
    assert row.public_id not in browser.get(PAGE).content.decode()
    acts = list(Record.objects.order_by("id").values_list("act", flat=True))
    assert [act for act in acts if act.startswith("commander")] == ["commander_added", "commander_ended"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"handle": "@TheChief"},
        {"handle": "11"},
        {"name": "the chief!"},
        {"officer": "nobody-here"},
        {"officer": ""},
        {"officer": "administrator"},
        {"post": "no-such-post"},
    ],
)
def test_what_cannot_be_is_refused(force: SimpleNamespace, wrong: dict[str, str]) -> None:
    assert Browser(force.administrator, proved=True).post(PAGE, given(**wrong)).status_code == 400
    assert not OwnAccount.objects.exists()
