"""Putting limits onto cases: from the first message on, less the pauses, by the rules in force."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rabta.cases.models import Case
from rabta.force.directory import Directory
from rabta.review import tables
from rabta.review.models import Pause
from rabta.rules.deadlines import Span
from rabta.rules.limits import OF_THE_CASE, Duty, Rules, Step, duty

COLUMNS = {Step.REPLY: "reply_due_at", Step.CONTACT: "contact_due_at", Step.REPORT: "report_due_at"}
FIELDS = [*COLUMNS.values(), "limits_version"]


def put_on(case: Case, *, directory: Directory, rules: Rules, pauses: Iterable[Pause] = ()) -> None:
    """Work out when a reply, a contact and a report are due. Does not save."""
    pauses = list(pauses)
    for step in OF_THE_CASE:
        found = duty_of(case, step, directory=directory, rules=rules, pauses=pauses)
        setattr(case, COLUMNS[step], found.due_at if found else None)
    case.limits_version = rules.number


def duty_of(
    case: Case, step: Step, *, directory: Directory, rules: Rules, pauses: Sequence[Pause] = ()
) -> Duty | None:
    """One duty of a case by these rules; None where it has no such limit. Of the holidays the desk's unit's count.

    A case that was reopened owes its report from then on: reply and contact were made, or are late as they were.
    """
    reopened = step == Step.REPORT and case.reopened_at
    return duty(
        step,
        rules=rules,
        category=case.category,
        urgency=case.urgency,
        since=case.reopened_at if reopened and case.reopened_at else case.runs_since,
        path=directory.path(case.desk_unit_id),
        pauses=spans(step, pauses),
    )


def spans(step: str, pauses: Iterable[Pause]) -> list[Span]:
    """The times in which a step did not run. A pause that goes on counts to its planned end."""
    known = tables.reasons()
    return [
        Span(since=pause.since, until=pause.ended_at or pause.until)
        for pause in pauses
        if pause.reason in known and step in known[pause.reason].steps
    ]


def again(case: Case, *, directory: Directory, rules: Rules, pauses: Iterable[Pause], now: datetime) -> bool:
    """Work the limits of an open case out anew; returns whether any changed. What has run out stays. Does not save."""
    was = {column: getattr(case, column) for column in COLUMNS.values()}
    put_on(case, directory=directory, rules=rules, pauses=pauses)
    for column, before in was.items():
        if before is not None and before <= now:
            setattr(case, column, before)
    return was != {column: getattr(case, column) for column in COLUMNS.values()}
