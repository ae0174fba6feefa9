"""Cases with a place: what the page of places counts, and the very cases behind each of its figures."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Floor

from rabta.cases.models import Case
from rabta.figures.counting import Period
from rabta.force.access import Scope
from rabta.force.directory import Directory
from rabta.rules import repeats
from rabta.rules.repeats import Incident

MOST = 20_000  # incidents laid on a map at once
# What is counted, and the parts of its values, with `|` between them; an empty category is any.
PARTS = {
    "placed": ("category",),
    "placed_hour": ("hour", "category"),
    "placed_square": ("row", "column", "category"),
}
HOURS = 4  # together in one figure


def cases(unit: int, *, period: Period, scope: Scope, directory: Directory) -> QuerySet[Case]:
    """The cases of a unit that have a place and that the reader may see, those that came last first."""
    below = [one.pk for one in directory.all_units.values() if unit in one.path]
    rows = Case.objects.filter(
        scope.visible(),
        fact__unit_id__in=below,
        fact__day__gte=period.since,
        fact__day__lt=period.until,
        lat__isnull=False,
        lng__isnull=False,
        named_officers=[],
    )
    return rows.exclude(category="").order_by("-fact__day", "-fact__case_id")


def counted(rows: QuerySet[Case], *, what: str, value: str) -> QuerySet[Case]:
    """Those of them that a figure counts. Raises ValueError for a value that does not fit it."""
    parts = value.split("|")
    if len(parts) != len(PARTS[what]):
        raise ValueError(f"{value!r} has not {len(PARTS[what])} parts")
    *numbers, category = parts
    if category:
        rows = rows.filter(category=category)
    return _NARROWED[what](rows, *map(int, numbers))


def behind(rows: QuerySet[Case], after: int | None) -> QuerySet[Case]:
    """Those of them that stand behind the case `after`, the last of the page before."""
    day = after and Case.objects.filter(pk=after).values_list("fact__day", flat=True).first()
    return rows.filter(Q(fact__day__lt=day) | Q(fact__day=day, pk__lt=after)) if day else rows


def reports(unit: int, *, period: Period, scope: Scope, directory: Directory) -> tuple[list[Incident], date]:
    """What people reported with a place, of these days and some before, and from which day on it is all of it.

    Beyond MOST the oldest are left out, by whole days: what is counted of a day is all of that day.
    """
    since = period.since - timedelta(days=repeats.DAYS)
    earlier = Period(since=since, until=period.until)
    rows = cases(unit, period=earlier, scope=scope, directory=directory)
    values = rows.values_list("id", "category", "lat", "lng", "fact__day", "fact__hour")
    told = list(values[: MOST + 1])
    if len(told) > MOST:
        since = min(told[-1][4] + timedelta(days=1), told[0][4])  # in a flood the newest day alone is more
        told = list(values.filter(fact__day__gte=since))
    found = [
        Incident(id=id, category=category, lat=lat, lng=lng, day=day, hour=hour)
        for id, category, lat, lng, day, hour in told
        if lat is not None and lng is not None
    ]
    return found, since


def _any(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows


def _in_hours(rows: QuerySet[Case], first: int) -> QuerySet[Case]:
    return rows.filter(fact__hour__gte=first, fact__hour__lt=first + HOURS)


def _in_square(rows: QuerySet[Case], row: int, column: int) -> QuerySet[Case]:
    """By the very same sum as `repeats.repeated`, so that a point at the edge is where it was counted."""
    high, wide = repeats.sides()
    return rows.annotate(row=Floor(F("lat") / high), column=Floor(F("lng") / wide)).filter(
        row=row, column=column
    )


_NARROWED: dict[str, Callable[..., QuerySet[Case]]] = {
    "placed": _any,
    "placed_hour": _in_hours,
    "placed_square": _in_square,
}
