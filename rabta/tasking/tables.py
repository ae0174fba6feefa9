"""What a force says about its chain and its inquiries. RABTA_HOME/tables/<name>.csv takes the place of our file."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.rules.chain import ANY, HopLimit

SHIPPED = Path(__file__).parent / "data"
WORKING = "working"
STRAIGHT, THROUGH = "straight", "through"


def _rows(name: str) -> list[dict[str, str]]:
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def hop_limits() -> tuple[HopLimit, ...]:
    """How long a post of each level may keep an order that it should pass on."""
    return tuple(
        HopLimit(
            level=row["level"],
            minutes=int(row["minutes"]),
            urgent_minutes=int(row["urgent_minutes"]),
            working=row["time"] == WORKING,
        )
        for row in _rows("hop_limits")
    )


@cache
def _ways() -> tuple[tuple[str, str, str], ...]:
    return tuple((row["category"], row["urgency"], row["way"]) for row in _rows("inquiry_reports"))


def goes_straight(*, category: str, urgency: int) -> bool:
    """Whether the report of an inquiry officer goes to the superior by itself; else the post's holder sends it on.

    The first line that fits decides.
    """
    way = next(
        (
            way
            for of_category, of_urgency, way in _ways()
            if of_category in (ANY, category) and of_urgency in (ANY, str(urgency))
        ),
        THROUGH,
    )
    return way == STRAIGHT
