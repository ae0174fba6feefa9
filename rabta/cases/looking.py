"""Reading a case that few may read leaves an entry in the record."""

from collections.abc import Iterable
from datetime import datetime

from rabta import audit
from rabta.cases.models import Case
from rabta.force.access import Permission, Scope


def looked(cases: Iterable[Case], *, by: Scope, where: str, now: datetime) -> None:
    """Write that the officer read those of the cases that are withheld, accuse police or are confidential."""
    watched = [case for case in cases if is_watched(case)]
    if watched:
        post = by.post_for(Permission.SEE_CASES, watched[0])
        ids = [case.pk for case in watched]
        audit.looked(ids, officer_id=by.officer.pk, post_id=post, where=where, now=now)


def is_watched(case: Case) -> bool:
    """Whether every look at this case is recorded."""
    return bool(case.withheld or case.accused_unit_id or getattr(case, "confidential", False))
