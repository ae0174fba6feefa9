"""The queues of the desk: which cases each holds, and in which order they are read."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.cases.models import State
from rabta.force.access import Scope

OPEN = ~Q(state=State.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A named filter on cases. `urgent_first` lists by urgency, the others by the newest message."""

    code: str
    label: str | Promise
    icon: str
    empty: str | Promise
    holds: Callable[[Scope], Q]
    urgent_first: bool = False


def _mine(scope: Scope) -> Q:
    return OPEN & Q(assigned_to=scope.officer.pk)


def _unassigned(_scope: Scope) -> Q:
    return OPEN & Q(assigned_to=None)


def _waiting(_scope: Scope) -> Q:
    """Withheld, or with something that only the desk can decide."""
    return OPEN & (~Q(withheld="") | ~Q(waiting_why={}))


def _open(_scope: Scope) -> Q:
    return OPEN


def _closed(_scope: Scope) -> Q:
    return Q(state=State.CLOSED)


QUEUES = (
    Queue(
        code="mine",
        label=_("Mine"),
        icon="user",
        empty=_("Nothing is assigned to you. Take a case with A."),
        holds=_mine,
    ),
    Queue(
        code="unassigned",
        label=_("Unassigned"),
        icon="inbox",
        empty=_("Every open case has somebody at the desk."),
        holds=_unassigned,
    ),
    Queue(
        code="waiting",
        label=_("To decide"),
        icon="alarm",
        empty=_("No case waits for the desk."),
        holds=_waiting,
        urgent_first=True,
    ),
    Queue(code="open", label=_("All open"), icon="list", empty=_("No case is open."), holds=_open),
    Queue(code="closed", label=_("Closed"), icon="archive", empty=_("No case is closed yet."), holds=_closed),
)
BY_CODE = {queue.code: queue for queue in QUEUES}
GREETINGS = "greetings"
FIRST = "unassigned"
