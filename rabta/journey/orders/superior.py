"""The superior's word on a report: accepted closes the case and tells the citizen, rejected sends it back."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Order, Outcome, Report
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, is_open, locked_order, said_something
from rabta.journey.ending.closing import MOST_TOLD, approved_report, close
from rabta.replying import closing
from rabta.tasking import notify, orders
from rabta.triage import tables


def decide(*, report: Report, decision: str, remark: str, by: Scope, now: datetime, told: str = "") -> None:
    """Accept or reject an action-taken report. Whoever wrote it does not decide on it.

    `told` is what the citizen reads in the closing letter, as the superior worded it; when it is empty, one neutral
    sentence for the outcome in the citizen's language. The report's own words stay among officers.
    """
    order = locked_order(report.order)
    actor = allowed(by, Permission.VERIFY, order)
    report = Report.objects.select_for_update().get(pk=report.pk)
    _check(report, order, decision, by)
    if decision == Report.Decision.REJECTED:
        remark = said_something(remark, limit=2000)
    report.decision, report.decided_by, report.decided_at = decision, by.officer, now
    report.decision_remark = remark.strip()
    report.save(update_fields=["decision", "decided_by", "decided_at", "decision_remark"])
    record(order.case, f"report_{decision}", now=now, actor=actor, order=order.public_id)
    if decision == Report.Decision.REJECTED:
        _send_back(order, now=now)
        return
    orders.finish(order, now=now)
    if order.part == Order.Part.LEAD:
        approved_report(report, order.case, officer=by.officer, now=now)
        close(
            order.case,
            outcome=report.outcome,
            remark=report.text,
            told=_told(told, report, order),
            actor=actor,
            author=by.officer,
            now=now,
        )


def _told(told: str, report: Report, order: Order) -> str:
    """The words of the closing letter: the superior's, or the neutral ones."""
    if told.strip():
        return said_something(told, limit=MOST_TOLD)
    return closing.draft(case=order.case, outcome=report.outcome).words


def _check(report: Report, order: Order, decision: str, by: Scope) -> None:
    is_open(order.case)
    if decision not in Report.Decision.values:
        raise Refused(_("Accept the report or reject it."))
    if report.decision:
        raise Refused(_("Somebody has already decided on this report."))
    if report.waits:
        raise Refused(_("The station has not sent this report on yet."))
    if report.officer_id == by.officer.pk:
        raise Refused(_("You wrote this report; another officer decides on it."))
    if decision == Report.Decision.REJECTED or order.part != Order.Part.LEAD:
        return
    if order.case.orders.filter(part=Order.Part.SUPPORT, finished_at=None).exists():
        raise Refused(_("A supporting unit is still working on its order. Decide on its report first."))
    if report.outcome == Outcome.FOUND_FALSE and not (
        order.accepted_by_id and order.accepted_by_id != by.officer.pk
    ):
        raise Refused(_("“Found false” needs two officers: one who inquired and one who approves."))


def _send_back(order: Order, *, now: datetime) -> None:
    """The unit has the order again, and is told so on the phone."""
    order.state = Order.State.ACCEPTED
    order.save(update_fields=["state"])
    labels = {code: dict(category.labels) for code, category in tables.categories().items()}
    notify.notify(
        [order],
        labels=labels,
        accounts=notify.sending_accounts(),
        directory=force_directory.current(now=now),
        now=now,
    )
