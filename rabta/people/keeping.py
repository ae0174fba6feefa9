"""How long things are kept: a table. RABTA_HOME/tables/retention.csv, where it exists, takes its place."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "retention.csv"


@cache
def _table() -> dict[str, int]:
    own = Path(settings.HOME) / "tables" / "retention.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {row["class"]: int(row["days"]) for row in csv.DictReader(file)}


def days(of: str) -> int:
    """For how many days a class is kept. Raises KeyError for a class that the table does not name."""
    return _table()[of]
