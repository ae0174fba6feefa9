"""A matter of another force: written down, and its citizen told whom to turn to."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Case, Outcome
from rabta.cases.refusal import Refused
from rabta.cases.transfers import Transfer
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.journey.ending import closing
from rabta.journey.protecting.withheld import is_released
from rabta.replying import texts
from rabta.replying.forces import Force, forces
from rabta.replying.letters import language_for


def transfer(*, case: Case, force: str, remark: str, by: Scope, now: datetime) -> Transfer:
    """Close the case as another force's, with a letter that names that force and its telephone."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    remark = said_something(remark)
    other = forces().get(force)
    if other is None:
        raise Refused(_("Choose the force from the list."))
    case = locked(case)
    is_open(case)
    is_released(case)
    record(case, "transferred", now=now, actor=actor, force=other.code)
    told, outcome = _words(other, language_for(case)), Outcome.TRANSFERRED
    closing.close(case, outcome=outcome, remark=remark, told=told, actor=actor, author=by.officer, now=now)
    return Transfer.objects.create(
        case=case, force=other.code, officer=by.officer, at=now, state=Transfer.State.TOLD
    )


def _words(other: Force, language: str) -> str:
    facts = {"force": other.name(language), "phone": other.phone, "address": other.address}
    return texts.reply("transferred_to", language=language, **facts)
