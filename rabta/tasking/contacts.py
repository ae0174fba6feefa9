"""Recognising what officers answer when they are asked who wrote what they forwarded."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.channels.contract import Arrived
from rabta.kit import scripts
from rabta.rules import forwarded as rule
from rabta.rules.forwarded import Contact

SHIPPED = Path(__file__).parent / "data" / "unknown_words.csv"
CARD = "contacts"  # the kind of a message that holds contact cards


@cache
def _unknown() -> frozenset[str]:
    """Words for “not known”. RABTA_HOME/tables/unknown_words.csv, where it exists, takes the place of ours."""
    own = Path(settings.HOME) / "tables" / "unknown_words.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return frozenset(" ".join(scripts.words(row["word"])) for row in csv.DictReader(file))


def may_tell(item: Arrived) -> bool:
    """Whether it can be an answer to that question; cheap, and asks nothing of the database."""
    return told(item, quoted=bool(item.in_reply_to)) is not None


def told(item: Arrived, *, quoted: bool) -> Contact | None:
    """Who wrote, as the officer's answer says; None when it is no such answer."""
    pressed = rule.of_key(item.choices.get("id", ""))
    if pressed and pressed[1]:
        return Contact()
    if item.media or item.place or item.public:
        return None
    return rule.contact_in(
        item.text, card=item.kind == CARD, quoted=quoted, region=settings.REGION, unknown=_unknown()
    )
