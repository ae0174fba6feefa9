"""The map of an instruction: the areas of units, coloured by how it stands there. Drawn by ourselves, no tiles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from rabta.groups.models import Hop
from rabta.rules.relaying import Light
from rabta.web.directions.queries import LIGHTS

WIDTH = 640
MOST_POINTS = 60  # of an outline: enough to know a district by its shape


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A unit on the map."""

    outlines: list[str]
    tone: str
    title: str
    hop: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What the template draws, in a box of `width` × `height`."""

    shapes: list[Shape]
    width: int
    height: int


def draw(hops: Iterable[tuple[Hop, Light]]) -> Chart | None:
    """The units that have an area, in one frame; None where none has."""
    rings = [(hop, found, list(_rings(hop.unit.area))) for hop, found in hops if hop.unit.area]
    points = [point for _hop, _found, its in rings for ring in its for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, (north - south) / 1.2, 1e-6)

    def outline(ring: list[list[float]]) -> str:
        thinned = ring[:: max(1, len(ring) // MOST_POINTS)]
        return " ".join(
            f"{(x - west) * narrow * scale:.0f},{(north - y) * scale:.0f}" for x, y, *_z in thinned
        )

    shapes = [
        Shape(
            outlines=[outline(ring) for ring in its],
            tone=LIGHTS[found][0],
            title=f"{hop.unit}: {LIGHTS[found][1]}",
            hop=hop.public_id,
        )
        for hop, found, its in rings
    ]
    return Chart(
        shapes=shapes,
        width=max(1, round((east - west) * narrow * scale)),
        height=max(1, round((north - south) * scale)),
    )


def _rings(area: dict[str, Any] | None) -> Iterator[list[list[float]]]:
    """The outer rings of a polygon or of several."""
    if not area:
        return
    polygons = area["coordinates"] if area.get("type") == "MultiPolygon" else [area.get("coordinates", [])]
    for polygon in polygons:
        if polygon:
            yield polygon[0]
