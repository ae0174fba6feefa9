"""When a citizen may have a closed matter looked at again, and what of his opinion is asked.

Source: reopening once within 30 days; appeal to the next level; safe contact (nothing that could endanger is asked).
"""

from datetime import datetime, timedelta
from enum import StrEnum

WITHIN = timedelta(days=30)
NOT_AGAIN = frozenset({"duplicate", "transferred"})  # it goes on elsewhere
ASKED_AFTER = frozenset({"action_taken", "fir_registered", "not_substantiated", "found_false", "advice"})
NOT_ASKED = frozenset({"praise", "feedback", "tip", "complaint_against_police"})


class No(StrEnum):
    """Why not."""

    NOT_CLOSED = "not_closed"
    ELSEWHERE = "elsewhere"
    TOO_LATE = "too_late"
    USED = "used"


def _no(*, outcome: str, closed_at: datetime | None, now: datetime) -> No | None:
    if closed_at is None:
        return No.NOT_CLOSED
    if outcome in NOT_AGAIN:
        return No.ELSEWHERE
    return No.TOO_LATE if now - closed_at > WITHIN else None


def may_reopen(*, outcome: str, closed_at: datetime | None, used: bool, now: datetime) -> No | None:
    """Why the citizen may not have it reopened; None when he may. `used`: he has had it reopened before."""
    return _no(outcome=outcome, closed_at=closed_at, now=now) or (No.USED if used else None)


def may_appeal(
    *, outcome: str, closed_at: datetime | None, appealed_at: datetime | None, now: datetime
) -> No | None:
    """Why he may not appeal; None when he may: once against each closing."""
    used = closed_at is not None and appealed_at is not None and appealed_at >= closed_at
    return _no(outcome=outcome, closed_at=closed_at, now=now) or (No.USED if used else None)


def may_ask_opinion(*, outcome: str, kind: str, sensitive: bool, protected: bool) -> bool:
    """Whether the citizen is asked what he thinks: never where a question on a screen could endanger somebody."""
    return outcome in ASKED_AFTER and kind not in NOT_ASKED and not sensitive and not protected
