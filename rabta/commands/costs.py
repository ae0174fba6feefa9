"""`rabta costs`."""

import json
import re
import sys
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table


def show_costs(month: str, *, as_json: bool) -> int:
    """Print what sending cost, by account and kind; returns 1 for a month that is none."""
    from django.utils import timezone

    first = _first_day(month, today=timezone.localdate())
    if first is None:
        print("A month is written as 2026-11.", file=sys.stderr)
        return 1
    rows = _rows(first)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    table = Table(
        "Account", "Kind", "Letters", "Units", "Without an amount", "Amount", title=f"{first:%Y-%m}"
    )
    for row in rows:
        amounts = ", ".join(f"{amount} {currency}" for currency, amount in row["amounts"].items())
        cells = (row["account"], row["kind"] or "not told yet", row["letters"], row["units"], row["without"])
        table.add_row(*map(str, cells), amounts or "–")
    Console().print(table if rows else "Nothing was sent that is charged for.")
    return 0


def _first_day(month: str, *, today: date) -> date | None:
    if not month:
        return today.replace(day=1)
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", month, re.ASCII)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) > 1 else None


def _rows(first: date) -> list[dict[str, Any]]:
    from rabta.channels.models import Account
    from rabta.outbox import spending

    before = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    names = {account.pk: account.name for account in Account.objects.all()}
    totals = spending.summed(
        spending.spent(first=first, before=before), lambda row: (names[row.account_id], row.kind)
    )
    return [
        {
            "account": account,
            "kind": kind,
            "letters": total.letters,
            "units": total.units,
            "without": total.unpriced + total.untold,
            "amounts": {currency: spending.shown(amount) for currency, amount in total.amounts.items()},
        }
        for (account, kind), total in totals.items()
    ]
