"""Writing to a citizen by a template that the operator chose and filled in, once free text is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.channels.contract import Template
from rabta.channels.templates import filled
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, is_safe, locked
from rabta.journey.deciding.desk import UNDO
from rabta.replying import offered
from rabta.replying.letters import private_way, say, to_citizen
from rabta.rules.offered import LONGEST, filled_in


def reply_with_template(
    *, case: Case, name: str, language: str, params: Sequence[str], by: Scope, now: datetime
) -> Message:
    """Send this approved template with these variables. It leaves after a few seconds, in which it can be taken back.

    Refused where the template may not be chosen for the case (any more), and where a variable is empty or too long.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    is_safe(case)
    offer = offered.find(case, name=name, language=language) if private_way(case.conversation) else None
    if offer is None:
        raise Refused(_("This template cannot be sent here. Choose another one."))
    values = filled_in(params, variables=len(offer.variables))
    if values is None:
        raise Refused(_("Fill in every blank, each with at most %(most)d characters.") % {"most": LONGEST})
    letter = to_citizen(
        case,
        text=filled(offer.body, values),
        language=offer.language,
        automatic=False,
        author=by.officer,
        author_post_id=actor.post_id,
        hold=UNDO,
    )
    template = Template(name=offer.name, language=offer.language, params=tuple(values))
    (message,) = say([replace(letter, template=template)], now=now)
    case.replied_at, case.changed_at = case.replied_at or now, now
    case.save(update_fields=["replied_at", "changed_at"])
    record(case, "replied", now=now, actor=actor, message=message.public_id, template=offer.name)
    return message
