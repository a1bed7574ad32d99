"""Find collection points near a postcode in our own tables, so that nobody else learns it.

The points that staff imported are the first `Carrier`. Another one is a class named in
settings.COLLECTION_CARRIERS; its network calls belong in a client of its own, with a
timeout, and it may send a postcode and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from django.conf import settings
from django.db.models import Avg, Count
from django.utils import translation
from django.utils.module_loading import import_string

from plugins.discreet_shipping.models import CollectionPoint, PostcodeArea
from plugins.discreet_shipping.options import Point
from product_content.parsing import visible_signs


@dataclass(frozen=True)
class FoundPoint:
    """A collection point with its distance in kilometres from the postcode.

    Where the postcode itself is not in our tables, the distance is measured from the centre of
    its area or district, which `measured_from` names; "" where it is.
    """

    point: Point
    kind_name: str
    hours: str
    kilometres: float | None
    measured_from: str = ""

    @property
    def is_within_area(self) -> bool:
        """Say whether it is nearer to the centre of the area than a rounded distance can tell."""
        near = self.kilometres is not None and self.kilometres < 1
        return near and bool(self.measured_from)


class Carrier(Protocol):
    """A carrier with collection points."""

    name: str

    def near(self, *, country: str, postcode: str, limit: int) -> list[FoundPoint]:
        """Return the nearest points, nearest first; an unknown postcode gives none."""
        ...

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code, or None; must not ask the network."""
        ...


def carriers() -> list[Carrier]:
    """Return the carriers of settings.COLLECTION_CARRIERS, our own list where none is named."""
    own = "plugins.discreet_shipping.collection_points.ImportedPoints"
    return [import_string(path)() for path in getattr(settings, "COLLECTION_CARRIERS", [own])]


EARTH_KM = 6371.0  # mean radius, IUGG


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) pairs in degrees."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    step = sin(radians(lat_b - lat_a) / 2) ** 2
    step += cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(step)))


_MAX_POSTCODE_LENGTH = 8
_AREA_LETTERS = re.compile("[A-Z]*")  # the letters a British postcode begins with: BN of BN7 1AA
_NOT_OF_A_POSTCODE = re.compile("[^A-Z0-9]")
_AREA_DIGITS = 3  # what countries with figures only call an area: 750 of 75001


@dataclass(frozen=True)
class PostcodeLocation:
    """Degrees (WGS 84). `area` names the area or district when only its centre is known."""

    latitude: float
    longitude: float
    area: str = ""


def locate_postcode(country: str, postcode: str) -> PostcodeLocation | None:
    """Return the location of a postcode as exactly as the tables know it; None if unknown.

    The longest known prefix of the postcode counts. The centre of a whole area is far off, so
    the centre of our own points in the same district is preferred to it.
    """
    text = _NOT_OF_A_POSTCODE.sub("", visible_signs(postcode).upper())[:_MAX_POSTCODE_LENGTH]
    area = _AREA_LETTERS.match(text)[0] or text[:_AREA_DIGITS]  # type: ignore[index]  # it always matches
    known = _longest_known_prefix(country, text, shortest=len(area))
    if known and len(known.prefix) > len(area):
        return PostcodeLocation(float(known.latitude), float(known.longitude))
    if district := _centre_of_points(country, text):
        return district
    return (
        PostcodeLocation(float(known.latitude), float(known.longitude), area=area)
        if known
        else None
    )


def _longest_known_prefix(country: str, text: str, *, shortest: int) -> PostcodeArea | None:
    prefixes = [text[:length] for length in range(max(shortest, 1), len(text) + 1)]
    known = PostcodeArea.objects.filter(country=country, prefix__in=prefixes)
    return max(known, key=lambda area: len(area.prefix), default=None)


def _centre_of_points(country: str, text: str) -> PostcodeLocation | None:
    """Return the centre of our points in the postcode's district, such as BN7 of BN7 1AA."""
    district = text[:-3] if country == "GB" else text[:_AREA_DIGITS]
    if len(district) < 2:  # noqa: PLR2004  shorter than any district
        return None
    start = f"{district} " if country == "GB" else district  # BN1 must not find BN11
    centre = CollectionPoint.objects.filter(
        country=country, is_active=True, postcode__istartswith=start
    ).aggregate(lat=Avg("latitude"), lon=Avg("longitude"), n=Count("pk"))
    return (
        PostcodeLocation(float(centre["lat"]), float(centre["lon"]), district)
        if centre["n"]
        else None
    )


_MAX_ROWS = 5000  # of one country; more than that needs a carrier's own search


def points_near(*, country: str, postcode: str, limit: int = 6) -> list[FoundPoint]:
    """Return the nearest points of all carriers, nearest first; [] for an unknown postcode."""
    found = [
        point
        for carrier in carriers()
        for point in carrier.near(country=country, postcode=postcode, limit=limit)
    ]
    far = float("inf")
    return sorted(found, key=lambda p: far if p.kilometres is None else p.kilometres)[:limit]


def find_point(code: str) -> Point | None:
    """Return the point with this code, or None when there is none any more."""
    return next((p for carrier in carriers() if (p := carrier.find(code=code))), None)


class ImportedPoints:
    """The `Carrier` of the points that staff have imported."""

    name = "own list"

    def near(self, *, country: str, postcode: str, limit: int) -> list[FoundPoint]:
        """Return the nearest points of the list."""
        here = locate_postcode(country, postcode)
        if here is None:
            return []
        rows = CollectionPoint.objects.filter(country=country, is_active=True)[:_MAX_ROWS]
        found = [_found(row, here) for row in rows]
        return sorted(found, key=lambda point: point.kilometres or 0.0)[:limit]

    def find(self, *, code: str) -> Point | None:
        """Return the point with this code."""
        row = CollectionPoint.objects.filter(code=code, is_active=True).first()
        return _point(row) if row else None


def _found(row: CollectionPoint, here: PostcodeLocation) -> FoundPoint:
    there = float(row.latitude), float(row.longitude)
    far = kilometres((here.latitude, here.longitude), there)
    return FoundPoint(
        _point(row), row.get_kind_display(), row.hours, round(far, 1), measured_from=here.area
    )


def _point(row: CollectionPoint) -> Point:
    return Point(
        code=row.code,
        carrier=row.carrier,
        kind=row.kind,
        name=row.name,
        lines=(row.name, row.street, row.city, row.postcode, _country_name(row.country)),
        country=row.country,
        hours=row.hours,
        kept_days=row.kept_days,
    )


def _country_name(code: str) -> str:
    from django_countries import countries

    with translation.override(settings.LANGUAGE_CODE):  # it stands on labels
        return str(countries.name(code))
