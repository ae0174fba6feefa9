"""Holding a case back from erasure, with a reason, and letting it go."""

from datetime import datetime

from rabta.cases.events import Actor, record
from rabta.cases.models import Case
from rabta.force.models import Officer
from rabta.retention.models import Hold


def hold(*, case: Case, reason: str, by: Officer, actor: Actor, now: datetime) -> Hold:
    """Keep the case, with everything in it, until the hold is ended. Who may, the caller has checked."""
    made = Hold.objects.create(case=case, reason=reason, by=by, at=now)
    record(case, "held", now=now, actor=actor, remark=reason)
    return made


def end(*, hold: Hold, by: Officer, actor: Actor, now: datetime) -> None:
    """The case may be erased again, at once if its time has come."""
    hold.ended_by, hold.ended_at = by, now
    hold.save(update_fields=["ended_by", "ended_at"])
    record(hold.case, "hold_ended", now=now, actor=actor)
