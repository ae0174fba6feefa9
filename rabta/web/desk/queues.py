"""The queues of the desk: which cases each holds, and in which order they are read."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.cases.lists import IN_LISTS, TO_DECIDE, UNASSIGNED
from rabta.cases.models import State
from rabta.force.access import Scope
from rabta.web.desk import order

OPEN = IN_LISTS


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A named filter on cases, the order in which it is read at first, and whether its count alarms."""

    code: str
    label: str | Promise
    icon: str
    empty: str | Promise
    holds: Callable[[Scope], Q]
    sort: str = order.URGENT
    alarms: bool = False
    by_unit: bool = False  # whether an index has those that each unit leads in the order of the list


def _mine(scope: Scope) -> Q:
    return OPEN & Q(assigned_to=scope.officer.pk)


def _unassigned(_scope: Scope) -> Q:
    return UNASSIGNED


def _waiting(_scope: Scope) -> Q:
    return TO_DECIDE


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
        empty=_("Every open case is assigned to somebody."),
        holds=_unassigned,
        by_unit=True,
    ),
    Queue(
        code="waiting",
        label=_("To decide"),
        icon="alarm",
        empty=_("No case is waiting for a decision."),
        holds=_waiting,
        by_unit=True,
        alarms=True,
    ),
    Queue(
        code="open",
        label=_("All open"),
        icon="list",
        empty=_("No case is open."),
        holds=_open,
        by_unit=True,
    ),
    Queue(
        code="closed",
        label=_("Closed"),
        icon="archive",
        empty=_("No case is closed yet."),
        holds=_closed,
        sort=order.NEWEST,
    ),
)
BY_CODE = {queue.code: queue for queue in QUEUES}
GREETINGS, TALK = "greetings", "talk"
WITHOUT_CASE = (GREETINGS, TALK)  # messages, not cases
FIRST = "unassigned"
