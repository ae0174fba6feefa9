"""Who acts, and the record of it: every change of a case writes its event in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rabta import bulk
from rabta.cases.models import Case, Event
from rabta.force.access import Guarded, Permission, Scope


@dataclass(frozen=True, kw_only=True)
class Actor:
    """An officer under one of his posts, or a job with its reason."""

    officer_id: int | None = None
    post_id: int | None = None
    system_reason: str = ""

    @classmethod
    def of(cls, scope: Scope, permission: Permission, row: Guarded) -> "Actor":
        """The officer, under the post that gives him this permission on this row."""
        return cls(officer_id=scope.officer.pk, post_id=scope.post_for(permission, row))


def event(case: Case, what: str, *, now: datetime, actor: Actor, **data: Any) -> Event:
    """An event, not saved yet: batches are saved together."""
    return bulk.new(
        Event,
        case=case,
        at=now,
        what=what,
        officer_id=actor.officer_id,
        post_id=actor.post_id,
        system_reason=actor.system_reason,
        data=data,
    )


def record(case: Case, what: str, *, now: datetime, actor: Actor, **data: Any) -> Event:
    """Write one event."""
    made = event(case, what, now=now, actor=actor, **data)
    made.save(force_insert=True)
    return made
