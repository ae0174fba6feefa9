"""Draw the demonstration's station areas: `python rabta/demo/data/make_areas.py` rewrites areas.geojson.

Every place of places.csv claims the ground nearest to it (Voronoi cells inside an invented district outline).
A station's area is the union of the cells of its places: no two overlap, together they fill the district.
Needs shapely. The outlines are invented: straight lines between rounded coordinates, no survey behind them.
"""

import csv
import json
from pathlib import Path

from shapely import MultiPoint, Point, Polygon, coverage_simplify, polygonize, union_all, voronoi_polygons
from shapely.geometry import mapping

HERE = Path(__file__).parent
GRID = 0.0001  # about 10 m; keeps neighbours' corners identical

# Corners as (longitude, latitude). Neighbouring districts share corners, so outlines meet without overlap.
NORTH_OF_TARNAB, EAST_OF_TARNAB = (71.70, 34.06), (71.705, 34.0)
EAST_OF_URMAR, SOUTH_EAST = (71.72, 33.92), (71.66, 33.80)
WEST_OF_RISALPUR, RASHAKAI, EAST_OF_RISALPUR = (71.90, 34.12), (72.03, 34.115), (72.15, 34.09)
EAST_OF_KAPURA, EAST_OF_SHAHBAZ = (72.22, 34.17), (72.24, 34.26)
SOUTH_OF_RUSTAM, EAST_OF_RUSTAM = (72.34, 34.32), (72.40, 34.38)
JEHANGIRA = (72.24, 34.015)

OUTLINES = {
    "PSH": [
        (71.37, 34.17), (71.50, 34.20), (71.66, 34.16), NORTH_OF_TARNAB, EAST_OF_TARNAB, EAST_OF_URMAR,
        SOUTH_EAST, (71.58, 33.72), (71.47, 33.76), (71.47, 33.90), (71.40, 33.955), (71.38, 34.02),
    ],
    "NSR": [
        NORTH_OF_TARNAB, EAST_OF_TARNAB, EAST_OF_URMAR, SOUTH_EAST,
        (71.80, 33.73), (72.05, 33.72), (72.22, 33.78), (72.25, 33.90), (72.25, 33.97), JEHANGIRA,
        EAST_OF_RISALPUR, RASHAKAI, WEST_OF_RISALPUR, (71.80, 34.10),
    ],
    "MRD": [
        WEST_OF_RISALPUR, RASHAKAI, EAST_OF_RISALPUR, EAST_OF_KAPURA, EAST_OF_SHAHBAZ, SOUTH_OF_RUSTAM,
        EAST_OF_RUSTAM,
        (72.30, 34.46), (72.12, 34.48), (71.95, 34.48), (71.83, 34.44), (71.84, 34.28), (71.86, 34.17),
    ],
    "SWB": [
        JEHANGIRA, EAST_OF_RISALPUR, EAST_OF_KAPURA, EAST_OF_SHAHBAZ, SOUTH_OF_RUSTAM, EAST_OF_RUSTAM,
        (72.52, 34.36), (72.62, 34.28), (72.75, 34.22), (72.77, 34.12), (72.70, 34.03), (72.58, 34.0),
        (72.45, 33.98), (72.34, 33.96), (72.25, 33.97),
    ],
}  # fmt: skip


def read(*, name: str) -> list[dict[str, str]]:
    """The rows of one of the CSV tables beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stations_of(*, district: str) -> dict[str, Point]:
    """Code and own point of every station below a district."""
    units = read(name="units.csv")
    circles = {unit["code"] for unit in units if unit["parent"] == district}
    return {
        unit["code"]: Point(float(unit["lng"]), float(unit["lat"]))
        for unit in units
        if unit["level"] == "station" and unit["parent"] in circles
    }


def cells_of(*, district: str, places: list[dict[str, str]]) -> dict[str, Polygon]:
    """One polygon per station of the district."""
    outline = Polygon(OUTLINES[district])
    points: list[tuple[str, Point]] = [
        (code, point) for code, point in stations_of(district=district).items()
    ]
    known = {code for code, _ in points}
    points += [
        (row["unit"], Point(float(row["lng"]), float(row["lat"]))) for row in places if row["unit"] in known
    ]
    cells = voronoi_polygons(MultiPoint([point for _, point in points]), extend_to=outline).geoms
    claimed: dict[str, list[Polygon]] = {code: [] for code in known}
    for cell in cells:
        owner = next(code for code, point in points if cell.intersects(point))
        claimed[owner].append(cell.intersection(outline))
    return {code: union_all(claimed[code]) for code in sorted(known)}


def joined(*, areas: dict[str, Polygon]) -> dict[str, Polygon]:
    """The same areas on one grid, where neighbours share every corner of their common border."""
    lines = union_all([area.boundary for area in areas.values()], grid_size=GRID)
    claimed: dict[str, list[Polygon]] = {code: [] for code in areas}
    for face in polygonize(list(lines.geoms)).geoms:
        owner = max(areas, key=lambda code: areas[code].intersection(face).area)
        claimed[owner].append(face)
    return {code: union_all(faces, grid_size=GRID) for code, faces in claimed.items()}


def main() -> None:
    """Write areas.geojson, smoothed as one coverage so that neighbours keep one common border."""
    places = read(name="places.csv")
    areas: dict[str, Polygon] = {}
    for district in OUTLINES:
        areas |= cells_of(district=district, places=places)
    areas = joined(areas=areas)
    codes = sorted(areas)
    smooth = coverage_simplify([areas[code] for code in codes], 0.0005)
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": mapping(shape)}
        for code, shape in zip(codes, smooth, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    text = text.replace('{"type":"Feature"', '\n{"type":"Feature"')  # one station a line, for readable diffs
    (HERE / "areas.geojson").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
