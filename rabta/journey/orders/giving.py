"""The head of a unit gives an order on to an officer of his, by name; the report comes back through him.

The order stays the post's. The officer sees the case by his name, from then until it is taken back or he serves
elsewhere.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order, Report
from rabta.cases.refusal import Refused
from rabta.cases.visibility import hears, show
from rabta.force import chain as force_chain
from rabta.force import directory as force_directory
from rabta.force.access import Scope, system
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.journey.checks import holds, locked_order, said_something, works
from rabta.journey.dispatch import tell, tell_ended
from rabta.journey.orders.officer import accept, working
from rabta.tasking.orders import OPEN

GIVEN = ("given_to", "given_at", "taken_on_at")
MOVED = Actor(system_reason="watching who serves where")


def candidates(order: Order, *, by: Scope, directory: Directory) -> list[int]:
    """Ids of the officers of the unit to whom it can be given on: not the giver, and nobody who must not know of it."""
    rows = force_chain.serving(order.unit_id, directory=directory)
    officers = (holder.officer_id for holder, _post in rows)
    return [one for one in officers if one != by.officer.pk and hears(one, order.case, directory=directory)]


def give(*, order: Order, officer: Officer, by: Scope, now: datetime) -> None:
    """Give the order on to an officer of the unit, or to another than before; accepted by that, if it was not."""
    accept(order=order, by=by, now=now)
    order = working(order, by)
    actor = holds(by, order)
    directory = force_directory.current(now=now)
    if order.part == Order.Part.INFORM or order.on_its_way:
        raise Refused(_("There is nothing to inquire on in this order."))
    if order.given_to_id == officer.pk:
        raise Refused(_("%(officer)s has it already.") % {"officer": officer})
    if officer.pk not in candidates(order, by=by, directory=directory):
        raise Refused(_("Choose an officer who holds a post at this station today."))
    if order.reports.filter(waits=True).exists():
        raise Refused(_("A report waits to be sent on. Send it on or send it back first."))
    _leave(order, directory=directory, now=now)
    order.given_to, order.given_at, order.taken_on_at = officer, now, None
    order.save(update_fields=GIVEN)
    _changed(order.case, now=now)
    record(
        order.case, "given", now=now, actor=actor, order=order.public_id, to=officer.pk, officer=officer.name
    )
    _show(order, directory=directory)
    tell([order], directory=directory, now=now)


def take_back(*, order: Order, reason: str = "", by: Scope, now: datetime) -> None:
    """The post's holder has it himself again; the officer who inquired may give it back with the reason."""
    order = working(order, by)
    actor = works(by, order)
    if order.given_to_id is None:
        raise Refused(_("Nobody else has this order."))
    mine = order.given_to_id == by.officer.pk
    if mine:
        reason = said_something(reason, limit=2000)
    officer = order.given_to
    directory = force_directory.current(now=now)
    if not mine:
        _leave(order, directory=directory, now=now)
    _back(order, now=now)
    what = "given_back" if mine else "taken_back"
    data = {
        "order": order.public_id,
        "officer": str(officer.name if officer else ""),
        "reason": reason.strip(),
    }
    record(order.case, what, now=now, actor=actor, **data)
    if mine:  # while he still sees it: afterwards he could write no letter of it
        tell([order], directory=directory, now=now)
    _show(order, directory=directory)


def send_on(*, report: Report, by: Scope, now: datetime) -> None:
    """The post's holder sends the report of his officer to the superior."""
    order = working(report.order, by)
    actor = holds(by, order)
    report = Report.objects.select_for_update().get(pk=report.pk)
    _waits(report)
    report.waits, report.sent_on_by = False, by.officer
    report.save(update_fields=["waits", "sent_on_by"])
    order.state = Order.State.REPORTED
    order.save(update_fields=["state"])
    _changed(order.case, now=now)
    record(order.case, "reported", now=now, actor=actor, order=order.public_id, outcome=report.outcome)


def send_back(*, report: Report, remark: str, by: Scope, now: datetime) -> None:
    """The post's holder sends the report back to his officer: something is missing."""
    remark = said_something(remark, limit=2000)
    order = working(report.order, by)
    actor = holds(by, order)
    report = Report.objects.select_for_update().get(pk=report.pk)
    _waits(report)
    report.waits, report.decision, report.decision_remark = False, Report.Decision.REJECTED, remark
    report.decided_by, report.decided_at = by.officer, now
    report.save(update_fields=["waits", "decision", "decision_remark", "decided_by", "decided_at"])
    _changed(order.case, now=now)
    record(order.case, "report_sent_back", now=now, actor=actor, order=order.public_id)
    tell([order], directory=force_directory.current(now=now), now=now)


def take_back_from_those_gone(*, now: datetime) -> int:
    """Orders whose inquiry officer serves at the unit no more are the post's own again; returns how many.

    It ends his sight of those cases, too, open or not.
    """
    with system(MOVED.system_reason):
        directory = force_directory.current(now=now)
        given = Order.objects.exclude(given_to=None)
        gone = [
            (unit, officer)
            for unit, officer in given.order_by().values_list("unit_id", "given_to_id").distinct()
            if not any(
                officer == holder.officer_id
                for holder, _post in force_chain.serving(unit, directory=directory)
            )
        ]
        count = 0
        for unit, officer in gone:
            for order in given.filter(unit=unit, given_to=officer).select_related("case"):
                _gone(order, directory=directory, now=now)
                count += 1
        return count


def _gone(order: Order, *, directory: Directory, now: datetime) -> None:
    order = locked_order(order)
    officer, was_open = order.given_to, order.state in OPEN
    _back(order, now=now)
    if was_open:
        name = officer.name if officer else ""
        record(order.case, "given_back", now=now, actor=MOVED, order=order.public_id, officer=name)
    _show(order, directory=directory)
    if was_open:
        tell([order], directory=directory, now=now)


def _back(order: Order, *, now: datetime) -> None:
    """Nobody inquires for the post any more, and what that officer handed in is the post's to send on."""
    order.given_to, order.given_at, order.taken_on_at = None, None, None
    order.save(update_fields=GIVEN)
    _changed(order.case, now=now)


def _leave(order: Order, *, directory: Directory, now: datetime) -> None:
    """Whoever inquired before is told that nothing more is asked of him."""
    if order.given_to_id:
        tell_ended(order, directory=directory, now=now)


def _waits(report: Report) -> None:
    if not report.waits:
        raise Refused(_("This report does not wait any more."))


def _changed(case: Case, *, now: datetime) -> None:
    case.changed_at = now
    case.save(update_fields=["changed_at"])


def _show(order: Order, *, directory: Directory) -> None:
    show(order.case, directory=directory)
    order.visible_to, order.hidden_from = order.case.visible_to, order.case.hidden_from
