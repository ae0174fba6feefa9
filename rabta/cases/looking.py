"""Reading a case that few may read leaves an entry in the record."""

from datetime import datetime

from rabta import audit
from rabta.cases.models import Case
from rabta.force.access import Permission, Scope


def looked(case: Case, *, by: Scope, where: str, now: datetime) -> None:
    """Write that the officer read the case, if it is withheld, accuses police or is under confidential inquiry."""
    if not is_watched(case):
        return
    post = by.post_for(Permission.SEE_CASES, case)
    audit.looked(case_id=case.pk, officer_id=by.officer.pk, post_id=post, where=where, now=now)


def is_watched(case: Case) -> bool:
    """Whether every look at this case is recorded."""
    return bool(case.withheld or case.accused_unit_id or getattr(case, "confidential", False))
