"""How far two places on the earth lie apart."""

from math import asin, cos, radians, sin, sqrt

EARTH = 6_371_000  # metres, on the average

Place = tuple[float, float]  # latitude and longitude in degrees


def metres(a: Place, b: Place) -> float:
    """The distance over the ground, as if it were flat as a ball: right to half a percent."""
    (south, west), (north, east) = ((radians(lat), radians(lng)) for lat, lng in (a, b))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))
