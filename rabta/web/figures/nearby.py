"""By which village, quarter or road people know a point."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from rabta.force.models import PlaceName

Point = tuple[float, float]  # degrees north and east
NEAR = 0.01  # degrees: about a kilometre


def names(points: Sequence[Point]) -> list[str]:
    """For each point the nearest name within a kilometre, or nothing. One query."""
    if not points:
        return []
    boxes = [
        Q(lat__range=(lat - NEAR, lat + NEAR), lng__range=(lng - NEAR, lng + NEAR)) for lat, lng in points
    ]
    known = [(one.lat, one.lng, str(one)) for one in PlaceName.objects.filter(reduce(or_, boxes))]
    return [_nearest(point, known) for point in points]


def _nearest(at: Point, known: Sequence[tuple[float, float, str]]) -> str:
    away = [((lat - at[0]) ** 2 + (lng - at[1]) ** 2, name) for lat, lng, name in known]
    nearest, name = min(away, default=(NEAR**2, ""))
    return name if nearest < NEAR**2 else ""
