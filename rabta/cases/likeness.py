"""Cases that are like another by their text, or by kind, place and time: numbers kept at arrival, found by an index."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from rabta import keys
from rabta.cases.models import Case, Message
from rabta.cases.related import Likeness
from rabta.rules import likeness

MOST = 12


def key() -> bytes:
    """Without it nobody can tell whether a text was written."""
    return keys.digest("likeness", "bands")


def numbers(case: Case, text: str, *, at: datetime) -> list[int]:
    """What is kept of a case: the bands of its text, and its kind, place and half hour."""
    return likeness.bands(text, at=at, key=key()) + likeness.spot(
        case.category, lat=case.lat, lng=case.lng, at=at
    )


def wanted(case: Case, text: str, *, at: datetime) -> list[int]:
    """By what its likes are found."""
    return likeness.bands_wanted(text, at=at, key=key()) + likeness.spots_wanted(
        case.category, lat=case.lat, lng=case.lng, at=at
    )


def keep(found: Iterable[tuple[Case, datetime, Sequence[int]]]) -> None:
    """Keep the numbers of (saved) cases. One statement, or none."""
    rows = [Likeness(case_id=case.pk, at=at, bands=list(bands)) for case, at, bands in found if bands]
    Likeness.objects.bulk_create(rows, ignore_conflicts=True)


def likes_of(case: Case) -> list[tuple[int, int]]:
    """(id, how many numbers agree) of the visible cases that are like this one, the likest first. Two queries."""
    first = Message.objects.filter(case=case, direction=Message.Direction.IN).order_by("id").first()
    if first is None:
        return []
    around = {
        number
        for at in (case.opened_at, case.opened_at + likeness.WEEK, case.opened_at + likeness.SLOT)
        for number in wanted(case, first.judged_text, at=at)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, agree FROM rabta_like_cases(%s, %s)", [sorted(around), MOST])
        return [(pk, agree) for pk, agree in cursor.fetchall() if pk != case.pk]
