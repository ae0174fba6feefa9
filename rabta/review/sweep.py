"""Looking at every case whose time has come: warnings, breaches one level up the chain by name, duties that are done.

A case is locked before its watch, as everywhere; two workers skip each other's cases, and what was raised once is not
raised again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from rabta import bulk
from rabta.cases.events import Actor
from rabta.cases.models import Case, Order
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.force.directory import Directory
from rabta.review import chain, raising, tables
from rabta.review.chain import Told
from rabta.review.models import Escalation, Pause, Watch
from rabta.review.running import WORKED_ON, Running, duties
from rabta.rules.escalating import Raised, Signal, next_of
from rabta.rules.limits import Step

BATCH = 200
ACTOR = Actor(system_reason="watching limits")
PLAN = """
UPDATE review_watch w SET look_at = planned.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS planned (id, at) WHERE w.case_id = planned.id
"""


@dataclass(kw_only=True)
class Looked:
    """What one batch found: rows to write and whom they tell, duties that ended, orders that nobody accepted in time,
    and when to look again."""

    raised: list[tuple[Escalation, Told | None]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    missed: list[Order] = field(default_factory=list)
    again: dict[int, datetime] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that hangs on the cases of a batch, by the case's id."""

    orders: dict[int, list[Order]]
    pauses: dict[int, list[Pause]]
    raised: dict[int, list[Escalation]]
    directory: Directory


def sweep(*, now: datetime) -> int:
    """Look at every case whose time has come, batch by batch; returns how many were looked at."""
    total, behind = 0, (datetime.min.replace(tzinfo=now.tzinfo), 0)
    while True:
        with system(ACTOR.system_reason):
            waiting = _waiting(behind, now=now)
            if not waiting:
                return total
            total += _look([case for _at, case in waiting], now=now)
        behind = waiting[-1]


def _waiting(behind: tuple[datetime, int], *, now: datetime) -> list[tuple[datetime, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT look_at, case_id FROM review_watch WHERE look_at <= %s AND (look_at, case_id) > (%s, %s)"
            " ORDER BY look_at, case_id LIMIT %s",
            [now, *behind, BATCH],
        )
        return cursor.fetchall()


def _look(ids: Sequence[int], *, now: datetime) -> int:
    """Look at those of the cases that nobody else holds, and that nobody else has just looked at."""
    cases = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    held = {case.pk: case for case in cases.select_related("conversation__account").order_by("id")}
    still = Watch.objects.filter(pk__in=held, look_at__lte=now).values_list("pk", flat=True)
    mine = [held[pk] for pk in sorted(still)]
    facts, looked = _facts(mine, now=now), Looked()
    for case in mine:
        _one(case, facts=facts, looked=looked, now=now)
    _write(looked, directory=facts.directory, now=now)
    return len(mine)


def _facts(cases: Sequence[Case], *, now: datetime) -> Facts:
    of = [case.pk for case in cases]
    live = Order.objects.filter(case__in=of, state__in=("issued", "accepted", "reported")).select_related(
        "post"
    )
    return Facts(
        orders=_by_case(live.exclude(part=Order.Part.INFORM).order_by("id")),
        pauses=_by_case(Pause.objects.filter(case__in=of).order_by("id")),
        raised=_by_case(Escalation.objects.filter(case__in=of).order_by("id")),
        directory=force_directory.current(now=now),
    )


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _one(case: Case, *, facts: Facts, looked: Looked, now: datetime) -> None:
    """One case: each duty that runs, and what was raised of duties that do not run any more."""
    orders, raised = facts.orders[case.pk], facts.raised[case.pk]
    running = list(duties(case, orders=orders, pauses=facts.pauses[case.pk], directory=facts.directory))
    lead = next((order for order in orders if order.part == Order.Part.LEAD), None)
    looks = []
    for one in running:
        known = [row for row in raised if (row.order_id, row.step, row.due_at) == one.key]
        looks.append(_duty(case, one, known, lead, facts=facts, looked=looked, now=now))
    keys = {one.key for one in running}
    worked_on = {
        order.pk for order in orders if order.state in WORKED_ON
    }  # what was passed up by hand stands so long
    looked.ended += [
        r.pk
        for r in raised
        if not r.ended_at
        and (r.order_id, r.step, r.due_at) not in keys
        and not (r.step == Step.REPORT and r.order_id in worked_on)
    ]
    next_look = min((at for at in looks if at is not None), default=None)
    if next_look is not None:
        looked.again[case.pk] = next_look
    else:
        looked.done.append(case.pk)


def _duty(
    case: Case,
    one: Running,
    known: list[Escalation],
    lead: Order | None,
    *,
    facts: Facts,
    looked: Looked,
    now: datetime,
) -> datetime | None:
    """Raise what is to be raised of one duty; returns when to look at it again."""
    ups = [row for row in known if row.level]
    raised = Raised(
        warned=any(row.level == 0 for row in known),
        levels=len(ups),
        last_at=ups[-1].at if ups else None,
        top=any(row.post_id is None for row in ups),
    )
    rules = tables.of(case.limits_version)
    found = next_of(one.duty, raised=raised, rules=rules, urgency=case.urgency, now=now)
    if found.signal == Signal.NOTHING:
        return found.look_at
    directory = facts.directory
    holder = chain.holder_of(one.duty.step, case=case, order=one.order, lead=lead, directory=directory)
    if found.signal == Signal.WARN:
        looked.raised.append((raising.row_of(case, one, 0, holder, holder, now=now), holder))
        return found.look_at
    if one.order and one.order.state == Order.State.ISSUED and not one.order.missed_at:
        one.order.missed_at = one.duty.due_at
        looked.missed.append(one.order)
    told = {row.post_id for row in ups}
    start = holder.post if holder else None
    higher = chain.above(start, case=case, directory=directory)
    up = next((one for one in higher if one.post.pk not in told), None)
    if up is None and ups:
        return None  # everybody above knows
    looked.raised.append((raising.row_of(case, one, len(ups) + 1, holder, up, now=now), up))
    return found.look_at if up else None


def _write(looked: Looked, *, directory: Directory, now: datetime) -> None:
    raising.write(looked.raised, actor=ACTOR, directory=directory, now=now)
    Escalation.objects.filter(pk__in=looked.ended).update(ended_at=now)
    bulk.update(looked.missed, ["missed_at"])
    Watch.objects.filter(pk__in=looked.done).delete()
    with connection.cursor() as cursor:
        cursor.execute(PLAN, [list(looked.again), list(looked.again.values())])
