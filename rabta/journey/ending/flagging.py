"""Facts beside state and outcome: the FIR that was registered, and that something is under investigation.

They may be written down on a closed case too: an FIR is registered, an investigation begins, after we have answered.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.journey.checks import locked, said_something
from rabta.rules import case_life

LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class Fir:
    """A first information report or an entry in the general diary: its number, the unit, and the day."""

    number: str
    unit: Unit
    on: date


def record_fir(*, case: Case, number: str, unit: Unit, on: date, by: Scope, now: datetime) -> None:
    """Number, station and date of the FIR (or general diary entry); a second one takes the place of the first."""
    actor = _may(by, case)
    write_fir(locked(case), Fir(number=number, unit=unit, on=on), actor=actor, now=now)


def write_fir(case: Case, fir: Fir, *, actor: Actor, now: datetime) -> None:
    """The same on a (locked) case, for who may. Raises Refused for no number or a day that is still to come."""
    number = said_something(fir.number, limit=LONGEST)
    if fir.on > timezone.localdate(now):
        raise Refused(_("The date of the FIR lies in the future."))
    if (case.fir_number, case.fir_unit_id, case.fir_on) == (number, fir.unit.pk, fir.on):
        return
    case.fir_number, case.fir_unit, case.fir_on, case.changed_at = number, fir.unit, fir.on, now
    case.save(update_fields=["fir_number", "fir_unit", "fir_on", "changed_at"])
    facts = {"number": number, "unit": fir.unit.name, "on": fir.on.isoformat()}
    record(case, "fir_recorded", now=now, actor=actor, **facts)


def has_fir(case: Case, *, outcome: str) -> None:
    """Refused where the outcome says that an FIR was registered and nobody wrote down which."""
    if outcome in case_life.NEED_FIR and not case.fir_number:
        raise Refused(_("Write the number, the station and the date of the FIR."))


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
