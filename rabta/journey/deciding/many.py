"""One act on many cases: each by the same verb and rights as alone, what is refused kept with its reason."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.desk import notices
from rabta.desk.models import Batch, BatchLine
from rabta.force.access import Permission, Scope, scope_of, system
from rabta.force.models import Officer

AT_ONCE = 50  # more than that is a job
MOST = 2000
ACTS = ("assign", "categorise", "order", "close")
REASON = "an act on many cases"

Verb = Callable[[Case, dict[str, Any], Scope, datetime], object]


def start(*, act: str, cases: Sequence[int], data: dict[str, Any], by: Scope, now: datetime) -> Batch:
    """Keep what is to be done with these cases. Carry it out with `carry_out`, or leave it to a job."""
    if act not in VERBS:
        raise Refused(_("Choose what to do with the cases."))
    if not by.has(Permission.HANDLE_CASES):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    if not cases:
        raise Refused(_("Choose the cases first."))
    if len(cases) > MOST:
        raise Refused(_("At most %(most)d cases at once. Narrow the list.") % {"most": MOST})
    batch = Batch.objects.create(officer=by.officer, act=act, data=data, asked_at=now)
    BatchLine.objects.bulk_create([BatchLine(batch=batch, case_id=pk) for pk in dict.fromkeys(cases)])
    return batch


def carry_out(batch: Batch, *, by: Scope, now: datetime, most: int = MOST) -> int:
    """Do up to `most` of its lines that still wait, each in a savepoint of its own; returns how many they were.

    A line is done once: it is locked while it is worked on, and not taken again.
    """
    waiting = BatchLine.objects.select_for_update(skip_locked=True).filter(
        batch=batch, state=BatchLine.State.WAITING
    )
    lines = list(waiting.order_by("id")[:most])
    for line in lines:
        why = _one(batch, line, by=by, now=now)
        if why:
            BatchLine.objects.filter(pk=line.pk).update(state=BatchLine.State.REFUSED, reason=why[:300])
    if not BatchLine.objects.filter(batch=batch, state=BatchLine.State.WAITING).exists():
        Batch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=now)
    return len(lines)


def _one(batch: Batch, line: BatchLine, *, by: Scope, now: datetime) -> str:
    """Do it, or say why not. The line is marked first: the case may go out of the officer's sight.

    The case is looked at with its row locked: the job sees all of the register, and a colleague may have just taken the
    case out of the officer's sight.
    """
    rows = Case.objects.select_for_update(of=("self",)).filter(by.visible())
    case = rows.filter(pk=line.case_id).first()
    if case is None:
        return _("You may not see this case any more.")
    try:
        with transaction.atomic():
            BatchLine.objects.filter(pk=line.pk).update(state=BatchLine.State.DONE)
            VERBS[batch.act](case, batch.data, by, now)
    except Refused as why:
        return str(why)
    return ""


def work_off(batch_id: int, *, now: datetime) -> None:
    """The job: as the officer, with today's rights, some lines a transaction, so that progress is seen and kept."""
    while True:
        with system(REASON):
            batch = Batch.objects.select_related("officer").get(pk=batch_id)
            scope = scope_of(batch.officer, on=timezone.localtime(now).date())
            with translation.override(batch.officer.language):
                done = carry_out(batch, by=scope, now=now, most=20)
            if not done:
                if not batch.finished_at:
                    return  # another worker has the rest in hand
                notices.tell([batch.officer_id], "batch", key=f"batch:{batch.public_id}", now=now)
                return


def _assign(case: Case, data: dict[str, Any], by: Scope, now: datetime) -> None:
    officer = Officer.objects.filter(public_id=data.get("officer", "")).first()
    if data.get("officer") and officer is None:
        raise Refused(_("Choose the officers from the list."))
    journey.assign(case=case, officer=officer, by=by, now=now)


def _categorise(case: Case, data: dict[str, Any], by: Scope, now: datetime) -> None:
    journey.categorise(case=case, category=str(data.get("category", "")), by=by, now=now)


def _order(case: Case, _data: dict[str, Any], by: Scope, now: datetime) -> None:
    journey.order_suggested(case=case, by=by, now=now)


def _close(case: Case, data: dict[str, Any], by: Scope, now: datetime) -> None:
    journey.close_with_advice(case=case, remark=str(data.get("remark", "")), by=by, now=now)


VERBS: dict[str, Verb] = dict(zip(ACTS, (_assign, _categorise, _order, _close), strict=True))
