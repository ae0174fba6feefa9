"""While much waits to be read: what speaks of danger to life is read, acknowledged and shown before the rest."""

from datetime import datetime

from rabta.intake import ahead
from rabta.journey.arrival import read_journal
from rabta.kit import scripts
from rabta.triage import tables
from rabta.triage.assess import danger_in

LOOKED_AT = 1000  # rows at a time


def read_urgent(*, after: int, now: datetime) -> int:
    """Read what speaks of danger among the rows after `after`; returns the last row that was looked at.

    The look is wide: a word that is no danger costs that its message is read early.
    """
    last, urgent = ahead.urgent(after=after, limit=LOOKED_AT, danger=speaks_of_danger)
    if urgent:
        read_journal(limit=len(urgent), now=now, only=urgent)
    return last


def speaks_of_danger(text: str) -> bool:
    """Whether a word or phrase of danger to life stands in it, or words that tell of danger together."""
    return next(tables.danger().find(scripts.words(text)), None) is not None or danger_in(text) is not None
