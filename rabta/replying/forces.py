"""Other forces: what they are called and how citizens reach them. A table of the force's own takes this one's place.

RABTA_HOME/tables/forces.csv; look through the shipped telephone numbers before the first letter names one.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "forces.csv"
# Who reads no name in his own language reads the one that he is likeliest to understand.
INSTEAD = {"ps": ("ur",)}


@dataclass(frozen=True, kw_only=True)
class Force:
    """Another force. `api`: where its own Rabta is, as the table says; administrators say which address counts."""

    code: str
    names: dict[str, str]
    phone: str
    addresses: dict[str, str]
    api: str

    def name(self, language: str) -> str:
        """Its name for a reader; in English where the table has no other."""
        return _for(self.names, language)

    def address(self, language: str) -> str:
        """Where it is, for a reader; in English where the table has no other."""
        return _for(self.addresses, language)


def _for(texts: dict[str, str], language: str) -> str:
    found = (texts.get(one) for one in (language, *INSTEAD.get(language, ()), "en"))
    return next(filter(None, found), "")


@cache
def forces() -> dict[str, Force]:
    """The table, by code."""
    own = Path(settings.HOME) / "tables" / "forces.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {row["code"]: _force(row) for row in csv.DictReader(file)}


def _force(row: dict[str, str]) -> Force:
    """One line. A table from before has no addresses in other languages."""
    return Force(
        code=row["code"],
        names={"en": row["name"], "hi": row["name_hi"], "ur": row["name_ur"]},
        phone=row["phone"],
        addresses={
            "en": row["address"],
            "hi": row.get("address_hi") or "",
            "ur": row.get("address_ur") or "",
        },
        api=row.get("api") or "",
    )
