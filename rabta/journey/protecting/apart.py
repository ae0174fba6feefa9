"""Officers move while an accusation is open: nobody goes on inquiring who has come under somebody of the accused unit.

Who sees the case is worked out anew by the force of today, and orders that are too near to the accused end.
"""

from datetime import datetime

from django.db.models import Q

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order, State, Withheld
from rabta.cases.visibility import is_shown_as, show
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.force.directory import Directory
from rabta.journey.checks import locked
from rabta.journey.dispatch import tell_ended
from rabta.journey.protecting.withheld import withdraw
from rabta.tasking.orders import OPEN

WATCH = Actor(system_reason="watching who serves under the accused")
_settled: Directory | None = None  # the force for which this process has looked at all of them


def keep_apart(*, now: datetime) -> int:
    """Look at every open accusation once after the force has changed; returns how many orders ended."""
    global _settled
    with system(WATCH.system_reason):
        directory = force_directory.current(now=now)
        if directory is _settled:
            return 0
        known = Q(accused_unit__isnull=False) | ~Q(accused_officers=[])
        rows = Case.objects.filter(known, withheld=Withheld.ACCUSATION).exclude(state=State.CLOSED)
        ended = sum(_keep(case, directory=directory, now=now) for case in rows.order_by("id"))
    _settled = directory
    return ended


def _keep(case: Case, *, directory: Directory, now: datetime) -> int:
    case = locked(case)
    if case.state == State.CLOSED or case.withheld != Withheld.ACCUSATION:
        return 0
    running = list(case.orders.filter(state__in=OPEN).values_list("pk", flat=True))
    withdraw(case, directory=directory, now=now)
    gone = case.orders.filter(pk__in=running).exclude(state__in=OPEN).select_related("post", "delivery")
    ended = list(gone.order_by("id"))
    if ended:
        if any(order.part == Order.Part.LEAD for order in ended):
            case.waiting_why = {"code": "accused_near"}
        case.changed_at = now
        case.save(update_fields=["state", "lead_unit", "waiting_why", "changed_at"])
    if ended or not is_shown_as(case, directory=directory):
        show(case, directory=directory)
    for order in ended:
        order.case, order.visible_to, order.hidden_from = case, case.visible_to, case.hidden_from
        record(case, "order_ended", now=now, actor=WATCH, order=order.public_id, post=order.post.name)
        tell_ended(order, directory=directory, now=now)
    return len(ended)
