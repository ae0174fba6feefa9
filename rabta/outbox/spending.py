"""What letters cost in a time: by account, unit, day and kind. Amounts of different currencies are never added."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Q, Sum

from rabta.outbox.models import Charge

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Letters of one kind over one account on one day."""

    account_id: int
    unit_id: int
    day: date
    kind: str  # empty: the provider has not said yet what they were
    currency: str
    letters: int
    units: int
    amount: Decimal
    unpriced: int  # letters among them for which no price is entered


@dataclass(kw_only=True)
class Total:
    """Several of those together."""

    letters: int = 0
    units: int = 0
    unpriced: int = 0
    untold: int = 0  # letters of which the provider has not said (or never says) what they were
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, one: Spent) -> None:
        """Count this in."""
        self.letters += one.letters
        self.units += one.units
        self.unpriced += one.unpriced if one.kind else 0
        self.untold += 0 if one.kind else one.letters
        if one.currency and one.kind:
            self.amounts[one.currency] = self.amounts.get(one.currency, Decimal(0)) + one.amount


def spent(*, first: date, before: date, accounts: Iterable[int] | None = None) -> list[Spent]:
    """All that was charged from `first` until the day before `before`. One query."""
    rows = Charge.objects.filter(day__gte=first, day__lt=before)
    if accounts is not None:
        rows = rows.filter(account__in=list(accounts))
    grouped = rows.values("account_id", "unit_id", "day", "kind", "currency").annotate(
        letters=Count("pk"),
        parts=Sum("units"),
        sum=Sum("amount"),
        unpriced=Count("pk", filter=Q(amount=None)),
    )
    return [
        Spent(
            account_id=row["account_id"],
            unit_id=row["unit_id"],
            day=row["day"],
            kind=row["kind"],
            currency=row["currency"],
            letters=row["letters"],
            units=row["parts"],
            amount=row["sum"] or Decimal(0),
            unpriced=row["unpriced"],
        )
        for row in grouped.order_by("day", "account_id", "kind", "currency", "unit_id")
    ]


def summed(rows: Iterable[Spent], by: Callable[[Spent], Key]) -> dict[Key, Total]:
    """The sums by whatever `by` gives, in the order in which it first came."""
    sums: dict[Key, Total] = defaultdict(Total)
    for row in rows:
        sums[by(row)].add(row)
    return dict(sums)


def shown(amount: Decimal) -> str:
    """An amount with all its digits, at least two behind the point."""
    whole, _point, rest = f"{amount:f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"
