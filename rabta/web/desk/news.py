"""What an operator has not seen yet: the number in the title of the page, and what rings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from rabta.cases.models import Case, State
from rabta.force.access import Scope
from rabta.web.desk.queues import OPEN
from rabta.web.models import Looked

EMERGENCY, URGENT = 0, 1
RINGS_FOR = timedelta(
    hours=12
)  # what is urgent and older lies in the list; danger to life never stops alarming
COUNTED_FOR = timedelta(days=2)
MOST = 99
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class News:
    """How many cases of the last days are unseen, and the urgent ones among them, the worst first."""

    count: int
    emergencies: list[Case]
    rings: list[str]  # public ids
    unconfirmed: list[Case]  # emergencies that wait for somebody to act, the newest first
    hidden: int  # further ones, for which the bar has no room

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count or "")


def news(*, scope: Scope, now: datetime) -> News:
    """Read it. Three queries, whatever there is.

    An emergency alarms until somebody acts, however old it is: the line has given its number, and what was ordered
    has been accepted.
    """
    for_me = Q(assigned_to=None) | Q(assigned_to=scope.officer.pk)
    count = unseen(scope).filter(for_me, last_in_at__gte=now - COUNTED_FOR)[: MOST + 1].count()
    fresh = Q(urgency=EMERGENCY) | Q(urgency=URGENT, opened_at__gte=now - RINGS_FOR)
    urgent = unseen(scope).filter(fresh, assigned_to=None, replied_at=None)
    found = list(urgent.defer("withheld_why").order_by("urgency", "-id")[:MOST])
    emergencies = [case for case in found if case.urgency == EMERGENCY]
    shown = emergencies[:MOST_SHOWN]
    waiting = unconfirmed(scope, besides={case.pk for case in shown})
    return News(
        count=count,
        emergencies=shown,
        rings=[f"{c.urgency}.{c.public_id}" for c in found],
        unconfirmed=waiting[:MOST_SHOWN],
        hidden=len(waiting[MOST_SHOWN:]),
    )


def unconfirmed(scope: Scope, *, besides: set[int]) -> list[Case]:
    """Open emergencies that nobody handed over, or whose hand-over or order nobody confirmed; the newest first."""
    emergency = Q(urgency=EMERGENCY)
    no_number = (emergency | Q(handed_over_at__isnull=False)) & Q(line_confirmed_at=None)
    rows = Case.objects.filter(scope.visible(), OPEN, no_number | emergency & Q(state=State.FORWARDED))
    return list(rows.exclude(pk__in=besides).defer("withheld_why").order_by("-opened_at", "-id")[:MOST])


def unseen(scope: Scope) -> QuerySet[Case]:
    """Open cases in which something came since the officer last looked."""
    looked = Looked.objects.filter(
        officer=scope.officer.pk, case=OuterRef("pk"), at__gte=OuterRef("last_in_at")
    )
    return Case.objects.filter(scope.visible(), OPEN).filter(~Exists(looked)).order_by()
