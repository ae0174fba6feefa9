"""By which village, quarter or road people know a point."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from rabta.force.models import PlaceName
from rabta.rules.repeats import Place

NEAR = 0.01  # degrees: about a kilometre


def names(places: Sequence[Place]) -> list[str]:
    """For each place the nearest name within a kilometre, or nothing. One query."""
    if not places:
        return []
    boxes = [
        Q(lat__range=(at.lat - NEAR, at.lat + NEAR), lng__range=(at.lng - NEAR, at.lng + NEAR))
        for at in places
    ]
    known = [(one.lat, one.lng, str(one)) for one in PlaceName.objects.filter(reduce(or_, boxes))]
    return [_nearest(at, known) for at in places]


def _nearest(at: Place, known: Sequence[tuple[float, float, str]]) -> str:
    away = [((lat - at.lat) ** 2 + (lng - at.lng) ** 2, name) for lat, lng, name in known]
    nearest, name = min(away, default=(NEAR**2, ""))
    return name if nearest < NEAR**2 else ""
