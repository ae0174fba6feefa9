"""Coordinates in tables."""

from math import isfinite

from django.utils.translation import gettext as _

from rabta.force.register.draft import Draft
from rabta.force.register.reading import Row


def point(draft: Draft, table: str, row: Row) -> tuple[float | None, float | None]:
    """Latitude and longitude of a row; (None, None) when both are empty, and after a mistake, which is noted."""
    if not row["lat"] and not row["lng"]:
        return None, None
    try:
        lat, lng = float(row["lat"]), float(row["lng"])
    except ValueError:
        lat = lng = float("nan")
    if isfinite(lat) and isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180:
        return lat, lng
    draft.wrong(
        table, row, _("Latitude and longitude are numbers with a point, such as 34.0075 and 71.5785.")
    )
    return None, None
