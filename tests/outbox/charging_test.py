"""What letters cost: counted when they are taken, settled by receipts, exact, and once for each time."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from rabta.channels.contract import AccountFacts, Letter, Receipt, Tariff
from rabta.channels.models import Account
from rabta.channels.whatsapp.tariff import TARIFF as WHATSAPP
from rabta.outbox import receipts
from rabta.outbox.models import Charge, Delivery
from rabta.rules.prices import read, to_json
from tests.outbox.stage import Provider, account, all_in, letter, queue, run_until

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = Tariff(kinds={"sms": "part"}, counted=lambda account, letter: ("sms", len(letter.text) // 10))


def priced(table: str, tariff: Tariff, *, name: str = "headquarters") -> Account:
    made = account(name=name)
    made.prices = to_json(read(table, currency="PKR", kinds=tariff.kinds))
    made.save()
    return made


def sent(*letters: Any, tariff: Tariff | None) -> list[Charge]:
    queue(*letters)
    run_until(replace(Provider().channel(), tariff=tariff), all_in("sent"))
    return list(Charge.objects.order_by("delivery"))


def told(delivery: Delivery, status: str, **facts: Any) -> None:
    receipt = Receipt(
        account="x", key=status, provider_id=f"id-of-{delivery.token}", status=status,
        token=str(delivery.token), **facts,
    )  # fmt: skip
    receipts.record([(delivery.account_id, receipt)], datetime.now(UTC))


def test_parts_cost_what_the_table_says_for_the_number() -> None:
    hq = priced("sms 92 0.333333\nsms * 2", PARTS)
    first, second, third = sent(
        letter(hq, "x" * 30, number="+923001234567"),
        letter(hq, "x" * 10, number="+14155550100"),
        letter(hq, "x" * 20, number="8300"),
        letter(hq, "short", number="+923009999999"),
        tariff=PARTS,
    )
    assert (first.kind, first.units, first.zone, first.amount) == ("sms", 3, "92", Decimal("0.999999"))
    assert [second.amount, third.amount] == [Decimal(2), Decimal(4)]
    assert {charge.currency for charge in (first, second, third)} == {"PKR"}
    assert first.unit_id == hq.unit_id and first.account_id == hq.pk


def test_without_prices_letters_are_counted_and_without_a_tariff_not_even_that() -> None:
    (charge,) = sent(letter(account(), "x" * 10), tariff=PARTS)
    assert (charge.units, charge.amount, charge.currency) == (1, None, "")
    Delivery.objects.update(state="sent")
    assert sent(letter(account(name="free"), "x" * 10), tariff=None) == [charge]


def test_the_receipt_says_what_kind_it_was_and_whether_it_is_charged() -> None:
    hq = priced("utility 92 0.5\nutility * 1\nservice * 0.1", WHATSAPP)
    charges = sent(*[letter(hq, f"n {n}", number="+923001234567") for n in range(3)], tariff=WHATSAPP)
    assert [(charge.kind, charge.zone, charge.amount) for charge in charges] == [("", "92", None)] * 3
    first, second, third = Delivery.objects.order_by("pk")
    told(first, "sent", charged_as="utility")
    told(first, "delivered", charged_as="utility")
    told(second, "delivered", charged_as="service", billable=False)
    told(third, "failed", trouble="recipient")
    assert [(charge.kind, charge.amount) for charge in Charge.objects.order_by("delivery")] == [
        ("utility", Decimal("0.5")),
        ("service", Decimal(0)),
        ("", None),
    ]


def test_a_receipt_of_a_letter_in_doubt_is_charged_once() -> None:
    hq = priced("utility * 1", WHATSAPP)
    (delivery,) = queue(letter(hq, "hello"))
    told(delivery, "delivered", charged_as="utility")
    told(delivery, "read", charged_as="utility")
    charge = Charge.objects.get()
    assert (charge.amount, charge.attempt, charge.unit_id) == (Decimal(1), None, hq.unit_id)


@pytest.mark.parametrize(
    ("letter", "counted"),
    [
        (Letter(to="+923001234567", token="t", text="x" * 160), ("sms", 1)),
        (Letter(to="+923001234567", token="t", text="x" * 161), ("sms", 2)),
        (Letter(to="+923001234567", token="t", text="چ" * 71), ("sms", 2)),
    ],
)
def test_parts_of_an_sms(letter: Letter, counted: tuple[str, int]) -> None:
    from rabta.channels import kannel

    assert kannel.CHANNEL.tariff is not None
    assert kannel.CHANNEL.tariff.counted(AccountFacts(external_id="8300", values={}), letter) == counted


@pytest.mark.parametrize(
    ("letter", "counted"),
    [
        (Letter(to="", token="t", text="Road closed", public=True), ("post", 1)),
        (Letter(to="", token="t", text="See https://police.example", public=True), ("post_with_link", 1)),
        (Letter(to="1", token="t", text="See https://police.example"), ("message", 1)),
        (Letter(to="", token="t", text="word " * 80, public=True), ("post", 2)),
    ],
)
def test_posts_of_x(letter: Letter, counted: tuple[str, int]) -> None:
    from rabta.channels import x

    assert x.CHANNEL.tariff is not None
    assert x.CHANNEL.tariff.counted(AccountFacts(external_id="1", values={}), letter) == counted
