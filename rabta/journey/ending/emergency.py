"""Handing an emergency over to the line that sends help, until its incident number confirms it."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, is_open, locked, said_something

LONGEST_NAME, LONGEST_NUMBER = 80, 40


def hand_over(*, case: Case, to: str, by: Scope, now: datetime) -> None:
    """Write down that the emergency line was told, and who took it there. Again, until it is confirmed."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    to = said_something(to, limit=LONGEST_NAME)
    case = locked(case)
    is_open(case)
    if case.line_confirmed_at:
        raise Refused(
            _("The emergency line has it under number %(number)s already.") % {"number": case.line_incident}
        )
    case.handed_over_at, case.handed_over_to, case.changed_at = now, to, now
    case.save(update_fields=["handed_over_at", "handed_over_to", "changed_at"])
    record(case, "handed_over", now=now, actor=actor, to=to)


def confirm_hand_over(*, case: Case, number: str, by: Scope, now: datetime) -> None:
    """The line's incident number: from now on the emergency counts as handed over."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    number = said_something(number, limit=LONGEST_NUMBER)
    case = locked(case)
    if not case.handed_over_at:
        raise Refused(_("First write down to whom it was handed over."))
    if case.line_confirmed_at:
        raise Refused(
            _("The emergency line has it under number %(number)s already.") % {"number": case.line_incident}
        )
    case.line_incident, case.line_confirmed_at, case.changed_at = number, now, now
    case.save(update_fields=["line_incident", "line_confirmed_at", "changed_at"])
    record(case, "hand_over_confirmed", now=now, actor=actor, number=number)
