"""Facts beside state and outcome: the FIR that was registered, and that something is under investigation.

They may be written down on a closed case too: an FIR is registered, an investigation begins, after we have answered.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.journey.checks import locked, said_something

LONGEST = 40


def record_fir(*, case: Case, number: str, unit: Unit, on: date, by: Scope, now: datetime) -> None:
    """Number, station and date of the FIR (or general diary entry); a second one takes the place of the first."""
    actor = _may(by, case)
    number = said_something(number, limit=LONGEST)
    if on > timezone.localdate(now):
        raise Refused(_("The date of the FIR lies in the future."))
    case = locked(case)
    case.fir_number, case.fir_unit, case.fir_on, case.changed_at = number, unit, on, now
    case.save(update_fields=["fir_number", "fir_unit", "fir_on", "changed_at"])
    record(case, "fir_recorded", now=now, actor=actor, number=number, unit=unit.name, on=on.isoformat())


def set_investigation(*, case: Case, under: bool, by: Scope, now: datetime) -> None:
    """Say that the matter is under investigation, or no more. Saying it twice changes nothing."""
    actor = _may(by, case)
    case = locked(case)
    if case.under_investigation == under:
        return
    case.under_investigation, case.changed_at = under, now
    case.save(update_fields=["under_investigation", "changed_at"])
    record(case, "investigation_begun" if under else "investigation_ended", now=now, actor=actor)


def _may(by: Scope, case: Case) -> Actor:
    """Who handles or verifies the case, or holds its lead: the station knows the number of its FIR."""
    for permission in (Permission.HANDLE_CASES, Permission.VERIFY):
        if by.may(permission, case):
            return Actor.of(by, permission, case)
    leads = case.orders.filter(part=Order.Part.LEAD).order_by("-id").values_list("post_id", flat=True)
    held = next((post for post in leads[:1] if post in by.posts), None)
    if held is None or not by.may(Permission.WORK_ORDERS, case):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    return Actor(officer_id=by.officer.pk, post_id=held)
