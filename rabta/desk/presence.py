"""Who has a case open or writes in it right now. It ends by itself when the page stops saying so."""

from datetime import datetime, timedelta

from django.db import connection

from rabta.cases.models import Case
from rabta.desk.models import Presence
from rabta.force.models import Officer
from rabta.kit.changes import PRESENCE, Change, pack

LASTS = timedelta(seconds=45)  # the page says it again every 20 seconds
GONE = "gone"


def others(*, case: Case, officer: Officer, now: datetime) -> list[Presence]:
    """Everybody else who is at the case, those who write first."""
    rows = Presence.objects.filter(case=case, until__gt=now).exclude(officer=officer)
    return list(rows.select_related("officer").order_by("-doing", "officer__name", "officer_id"))


def say(*, case: Case, officer: Officer, doing: str, now: datetime) -> None:
    """The officer looks, replies, or is gone. Pages of colleagues are told at once when that is news."""
    mine = Presence.objects.filter(case=case, officer=officer)
    before = mine.filter(until__gt=now).values_list("doing", flat=True).first() or GONE
    if doing == GONE:
        mine.delete()
    else:
        Presence.objects.bulk_create(
            [Presence(case=case, officer=officer, doing=doing, until=now + LASTS)],
            update_conflicts=True,
            unique_fields=["case", "officer"],
            update_fields=["doing", "until"],
        )
    if doing != before:
        _tell(case)


def forget(*, now: datetime) -> None:
    """Presences that have ended."""
    Presence.objects.filter(until__lt=now).delete()


def _tell(case: Case) -> None:
    """Only whoever may see the case hears, as of its changes; and no more than which case it is."""
    change = Change(case=case.public_id, units=frozenset(case.visible_to), hidden=frozenset(case.hidden_from))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [PRESENCE, *pack([change])])
