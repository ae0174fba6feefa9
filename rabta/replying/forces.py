"""Other forces: what they are called and how citizens reach them. A table of the force's own takes this one's place.

RABTA_HOME/tables/forces.csv; look through the shipped telephone numbers before the first letter names one.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "forces.csv"


@dataclass(frozen=True, kw_only=True)
class Force:
    """Another force. `api`: where its own Rabta takes cases, if it runs one."""

    code: str
    names: dict[str, str]
    phone: str
    address: str
    api: str

    def name(self, language: str) -> str:
        """Its name for a reader; in English where the table has no other."""
        return self.names.get(language) or self.names["en"]


@cache
def forces() -> dict[str, Force]:
    """The table, by code."""
    own = Path(settings.HOME) / "tables" / "forces.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Force(
                code=row["code"],
                names={"en": row["name"], "hi": row["name_hi"], "ur": row["name_ur"]},
                phone=row["phone"],
                address=row["address"],
                api=row.get("api") or "",
            )
            for row in csv.DictReader(file)
        }
