"""`rabta ledger` and `rabta accounts`."""

import json

from rich.console import Console
from rich.table import Table

WIDTH = 120


def show_ledger(*, as_json: bool) -> int:
    """Print the ledger; returns 1 when it does not balance."""
    from rabta.intake import ledger

    balance = ledger.balance()
    if as_json:
        print(json.dumps(balance.to_json(), ensure_ascii=False))
        return 0 if balance.balanced else 1
    console = _wide()
    console.print(balance.table())
    console.print(f"Unattributed (they name no account of ours): {balance.unattributed}")
    console.print("Balanced." if balance.balanced else "NOT BALANCED: items are unaccounted for.")
    return 0 if balance.balanced else 1


def show_accounts(*, as_json: bool) -> None:
    """Print the accounts with the addresses that the providers call."""
    from rabta.channels import accounts

    rows = accounts.listing()
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Channel", "Name", "Unit", "External id", "Hook")
    for row in rows:
        table.add_row(*(str(row[name] or "") for name in ("channel", "name", "unit", "external_id", "hook")))
    _wide().print(table)


def _wide() -> Console:
    """A console on which no figure is broken: narrow terminals wrap whole lines, which reads better."""
    console = Console()
    return console if console.width >= WIDTH else Console(width=WIDTH)
