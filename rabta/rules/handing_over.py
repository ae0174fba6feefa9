"""The hand-over of an emergency to the line that sends help: when it is late, and what is missing.

Source: life in danger or a crime in progress is handed over within two minutes and confirmed by the line's incident
number. What the desk said it handed over is not handed over until the line has a number for it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

WITHIN = timedelta(minutes=2)
EMERGENCY = 0  # the urgency of these


class Missing(StrEnum):
    HAND_OVER = "hand_over"
    NUMBER = "number"


def missing(
    *, urgency: int, closed: bool, handed_over_at: datetime | None, confirmed_at: datetime | None
) -> Missing | None:
    """What an emergency still wants; None for what was confirmed, closed, or is no emergency.

    What was handed over although it is none wants its number too.
    """
    if closed or confirmed_at:
        return None
    if handed_over_at:
        return Missing.NUMBER
    return Missing.HAND_OVER if urgency == EMERGENCY else None


def is_late(*, opened_at: datetime, now: datetime) -> bool:
    """Whether the two minutes are over."""
    return now - opened_at > WITHIN
