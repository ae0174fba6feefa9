"""What providers charge, as an administrator entered it, and what a letter costs by that. Exact decimals throughout.

A price stands for a kind of letter (a part of an SMS, a category of WhatsApp, a post) and for numbers that begin with
a zone; the longest zone that fits counts, `*` fits every number. What has no price has no amount: it is never zero
by itself.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ANY = "*"
LONGEST_ZONE = 8
_LINE = re.compile(
    r"(?P<kind>[a-z_]{1,30})\s+(?P<zone>\*|\+?[0-9]{1,8})\s+(?P<amount>[0-9]{1,6}(?:\.[0-9]{1,6})?)"
)
_CURRENCY = re.compile(r"[A-Z]{3}")


class WrongPrice(ValueError):
    """A line of the table can't be read: `line` is its number from 1, 0 for the currency."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Price:
    """The price of one unit of a kind, for numbers that begin with `zone` ("" for all)."""

    kind: str
    zone: str
    amount: Decimal


@dataclass(frozen=True)
class Prices:
    """The table of an account. Empty: nobody entered one."""

    currency: str = ""
    rows: tuple[Price, ...] = ()

    def zone_of(self, number: str) -> str:
        """The longest zone in the table that this number begins with. Its prices are those of the number."""
        digits = number.removeprefix("+")
        return max((row.zone for row in self.rows if digits.startswith(row.zone)), key=len, default="")

    def amount(self, *, kind: str, number: str, units: int) -> Decimal | None:
        """What so many units of a kind cost to a number, or to the zone that `zone_of` gave; None without a price."""
        digits = number.removeprefix("+")
        fitting = [row for row in self.rows if row.kind == kind and digits.startswith(row.zone)]
        best = max(fitting, key=lambda row: len(row.zone), default=None)
        return best.amount * units if best else None


def read(text: str, *, currency: str, kinds: Collection[str]) -> Prices:
    """The table as it is entered: `kind zone price`, one a line. Raises WrongPrice; an empty text is no table."""
    rows: dict[tuple[str, str], Price] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or found["kind"] not in kinds:
            raise WrongPrice(number)
        zone = "" if found["zone"] == ANY else found["zone"].removeprefix("+")
        if (found["kind"], zone) in rows:
            raise WrongPrice(number)
        rows[found["kind"], zone] = Price(found["kind"], zone, Decimal(found["amount"]))
    if rows and not _CURRENCY.fullmatch(currency):
        raise WrongPrice(0)
    return Prices(currency=currency, rows=tuple(rows.values())) if rows else Prices()


def written(prices: Prices) -> str:
    """The table as `read` reads it."""
    return "\n".join(f"{row.kind} {row.zone or ANY} {row.amount}" for row in prices.rows)


def to_json(prices: Prices) -> dict[str, Any]:
    """As the register keeps it: amounts as text, because numbers in JSON are not exact."""
    if not prices.rows:
        return {}
    rows = [[row.kind, row.zone, str(row.amount)] for row in prices.rows]
    return {"currency": prices.currency, "rows": rows}


def from_json(kept: Mapping[str, Any]) -> Prices:
    """What `to_json` made."""
    rows = tuple(Price(kind, zone, Decimal(amount)) for kind, zone, amount in kept.get("rows", ()))
    return Prices(currency=kept.get("currency", ""), rows=rows)
