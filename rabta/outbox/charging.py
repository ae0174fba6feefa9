"""What a letter costs: counted by the relay when the provider took it, settled by the provider's receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from rabta.channels.contract import AccountFacts, Channel, Letter, Receipt
from rabta.channels.models import Account
from rabta.outbox.models import Charge, Delivery
from rabta.rules.prices import Prices, from_json


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the provider will charge for one letter. `kind` is empty where its receipt will say it."""

    kind: str
    zone: str
    units: int
    amount: Decimal | None
    currency: str


def count(letter: Letter, *, channel: Channel, facts: AccountFacts, prices: Prices) -> Counted | None:
    """What a letter that was taken costs; None where the provider charges for nothing of this kind."""
    if channel.tariff is None:
        return None
    kind, units = channel.tariff.counted(facts, letter)
    if not units:
        return None
    zone = prices.zone_of(letter.to)
    amount = prices.amount(kind=kind, number=zone, units=units)
    return Counted(kind=kind, zone=zone, units=units, amount=amount, currency=prices.currency)


def settle(told: Iterable[tuple[Delivery, Receipt]], *, now: datetime) -> None:
    """Keep what the provider counted these letters as; the price is that of the table of today. Few queries."""
    last = {delivery.pk: (delivery, receipt) for delivery, receipt in told if receipt.charged_as}
    if not last:
        return
    accounts = Account.objects.in_bulk({delivery.account_id for delivery, _receipt in last.values()})
    known = {charge.delivery_id: charge for charge in Charge.objects.filter(delivery__in=last).order_by("pk")}
    changed: list[Charge] = []
    new: list[Charge] = []
    for pk, (delivery, receipt) in last.items():
        charge = known.get(pk) or _missing(delivery, accounts, now)
        before = (charge.kind, charge.amount)
        _price(charge, receipt, from_json(accounts[delivery.account_id].prices))
        if charge.pk is None:
            new.append(charge)
        elif before != (charge.kind, charge.amount):
            changed.append(charge)
    Charge.objects.bulk_create(new)
    Charge.objects.bulk_update(changed, ["kind", "amount", "currency"])


def _missing(delivery: Delivery, accounts: Mapping[int, Account], now: datetime) -> Charge:
    """The relay did not get so far: the receipt is the first that is heard of it."""
    unit_id = accounts[delivery.account_id].unit_id
    day = timezone.localdate(now)
    return Charge(delivery=delivery, account_id=delivery.account_id, unit_id=unit_id, day=day, units=1)


def _price(charge: Charge, receipt: Receipt, prices: Prices) -> None:
    charge.kind, charge.currency = receipt.charged_as, prices.currency
    priced = prices.amount(kind=receipt.charged_as, number=charge.zone, units=charge.units)
    charge.amount = priced if receipt.billable else Decimal(0)
