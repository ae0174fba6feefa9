"""That somebody spoke with the citizen, or tried: written down by whoever did it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, is_open, locked
from rabta.rules.human_contact import How, is_contact


def contacted(*, case: Case, how: str, by: Scope, now: datetime) -> None:
    """The desk says how it spoke with the citizen, or that it tried."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    is_open(case)
    write(case, how, actor=actor, now=now)


def write(case: Case, how: str, *, actor: Actor, now: datetime, **data: Any) -> None:
    """Keep it on a (locked) case, with the event. The first contact counts; a try stops no clock."""
    if how not in list(How):
        raise Refused(_("Say how you spoke with the citizen, or that nobody was reached."))
    reached = is_contact(How(how))
    if reached:
        case.contacted_at = case.contacted_at or now
    case.changed_at = now
    case.save(update_fields=["contacted_at", "changed_at"])
    record(case, "contacted" if reached else "contact_tried", now=now, actor=actor, how=how, **data)
