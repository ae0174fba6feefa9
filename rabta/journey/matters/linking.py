"""Linking cases that have to do with each other, without making them one."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.audit.writing import record as audit
from rabta.cases.events import Actor, record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.cases.related import Link
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, said_something
from rabta.journey.matters.merging import lock_both

REASON_LENGTH = 300


def link(*, case: Case, other: Case, reason: str, by: Scope, now: datetime) -> Link:
    """Link two cases that the officer handles. Only who sees both sees the link."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    allowed(by, Permission.HANDLE_CASES, other)
    reason = said_something(reason, limit=REASON_LENGTH)
    if case.pk == other.pk:
        raise Refused(_("A case cannot be linked with itself. Choose another one."))
    lock_both(case, other)
    one, second = sorted((case, other), key=lambda row: row.pk)
    made, new = Link.objects.get_or_create(
        one=one, other=second, defaults={"reason": reason, "officer": by.officer, "at": now}
    )
    if not new:
        raise Refused(_("The two cases are linked already."))
    _tell(one, second, "linked", actor=actor, now=now)
    return made


def unlink(*, case: Case, other: Case, by: Scope, now: datetime) -> None:
    """Remove the link between two cases."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    allowed(by, Permission.HANDLE_CASES, other)
    one, second = sorted((case, other), key=lambda row: row.pk)
    if not Link.objects.filter(one=one, other=second).delete()[0]:
        raise Refused(_("The two cases are not linked."))
    _tell(one, second, "unlinked", actor=actor, now=now)


def _tell(one: Case, second: Case, what: str, *, actor: Actor, now: datetime) -> None:
    """The history of each case says it, unless somebody reads it from whom the other case is kept: that there is a link
    which he cannot see would tell him."""
    for row, other in ((one, second), (second, one)):
        kept = other.withheld or other.named_officers or other.hidden_from
        all_see = {*row.visible_to} <= {*other.visible_to} and {*other.hidden_from} <= {*row.hidden_from}
        if all_see or not kept:
            record(row, what, now=now, actor=actor)
    ids = [one.pk, second.pk]
    audit(f"case_{what}", now=now, officer_id=actor.officer_id, subject="case", ids=ids)
