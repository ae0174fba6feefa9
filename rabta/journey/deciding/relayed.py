"""Contact through the relay: an officer writes to the alias and never sees a number; answers come to the case."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import record
from rabta.cases.models import Message, Order
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.force.access import Scope
from rabta.journey.checks import is_known, is_open, is_safe, locked_order, said_something, works
from rabta.journey.deciding import enclosing
from rabta.replying.letters import language_for, say, to_citizen

WORKING = (Order.State.ACCEPTED, Order.State.REPORTED)


def write(*, order: Order, text: str, by: Scope, now: datetime, file: StoredFile | None = None) -> Message:
    """Write to whoever the order's case is from, as the holder of the ordered post, or as who inquires for him."""
    if file is None or text.strip():
        text = said_something(text, limit=2000)
    order = locked_order(order)
    actor = works(by, order)
    case = order.case
    is_open(case)
    is_known(case)
    if order.state not in WORKING or order.part == Order.Part.INFORM:
        raise Refused(_("Accept the order first."))
    is_safe(case)
    enclosing.check(case, file=file, text=text, now=now)
    letter = to_citizen(
        case,
        text=text,
        language=language_for(case),
        automatic=False,
        author=by.officer,
        author_post_id=actor.post_id,
        file=file,
    )
    (message,) = say([letter], now=now)
    if file:
        enclosing.attach(message, file)
    case.replied_at = case.replied_at or now
    case.changed_at = now
    case.save(update_fields=["replied_at", "changed_at"])
    record(case, "replied", now=now, actor=actor, message=message.public_id, order=order.public_id)
    return message
