"""Areas of units (GeoJSON) and names of places."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from rabta.force.models import PlaceName
from rabta.force.register.draft import Draft
from rabta.force.register.numbers import point
from rabta.force.register.reading import Row
from rabta.force.register.structure import unknown
from rabta.force.register.tables import AREAS
from rabta.kit import scripts

SHAPES = ("Polygon", "MultiPolygon")
FORMS = ("latin_forms", "devanagari_forms", "arabic_forms")


def areas(draft: Draft, data: bytes) -> None:
    """The areas of a FeatureCollection; each feature has the unit's code as its property `code`."""
    try:
        features = json.loads(data.decode("utf-8-sig"))["features"]
        assert isinstance(features, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        draft.wrong(AREAS, 0, _("This is no GeoJSON with a list of features."))
        return
    for number, feature in enumerate(features, start=1):
        _area(draft, number, feature)


def _area(draft: Draft, number: int, feature: Any) -> None:
    from shapely import is_valid_reason  # with numpy below it: only those load it who read outlines
    from shapely.geometry import shape

    try:
        code, geometry = str(feature["properties"]["code"]), feature["geometry"]
        assert geometry["type"] in SHAPES
        drawn = shape(geometry)
        west, south, east, north = drawn.bounds
    except Exception:  # noqa: BLE001 - shapely raises many kinds for what is no geometry
        draft.wrong(AREAS, number, _("The feature needs the property “code” and a Polygon or MultiPolygon."))
        return
    unit = draft.units.get(code)
    if unit is None:
        draft.wrong(AREAS, number, unknown(_("unit"), code, sorted(draft.units)))
    elif not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        draft.wrong(
            AREAS,
            number,
            _("%(code)s lies outside the earth: longitude comes first, in degrees.") % {"code": code},
        )
    elif not drawn.is_valid:
        why = is_valid_reason(drawn)
        draft.wrong(
            AREAS,
            number,
            _("The outline of %(code)s crosses itself or is open (%(why)s).") % {"code": code, "why": why},
        )
    else:
        draft.set_area(unit, geometry)


def places(draft: Draft, rows: Sequence[Row]) -> None:
    """Names of places, each in the area of a unit; found again by unit and name."""
    for row in rows:
        if row["unit"] not in draft.units:
            draft.wrong("places", row, unknown(_("unit"), row["unit"], sorted(draft.units)))
            continue
        lat, lng = point(draft, "places", row)
        if lat is None:
            continue
        key = (row["unit"], row["name"])
        draft.places[key] = draft.lay(
            "places",
            draft.places.get(key),
            PlaceName,
            unit=draft.units[row["unit"]],
            name=row["name"],
            name_hi=_first(row["devanagari_forms"]),
            name_ur=_first(row["arabic_forms"]),
            kind=row["kind"],
            lat=lat,
            lng=lng,
            forms=_forms(row),
        )


def _first(forms: str) -> str:
    """How the place is written on pages: as the first of the spellings, which `|` divides."""
    return forms.partition("|")[0].strip()[:120]


def _forms(row: Row) -> list[str]:
    written = [row["name"], *(form for column in FORMS for form in row[column].split("|"))]
    return sorted({scripts.normalise(form)[:120] for form in written if form.strip()})
