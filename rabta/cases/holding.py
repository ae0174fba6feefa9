"""What was done with a case while it was withheld stays with those who saw it then."""

from datetime import datetime

from rabta.cases.models import Case, Message

FIELDS = ("held_since", "held_until", "held_by", "held_from")
ALREADY = "already"  # in the event of a case that was withheld before


def withheld_since(case: Case, *, by: str = "withheld") -> datetime:
    """When the case was last withheld (or `confidential`); when it was opened, if it came so. That somebody withholds
    what is withheld already begins nothing."""
    began = case.events.filter(what=by).exclude(data__has_key=ALREADY).order_by("-id")
    return began.values_list("at", flat=True).first() or case.opened_at


def hold(case: Case, *, since: datetime, now: datetime) -> None:
    """Keep notes and orders made since then, and the history until now, with whoever sees the case at this moment.

    The caller saves the case and shows it afterwards. Two times become one from the first to the last.
    """
    case.messages.filter(direction=Message.Direction.NOTE, received_at__gte=since).update(held=True)
    case.orders.filter(issued_at__gte=since).update(held=True)
    if case.held_until:
        since = min(since, case.held_since or case.opened_at)
        case.held_by = sorted(set(case.held_by) & set(case.visible_to))
        case.held_from = sorted({*case.held_from, *case.hidden_from})
    else:
        case.held_by, case.held_from = case.visible_to, case.hidden_from
    case.held_since, case.held_until = since, now
