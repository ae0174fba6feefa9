"""Linking cases that have to do with each other, without making them one."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.cases.related import Link
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, said_something
from rabta.journey.merging import lock_both

REASON_LENGTH = 300


def link(*, case: Case, other: Case, reason: str, by: Scope, now: datetime) -> Link:
    """Link two cases that the officer handles. Only who sees both sees the link; the timelines don't name the other."""
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
    for row in (one, second):
        record(row, "linked", now=now, actor=actor)
    return made


def unlink(*, case: Case, other: Case, by: Scope, now: datetime) -> None:
    """Remove the link between two cases."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    allowed(by, Permission.HANDLE_CASES, other)
    one, second = sorted((case, other), key=lambda row: row.pk)
    if not Link.objects.filter(one=one, other=second).delete()[0]:
        raise Refused(_("The two cases are not linked."))
    for row in (one, second):
        record(row, "unlinked", now=now, actor=actor)
