"""Closings that wait for a second officer, and appeals that wait at a level."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from rabta.cases.approvals import Approval
from rabta.cases.models import Appeal, Case, Event, Order
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A closing that was asked for, and whether this reader decides on it."""

    approval: Approval
    decides: bool


@dataclass(frozen=True, kw_only=True)
class Appealed:
    """An appeal, with the citizen's words, and whether this reader decides on it."""

    case: Case
    words: str
    decides: bool


def closings(scope: Scope) -> QuerySet[Approval]:
    """Those that wait, in cases that the reader sees, the oldest first; `ordered`: the case is in the review."""
    rows = Approval.objects.filter(scope.visible("case__"), decision="").order_by("asked_at", "id")
    ordered = Exists(Order.objects.filter(case=OuterRef("case")))
    return rows.select_related("case", "asked_by", "event").annotate(ordered=ordered)


def waiting(scope: Scope) -> list[Waiting]:
    """What waits, with what may be decided here. Who asked does not decide."""
    return [
        Waiting(
            approval=one,
            decides=scope.may(Permission.VERIFY, one.case) and one.asked_by_id != scope.officer.pk,
        )
        for one in closings(scope)[:MOST]
    ]


def appeals(scope: Scope) -> QuerySet[Case]:
    """Cases in which an appeal waits and that the reader sees, the oldest appeal first."""
    rows = Case.objects.filter(scope.visible(), appeal_state=Appeal.OPEN).order_by("appealed_at", "id")
    ordered = Exists(Order.objects.filter(case=OuterRef("pk")))
    return rows.select_related("appeal_unit").defer("appeal_unit__area").annotate(ordered=ordered)


def appealed(scope: Scope, *, directory: Directory) -> list[Appealed]:
    """Appeals at the reader's level, those that he decides on first."""
    cases = list(appeals(scope)[:MOST])
    words, closers = _last(cases, "appealed"), _last(cases, "closed")
    levels = scope.units_with(Permission.VERIFY)
    lines = [
        Appealed(
            case=case,
            words=words[case.pk].data.get("remark", "") if case.pk in words else "",
            decides=bool(levels & set(directory.path(case.appeal_unit_id or 0)))
            and (case.pk not in closers or closers[case.pk].officer_id != scope.officer.pk),
        )
        for case in cases
    ]
    return sorted(lines, key=lambda line: not line.decides)


def _last(cases: Iterable[Case], what: str) -> dict[int, Event]:
    """The last event of this kind in each case."""
    rows = Event.objects.filter(case__in=list(cases), what=what).order_by("id")
    return {event.case_id: event for event in rows}
