"""How strictly each role signs in: a table. RABTA_HOME/tables/sign_in.csv, where it exists, takes its place.

Whoever holds several posts signs in as the strictest of them wants. A role that is missing is treated as the strictest.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "sign_in.csv"


@dataclass(frozen=True, kw_only=True)
class Strictness:
    """What signing in asks of somebody."""

    second_factor: bool
    idle: timedelta
    longest: timedelta


STRICTEST = Strictness(second_factor=True, idle=timedelta(minutes=15), longest=timedelta(hours=12))
WITHOUT_POST = Strictness(second_factor=False, idle=timedelta(minutes=60), longest=timedelta(hours=12))


@cache
def table() -> dict[str, Strictness]:
    """Strictness by role."""
    own = Path(settings.HOME) / "tables" / "sign_in.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            row["role"]: Strictness(
                second_factor=row["second_factor"] == "required",
                idle=timedelta(minutes=int(row["idle_minutes"])),
                longest=timedelta(hours=int(row["longest_hours"])),
            )
            for row in csv.DictReader(file)
        }


def strictness(roles: Iterable[str]) -> Strictness:
    """What applies to somebody who holds posts of these roles."""
    found = [table().get(role, STRICTEST) for role in roles] or [WITHOUT_POST]
    return Strictness(
        second_factor=any(each.second_factor for each in found),
        idle=min(each.idle for each in found),
        longest=min(each.longest for each in found),
    )
