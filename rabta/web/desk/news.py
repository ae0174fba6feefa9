"""What an operator has not seen yet: the number in the title of the page, and what rings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from rabta.cases.models import Case
from rabta.force.access import Scope
from rabta.web.desk.queues import OPEN
from rabta.web.models import Looked

EMERGENCY, URGENT = 0, 1
RINGS_FOR = timedelta(hours=12)  # an older emergency is work that lies in the list, not news
COUNTED_FOR = timedelta(days=2)
MOST = 99
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class News:
    """How many cases of the last days are unseen, and the urgent ones among them, the worst first."""

    count: int
    emergencies: list[Case]
    rings: list[str]  # public ids
    unconfirmed: list[Case]  # emergencies that the line has no number for yet

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count or "")


def news(*, scope: Scope, now: datetime) -> News:
    """Read it. Three queries, whatever there is."""
    for_me = Q(assigned_to=None) | Q(assigned_to=scope.officer.pk)
    count = unseen(scope).filter(for_me, last_in_at__gte=now - COUNTED_FOR)[: MOST + 1].count()
    urgent = unseen(scope).filter(
        urgency__lte=URGENT, assigned_to=None, replied_at=None, opened_at__gte=now - RINGS_FOR
    )
    found = list(urgent.defer("withheld_why").order_by("urgency", "-id")[:MOST])
    emergencies = [case for case in found if case.urgency == EMERGENCY]
    return News(
        count=count,
        emergencies=emergencies[:MOST_SHOWN],
        rings=[f"{c.urgency}.{c.public_id}" for c in found],
        unconfirmed=unconfirmed(scope, besides={case.pk for case in emergencies[:MOST_SHOWN]}, now=now),
    )


def unconfirmed(scope: Scope, *, besides: set[int], now: datetime) -> list[Case]:
    """Open emergencies of the last hours that were not handed over, or whose hand-over nobody confirmed."""
    wants = Q(urgency=EMERGENCY) | Q(handed_over_at__isnull=False)
    rows = Case.objects.filter(scope.visible(), OPEN, wants, line_confirmed_at=None)
    rows = rows.filter(opened_at__gte=now - RINGS_FOR).exclude(pk__in=besides)
    return list(rows.defer("withheld_why").order_by("opened_at", "id")[:MOST_SHOWN])


def unseen(scope: Scope) -> QuerySet[Case]:
    """Open cases in which something came since the officer last looked."""
    looked = Looked.objects.filter(
        officer=scope.officer.pk, case=OuterRef("pk"), at__gte=OuterRef("last_in_at")
    )
    return Case.objects.filter(scope.visible(), OPEN).filter(~Exists(looked)).order_by()
