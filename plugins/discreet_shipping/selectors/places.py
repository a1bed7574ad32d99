"""Where a postcode is, by our own tables: nobody else is told where a customer lives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Avg, Count

from plugins.discreet_shipping.models import CollectionPoint, PostcodeArea

_LONGEST = 8
_AREA = re.compile("[A-Z]*")  # the letters a British postcode begins with: BN of BN7 1AA
_NOT_OF_A_POSTCODE = re.compile("[^A-Z0-9]")
_OUTWARD = 3  # what countries with figures only call an area: 750 of 75001


@dataclass(frozen=True)
class Place:
    """Degrees (WGS 84). `rough` is the name of an area when only its middle is known."""

    latitude: float
    longitude: float
    rough: str = ""


def place_of(country: str, postcode: str) -> Place | None:
    """Return the place of a postcode as exactly as the tables know it; None for an unknown one.

    The longest known beginning of the postcode counts. An area's middle says little, so our
    own points in the very same district are asked before it.
    """
    text = _NOT_OF_A_POSTCODE.sub("", postcode.upper())[:_LONGEST]
    area = _AREA.match(text)[0] or text[:_OUTWARD]  # type: ignore[index]  # it always matches
    known = _longest_known(country, text, shortest=len(area))
    if known and len(known.prefix) > len(area):
        return Place(float(known.latitude), float(known.longitude))
    if district := _middle_of_points(country, text):
        return district
    return Place(float(known.latitude), float(known.longitude), rough=area) if known else None


def _longest_known(country: str, text: str, *, shortest: int) -> PostcodeArea | None:
    beginnings = [text[:length] for length in range(max(shortest, 1), len(text) + 1)]
    known = PostcodeArea.objects.filter(country=country, prefix__in=beginnings)
    return max(known, key=lambda area: len(area.prefix), default=None)


def _middle_of_points(country: str, text: str) -> Place | None:
    """Return the middle of our points in the postcode's district, such as BN7 of BN7 1AA."""
    district = text[:-3] if country == "GB" else text[:_OUTWARD]
    if len(district) < 2:  # noqa: PLR2004  shorter than any district
        return None
    start = f"{district} " if country == "GB" else district  # BN1 must not find BN11
    middle = CollectionPoint.objects.filter(
        country=country, is_active=True, postcode__istartswith=start
    ).aggregate(lat=Avg("latitude"), lon=Avg("longitude"), n=Count("pk"))
    return Place(float(middle["lat"]), float(middle["lon"]), district) if middle["n"] else None
