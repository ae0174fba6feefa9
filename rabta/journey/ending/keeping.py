"""Holding a case back from erasure: a court wants it, an inquiry goes on."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, locked, said_something
from rabta.retention import holding
from rabta.retention.models import Hold


def hold(*, case: Case, reason: str, by: Scope, now: datetime) -> Hold:
    """Nothing of the case is erased until the hold is ended; why is kept."""
    actor = allowed(by, Permission.RELEASE, case)
    reason = said_something(reason, limit=500)
    case = locked(case)
    if Hold.objects.filter(case=case, ended_at=None).exists():
        raise Refused(_("The case is held already."))
    return holding.hold(case=case, reason=reason, by=by.officer, actor=actor, now=now)


def end_hold(*, case: Case, by: Scope, now: datetime) -> None:
    """The case is erased when its time comes."""
    actor = allowed(by, Permission.RELEASE, case)
    held = Hold.objects.filter(case=locked(case), ended_at=None).first()
    if held is None:
        raise Refused(_("The case is not held."))
    holding.end(hold=held, by=by.officer, actor=actor, now=now)
