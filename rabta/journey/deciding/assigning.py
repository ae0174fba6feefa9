"""Whose case it is at the desk: by hand, shared out by rule, handed back when somebody is away."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.limits import NEXT_LIMIT
from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.desk import notices, shifts
from rabta.desk.models import Absence, Sharing
from rabta.force.access import Permission, Scope, scope_of, system
from rabta.force.models import Officer
from rabta.journey.checks import allowed, is_open, locked
from rabta.rules.sharing import Hand, share

AT_ONCE = 200
SHARER = Actor(system_reason="sharing out the desk's cases")
RETURNER = Actor(system_reason="handing back what an absent officer has")


def assign(*, case: Case, officer: Officer | None, by: Scope, now: datetime) -> None:
    """Give the case to one operator of the desk, or to nobody."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    is_open(case)
    if officer and officer != by.officer and not _may(officer, case, now):
        raise Refused(_("%(officer)s does not handle such cases today.") % {"officer": officer})
    if case.assigned_to_id == (officer.pk if officer else None):
        return
    _give(case, officer, actor=actor, now=now)
    if officer and officer != by.officer:
        notices.tell(
            [officer.pk], "assigned", case=case, key=f"assigned:{case.pk}:{now.timestamp():.0f}", now=now
        )


def share_out(*, now: datetime) -> int:
    """Give open cases to operators, where the desk wants it; returns how many were given."""
    given = 0
    with system(SHARER.system_reason):
        wanted = Sharing.objects.select_for_update(skip_locked=True).exclude(way=Sharing.Way.MANUAL)
        for sharing in wanted.order_by("unit_id"):
            given += _share_desk(sharing, now=now)
    return given


def _share_desk(sharing: Sharing, *, now: datetime) -> int:
    rows = (
        shifts.unassigned(sharing.unit_id).annotate(limit_at=NEXT_LIMIT).order_by("urgency", "limit_at", "id")
    )
    cases = {case.pk: case for case in rows[:AT_ONCE]}
    hands = _hands(sharing, now=now) if cases else []
    shared = share(
        cases,
        hands,
        by_load=sharing.way == Sharing.Way.LOAD,
        at_most=sharing.at_most,
        last=sharing.last_id or 0,
    )
    by_id = Officer.objects.in_bulk([officer for _case, officer in shared])
    given = 0
    for pk, officer_id in shared:
        given += _share_one(cases[pk], by_id[officer_id], now=now)
    if shared:
        Sharing.objects.filter(pk=sharing.pk).update(last=shared[-1][1])
    return given


def _share_one(case: Case, officer: Officer, *, now: datetime) -> bool:
    case = locked(case)
    if case.assigned_to_id or case.state == State.CLOSED or case.withheld or not _may(officer, case, now):
        return False
    _give(case, officer, actor=SHARER, now=now)
    notices.tell(
        [officer.pk], "assigned", case=case, key=f"assigned:{case.pk}:{now.timestamp():.0f}", now=now
    )
    return True


def _hands(sharing: Sharing, *, now: datetime) -> list[Hand]:
    """Who can be given cases now, and what they have."""
    serving = {officer.pk for officer in shifts.operators(sharing.unit_id, now=now)} - shifts.away(now=now)
    if sharing.on_duty_only:
        serving &= shifts.on_duty(sharing.unit_id, now=now)
    rows = Case.objects.filter(assigned_to__in=serving).exclude(state=State.CLOSED).order_by()
    loads = Counter(dict(rows.values_list("assigned_to").annotate(n=Count("id"))))
    return [Hand(officer=pk, load=loads[pk]) for pk in sorted(serving)]


def hand_back(*, now: datetime) -> int:
    """Open cases of officers who are away from now on go back to the queue; returns how many."""
    handed = 0
    with system(RETURNER.system_reason):
        begun = Absence.objects.select_for_update(skip_locked=True).filter(
            starts__lte=now, ends__gt=now, handed_back_at=None
        )
        for absence in begun.order_by("id"):
            for case in Case.objects.filter(assigned_to=absence.officer_id).exclude(state=State.CLOSED):
                handed += _take_back(case, absence.officer_id, now=now)
            Absence.objects.filter(pk=absence.pk).update(handed_back_at=now)
    return handed


def _take_back(case: Case, officer_id: int, *, now: datetime) -> bool:
    case = locked(case)
    if case.assigned_to_id != officer_id or case.state == State.CLOSED:
        return False
    _give(case, None, actor=RETURNER, now=now)
    return True


def raise_alarms(*, now: datetime) -> None:
    """Tell the heads of desks at which an open case has waited too long for somebody to take it; once an hour."""
    with system("watching for unassigned cases"):
        for sharing in Sharing.objects.order_by("unit_id"):
            late = late_cases(sharing, now=now).count()
            if late:
                key = f"unassigned:{sharing.unit_id}:{now:%Y%m%d%H}"
                heads = _heads(sharing.unit_id, now=now)
                notices.tell(heads, "unassigned", key=key, now=now, urgent=True, count=late)


def late_cases(sharing: Sharing, *, now: datetime) -> "QuerySet[Case]":
    """Open cases that have waited longer than the desk allows for somebody to take them."""
    before = now - timedelta(minutes=sharing.alarm_minutes)
    return shifts.unassigned(sharing.unit_id).filter(opened_at__lt=before).exclude(limits_from__gte=before)


def _heads(unit_id: int, *, now: datetime) -> list[int]:
    day = timezone.localtime(now).date()
    serving = shifts.operators(unit_id, now=now)
    return [one.pk for one in serving if scope_of(one, on=day).has(Permission.RUN_DESK)]


def _may(officer: Officer, case: Case, now: datetime) -> bool:
    return scope_of(officer, on=timezone.localtime(now).date()).may(Permission.HANDLE_CASES, case)


def _give(case: Case, officer: Officer | None, *, actor: Actor, now: datetime) -> None:
    case.assigned_to, case.changed_at = officer, now
    case.save(update_fields=["assigned_to", "changed_at"])
    record(case, "assigned", now=now, actor=actor, to=officer.pk if officer else None)
