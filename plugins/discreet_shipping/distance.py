"""Distances on the earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0  # mean radius, IUGG


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) pairs in degrees."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    step = sin(radians(lat_b - lat_a) / 2) ** 2
    step += cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(step)))
