"""What sending cost: the page, the account's card, the prices on its set-up page, and the command."""

import json
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from rabta.channels.models import Account
from rabta.commands.costs import show_costs
from rabta.outbox.models import Charge
from tests.web import small_force

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def force() -> SimpleNamespace:
    return small_force.make()


def signed_in(officer: object) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)  # type: ignore[arg-type]
    return client


def charged(
    account: Account, amount: str | None, *, day: date, kind: str = "utility", currency: str = "USD"
) -> None:
    exact = None if amount is None else Decimal(amount)
    Charge.objects.create(
        account=account, unit=account.unit, day=day, kind=kind, units=1, amount=exact, currency=currency
    )


def test_sums_are_exact_by_currency_and_say_what_is_missing(
    force: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    today = timezone.localdate()
    for _time in range(3):
        charged(force.account, "0.000001", day=today)
    charged(force.account, "2", day=today, currency="PKR")
    charged(force.account, None, day=today, kind="service", currency="PKR")
    charged(force.account, None, day=today, kind="", currency="")
    charged(force.account, "5", day=today.replace(day=1) - timedelta(days=1))
    client = signed_in(force.desk_head)
    page = client.get("/channels/costs/").content.decode()
    assert "0.000003 USD" in page and "2.00 PKR" in page and "5.00" not in page
    assert "6 letters that providers charge for" in page
    assert "For 1 of them no price is entered" in page and "Of 1 the provider has not said" in page
    assert "WhatsApp · utility template" in page
    assert "0.000003 USD" in client.get("/channels/").content.decode()
    before = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert "5.00 USD" in client.get(f"/channels/costs/?month={before}").content.decode()
    assert show_costs("", as_json=True) == 0
    told = {row["kind"]: row for row in json.loads(capsys.readouterr().out)}
    assert told["utility"]["amounts"] == {"USD": "0.000003", "PKR": "2.00"}
    assert told["service"]["without"] == told[""]["without"] == 1
    assert show_costs("2026-13", as_json=True) == 1
    assert signed_in(force.operator).get("/channels/costs/").status_code == 403


def test_an_administrator_enters_prices(force: SimpleNamespace) -> None:
    client, url = signed_in(force.administrator), f"/setup/accounts/{force.account.public_id}/"
    kept = {"address": force.account.address, "quiet_hours": "24"}
    wrong = client.post(url, kept | {"currency": "PKR", "price_table": "utility 92 0.5\nparrot * 1"})
    assert wrong.status_code == 400 and "Line 2 can&#x27;t be read." in wrong.content.decode()
    assert "three letters" in client.post(url, kept | {"price_table": "utility * 1"}).content.decode()
    assert client.post(url, kept | {"currency": "pkr", "price_table": "utility 92 0.50"}).status_code == 302
    force.account.refresh_from_db()
    assert force.account.prices == {"currency": "PKR", "rows": [["utility", "92", "0.50"]]}
    assert "utility 92 0.50" in client.get(url).content.decode()
