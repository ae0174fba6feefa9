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
    console = Console()
    if console.width >= WIDTH:
        console.print(balance.table())
    else:  # a table whose lines are broken can't be read
        for line in balance.lines():
            console.print(line, markup=False, highlight=False)
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
    console, names = Console(), ("channel", "name", "unit", "external_id", "hook")
    if console.width < WIDTH:  # an address that is cut off can't be copied
        for row in rows:
            print(f"{row['name']} ({row['channel']}, {row['external_id']}), {row['unit']}\n  {row['hook']}")
        return
    table = Table("Channel", "Name", "Unit", "External id")
    table.add_column("Hook", overflow="fold")
    for row in rows:
        table.add_row(*(str(row[name] or "") for name in names))
    console.print(table)
