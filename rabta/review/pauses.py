"""Limits that do not run for a while: beginning and ending a pause, and what it does to the case and its orders."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Event, Order, State
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.force.directory import Directory
from rabta.review import dues, tables
from rabta.review.models import Pause
from rabta.review.running import WORKED_ON
from rabta.rules.limits import Rules

ACTOR = Actor(system_reason="ending pauses")
BATCH = 200


def left(reason: tables.Reason, *, pauses: Iterable[Pause], now: datetime) -> timedelta:
    """How long a case may still be paused for a reason: all pauses for it count together."""
    used = (min(p.ended_at or now, now) - p.since for p in pauses if p.reason == reason.code)
    return timedelta(days=reason.days) - sum(used, timedelta(0))


def still_run(case: Case, reason: tables.Reason, *, now: datetime) -> bool:
    """Whether any limit that the reason pauses has not run out yet."""
    dues_at = (getattr(case, column) for step, column in dues.COLUMNS.items() if step in reason.steps)
    return any(at is not None and at > now for at in dues_at)


def work_out(case: Case, *, directory: Directory, now: datetime) -> None:
    """Work the limits of a (locked) case out anew by the rules that it was judged by, and write them."""
    was = case.report_due_at
    rules = tables.of(case.limits_version)
    dues.again(case, directory=directory, rules=rules, pauses=case.pauses.all(), now=now)
    case.changed_at = now
    case.save(update_fields=[*dues.FIELDS, "changed_at"])
    follow([case], {case.pk: was})


def follow(cases: Iterable[Case], was: dict[int, datetime | None]) -> None:
    """Open orders are due when the report of their case is; hops and limits of their own stay as they are."""
    for case in cases:
        if was[case.pk] != case.report_due_at:
            orders = Order.objects.filter(case=case, state__in=WORKED_ON, goal=None, due_at=was[case.pk])
            orders.update(due_at=case.report_due_at)


def end(pause: Pause, *, why: str, at: datetime) -> None:
    """The pause is over since `at`. The limits are worked out by the caller."""
    pause.ended_at, pause.ended = max(at, pause.since), why
    pause.save(update_fields=["ended_at", "ended"])


def end_due(*, now: datetime) -> int:
    """End the pauses whose time is over, whose citizen answered, or whose case was closed; returns how many."""
    with system(ACTOR.system_reason):
        directory, found = force_directory.current(now=now), _over(now)
        held = Case.objects.select_for_update(of=("self",), skip_locked=True)
        cases = {case.pk: case for case in held.filter(pk__in=[pause.case_id for pause, *_more in found])}
        events = []
        for pause, why, at in found:
            case = cases.get(pause.case_id)
            if case is None:
                continue
            end(pause, why=why, at=at)
            if case.state != State.CLOSED:
                work_out(case, directory=directory, now=now)
            events.append(event(case, "resumed", now=now, actor=ACTOR, reason=pause.reason, why=why))
        Event.objects.bulk_create(events)
        return len(events)


def _over(now: datetime) -> list[tuple[Pause, str, datetime]]:
    """Open pauses that are over, why, and since when."""
    rows = Pause.objects.filter(ended_at=None).select_related("case").order_by("until")
    answering = [code for code, reason in tables.reasons().items() if reason.ends_when_answered]
    found = []
    for pause in rows.iterator(chunk_size=BATCH):
        case = pause.case
        if case.state == State.CLOSED:
            found.append((pause, Pause.Ended.CLOSED.value, case.closed_at or now))
        elif pause.reason in answering and pause.since < case.last_in_at <= min(now, pause.until):
            found.append((pause, Pause.Ended.ANSWERED.value, case.last_in_at))
        elif pause.until <= now:
            found.append((pause, Pause.Ended.TIME.value, pause.until))
    return found[:BATCH]


def renew(*, now: datetime) -> int:
    """Bring the limits of open cases under the newest rules, a batch at a time; returns how many cases were brought.

    What has run out stays as it was, and with it what was passed up; all else counts as if the rules had always been
    so. A closed case keeps the version that it was judged by.
    """
    tables.forget()
    rules, total = tables.current(), 0
    while rules.number:
        with system("applying new limits"):
            rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
            old = rows.exclude(state=State.CLOSED).filter(limits_version__lt=rules.number)
            cases = list(old.prefetch_related("pauses").order_by("limits_version")[:BATCH])
            if not cases:
                break
            _renew(cases, rules=rules, now=now)
            total += len(cases)
    return total


def _renew(cases: list[Case], *, rules: Rules, now: datetime) -> None:
    directory = force_directory.current(now=now)
    was = {case.pk: case.report_due_at for case in cases}
    changed = []
    for case in cases:
        if dues.again(case, directory=directory, rules=rules, pauses=case.pauses.all(), now=now):
            case.changed_at = now
            changed.append(case)
    bulk.update(cases, [*dues.FIELDS, "changed_at"])
    follow(changed, was)
    made = (event(case, "limits_changed", now=now, actor=ACTOR, version=rules.number) for case in changed)
    Event.objects.bulk_create(made)
