"""A small map drawn by ourselves: the unit's area, known places near by, and the pin. No tiles of others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from rabta.force.models import PlaceName

WIDTH, HEIGHT = 320, 200
_KM_PER_DEGREE = 111.32
_SCALES_KM = (0.2, 0.5, 1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, kw_only=True)
class Label:
    """A named dot."""

    x: float
    y: float
    name: str
    lift: float = -5  # from the dot to the words: above it, below it where the pin stands


@dataclass(frozen=True, kw_only=True)
class MiniMap:
    """What the template draws as SVG, in a box of WIDTH × HEIGHT."""

    outlines: list[str]
    labels: list[Label]
    pin: tuple[float, float]
    scale_width: float
    scale_km: str
    width: int = WIDTH
    height: int = HEIGHT


def draw(*, lat: float, lng: float, area: dict[str, Any] | None, places: Iterable[PlaceName]) -> MiniMap:
    """The map around a point, about 4 km to each side; `area` is a GeoJSON geometry or None."""
    half_km = 4.0
    per_km = WIDTH / (2 * half_km)

    def at(its_lng: float, its_lat: float) -> tuple[float, float]:
        east = (its_lng - lng) * _KM_PER_DEGREE * cos(radians(lat))
        north = (its_lat - lat) * _KM_PER_DEGREE
        return round(WIDTH / 2 + east * per_km, 1), round(HEIGHT / 2 - north * per_km, 1)

    outlines = [" ".join(f"{x},{y}" for x, y in (at(*point[:2]) for point in ring)) for ring in _rings(area)]
    dots = ((*at(place.lng, place.lat), str(place)) for place in places)
    labels = _that_fit(Label(x=x, y=y, name=name, lift=_lift(x, y)) for x, y, name in dots)
    km = next((km for km in reversed(_SCALES_KM) if km * per_km <= WIDTH / 4), _SCALES_KM[0])
    return MiniMap(
        outlines=outlines,
        labels=labels,
        pin=(WIDTH / 2, HEIGHT / 2),
        scale_width=km * per_km,
        scale_km=f"{km:g}",
    )


def _lift(x: float, y: float) -> float:
    return 12 if abs(x - WIDTH / 2) < 40 and -30 < y - HEIGHT / 2 < 14 else -5


def _rings(area: dict[str, Any] | None) -> Iterator[list[list[float]]]:
    """The outer rings of a polygon or of several."""
    if not area:
        return
    polygons = area["coordinates"] if area.get("type") == "MultiPolygon" else [area.get("coordinates", [])]
    for polygon in polygons:
        if polygon:
            yield polygon[0]


def _that_fit(labels: Iterable[Label]) -> list[Label]:
    """Labels inside the box that do not lie upon one another."""
    kept: list[Label] = []
    for label in labels:
        inside = 8 < label.x < WIDTH - 8 and 14 < label.y < HEIGHT - 8
        if inside and all(abs(label.y - other.y) > 13 or abs(label.x - other.x) > 90 for other in kept):
            kept.append(label)
    return kept
